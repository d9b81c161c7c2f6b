"""Modules that are named in a text, to be imported from there or to be read beside, are there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import exchange

ROOT = Path(exchange.__file__).resolve().parents[1]
NAMED = re.compile(r"(?:\bfrom |\bimport |^)(exchange(?:\.[a-z_]+)+)(?= import |;|\n|$)")


IN_QUOTES = re.compile(r"""["'].*\bexchange\.""")
"""What a line of such a text looks like; files without one need not be parsed."""


OF_WHAT_IS_GONE = {Path(__file__).name, "rules_before.py", "test_rules_before.py"}
"""Files whose matter is names that are gone: the product's own of an earlier release, for departments' rules."""


def there(module: str) -> bool:
    """Whether it is a module or a package, or a name of its package's."""
    place = ROOT.joinpath(*module.split("."))
    return place.is_dir() or any(one.with_suffix(".py").is_file() for one in (place, place.parent))


def named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from NAMED.findall(node.value)


def test_every_module_that_a_text_names_is_there() -> None:
    files = [file for name in ("exchange", "tests", "benchmarks") for file in (ROOT / name).rglob("*.py")]
    texts = {file: file.read_text(encoding="utf-8") for file in files if file.name not in OF_WHAT_IS_GONE}
    found = [(f, one) for f, text in texts.items() if IN_QUOTES.search(text) for one in named(ast.parse(text))]
    assert len(found) > 5
    assert [(file.relative_to(ROOT).as_posix(), module) for file, module in found if not there(module)] == []


def test_a_module_that_is_gone_is_found() -> None:
    program = 'run("from exchange.gone import x; import exchange.clock\\n"); files("exchange.also_gone.x")'
    assert [one for one in named(ast.parse(program)) if not there(one)] == ["exchange.gone", "exchange.also_gone.x"]
