"""A folder that nobody who works in it may import from: every module there leaves a mark and fails."""

from __future__ import annotations

from pathlib import Path

_TRAP = """
import pathlib
pathlib.Path({mark!r}).touch()
raise SystemExit("imported from the working folder")
"""
PACKAGES = ("schemas", "exchange", "departments", "sqlalchemy")
MODULES = ("json", "sitecustomize", "usercustomize", "structlog", "typing_extensions")


def make_traps(folder: Path, packages: tuple[str, ...] = PACKAGES) -> Path:
    """Lays them, and a file of settings that nobody has asked for."""
    for name in (*(f"{one}/__init__" for one in packages), *MODULES):
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_TRAP.format(mark=str(folder / f"sprung-{path.stem}-{path.parent.name}")))
    (folder / ".env").write_text("EXCHANGE_HOME=/nowhere\n")
    return folder


def sprung(folder: Path) -> list[str]:
    """Which of them were imported."""
    return sorted(path.name for path in folder.glob("sprung-*"))
