"""Yizhan 驿站: the interdepartmental exchange of official documents.

What a department's own system and its rule need is here by name, and is imported when it is first asked for:

    from exchange import Agent                                          # send, receive, decide from your own program
    from exchange import Department, answered, figure, said             # answer consultations by a rule
    from exchange import Docket, Ruling                                 # prepare decisions by a rule
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exchange.agent import Agent
    from exchange.approval.rules.answers import Department, answered, figure, said, working_days_open
    from exchange.approval.window.decision import Docket, Ruling

__all__ = ["Agent", "Department", "Docket", "Ruling", "answered", "figure", "said", "working_days_open"]

_ANSWERS, _DECISION = "exchange.approval.rules.answers", "exchange.approval.window.decision"
_HOMES = {
    "Agent": "exchange.agent",
    "Department": _ANSWERS,
    "answered": _ANSWERS,
    "figure": _ANSWERS,
    "said": _ANSWERS,
    "working_days_open": _ANSWERS,
    "Docket": _DECISION,
    "Ruling": _DECISION,
}


def __getattr__(name: str) -> object:
    """Import a public name from where it is defined. Raises AttributeError for any other."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
