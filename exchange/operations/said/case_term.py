"""What a notice of the term of a whole case says, line by line."""

from __future__ import annotations

from exchange.language import choose, listed, read_back, tr
from exchange.operations.said.names import Lines, SaidNames
from exchange.operations.said.terms import amendment_text, due_text, ends_text
from exchange.schemas import CaseTermEvent, CaseTermNotice

EVENTS = {
    CaseTermEvent.AMENDED: ("案件办理期限已调整", "the term of the case was amended"),
    CaseTermEvent.REFUSED: ("案件办理期限调整被拒", "an amendment of the term of the case was refused"),
    CaseTermEvent.OVERRUN: (
        "已超过法定办理期限，尚未决定",
        "the term of the case is over by law, and it is not decided",
    ),
    CaseTermEvent.UNDELIVERED: ("准予许可后未按期送达", "what was granted is not delivered in time"),
}
"""What has happened, in Chinese and English."""


def case_term_lines(body: CaseTermNotice, names: SaidNames) -> Lines:
    """Yield what happened to the term of a case, why and by whose order, and until when it is to be decided."""
    entry = body.entry
    yield tr("change"), choose(EVENTS[body.event])
    if entry is not None:
        yield tr("entry"), amendment_text(entry)
        yield tr("reason"), read_back(entry.reason)
        yield tr("basis"), listed(entry.basis)
        yield tr("ordered by"), names.in_full(entry.actor)
    if body.refused is not None:
        yield tr("refused"), read_back(body.refused)
    yield tr("decision due"), ends_text(body.due_at, provisional=body.provisional)
    yield tr("promised by"), due_text(body.promised_at)
    yield tr("to be delivered by"), due_text(body.deliver_by)
