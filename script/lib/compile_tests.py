"""Compiles the tests as pytest compiles them, and what they import, so that the workers of a run need not, each for
itself. What is compiled already is left. Collecting all tests would do the same, and import everything for nothing.
"""

from __future__ import annotations

import compileall
from pathlib import Path
from types import SimpleNamespace

from _pytest.assertion import rewrite

IMPORTED = ("exchange", "departments", "schemas")


def compile_test(file: Path) -> None:
    """Lay the code of a file of tests, with its assertions rewritten, where pytest looks for it."""
    kept = rewrite.get_cache_dir(file) / f"{file.stem}{rewrite.PYC_TAIL}"
    if rewrite._read_pyc(file, kept) is None:
        source, code = rewrite._rewrite_test(file, None)  # type: ignore[arg-type]
        rewrite.try_makedirs(kept.parent)
        rewrite._write_pyc(SimpleNamespace(trace=print), code, source, kept)  # type: ignore[arg-type]


def main() -> None:
    """Compile everything below this folder's project."""
    root = Path.cwd()
    for file in sorted((root / "tests").rglob("*.py")):
        if file.name == "conftest.py" or file.name.startswith("test_"):
            compile_test(file)
        else:
            compileall.compile_file(file, quiet=2)
    for folder in IMPORTED:
        compileall.compile_dir(root / folder, quiet=2)


if __name__ == "__main__":
    main()
