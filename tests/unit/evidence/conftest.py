"""The second verifier, as whoever has the documentation runs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "docs" / "verifier"


@pytest.fixture(scope="module")
def second() -> Iterator[Any]:
    """Its main module. Its modules import each other as a script's do: from its own folder."""
    names = [path.stem for path in FOLDER.glob("*.py")]
    sys.path.insert(0, str(FOLDER))
    try:
        yield import_module("verify_case")
    finally:
        sys.path.remove(str(FOLDER))
        for name in names:
            sys.modules.pop(name, None)
