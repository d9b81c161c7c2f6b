"""Reasons that must be given: visible, in one line."""

from __future__ import annotations

from exchange.errors import BadText, CallerError
from exchange.schemas.written import TextShape, fault_of, is_visible


def check_reason(reason: str, missing: str, remedy: str) -> str:
    """Return the reason without blanks around it.

    Raises CallerError, which says what is ``missing`` and the ``remedy``, where nothing of it can be seen; BadText for
    one that is not what it seems.
    """
    if not is_visible(reason):
        raise CallerError(missing, remedy=remedy)
    if fault := fault_of(reason.strip(), TextShape.TEXT):
        raise BadText("the reason has {fault}", fault=fault)
    return reason.strip()
