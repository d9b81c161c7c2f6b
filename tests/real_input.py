"""Where real input lies, for tests that use it: beside the checkout, never in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def real(path: str) -> Path:
    """A real input's path; skips the test with a plain message where it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"real input {path} is not on this machine (looked in ../shared/data)")
    return found


def state_council_documents() -> list[dict[str, Any]]:
    """The records of the State Council's documents."""
    files = sorted(real("cn_docs").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
