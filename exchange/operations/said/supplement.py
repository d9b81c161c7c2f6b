"""What is asked of an applicant after the acceptance, as messages show it, and what the window has done with it."""

from __future__ import annotations

from exchange.language import name_of, tr
from exchange.language.supplements import SUPPLEMENT_OUTCOMES
from exchange.operations.said.names import Lines, SaidNames
from exchange.schemas import SupplementAnswer, SupplementInvitation, SupplementRequest


def supplement_lines(body: SupplementRequest | SupplementInvitation | SupplementAnswer, names: SaidNames) -> Lines:
    """Show a request, the invitation that came of it, or the window's answer."""
    yield tr("department"), names.in_full(body.department)
    if isinstance(body, SupplementAnswer):
        yield tr("request"), body.request_id
        yield tr("outcome"), name_of(SUPPLEMENT_OUTCOMES, body.outcome)
        yield tr("reasons"), body.reasons
        yield tr("officer"), body.officer
        return
    for one in body.wanted:
        yield tr("asks for"), one.what if one.material is None else f"{one.what} ({one.material})"
    yield tr("reasons"), body.reasons
    yield tr("basis"), "; ".join(body.basis)
    if isinstance(body, SupplementInvitation):
        yield tr("effect"), body.statement
    else:
        yield tr("officer"), body.officer
