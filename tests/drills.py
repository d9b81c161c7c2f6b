"""Rows of parameters that script/drill tries and script/test leaves out: further pairs of what that has seen."""

from __future__ import annotations

from typing import Any

import pytest


def drill(*values: Any) -> Any:
    """One such row."""
    return pytest.param(*values, marks=pytest.mark.drill)
