"""One message, its whole way, on a page; or, by a case's number, all messages of the case."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.console.section import Page, Section, Visit
from exchange.language.names import COPIES
from exchange.operations.records.stores import queued_by, stores_of, trust_of
from exchange.operations.search.rules import is_message_id
from exchange.operations.trace.stages import CONTRADICTIONS, Mark
from exchange.operations.trace.trail import messages_of_case, trace_message
from exchange.web.words import FINDINGS, MARKS, STAGES, TONES


def _trace(visit: Visit) -> Mapping[str, object]:
    id, stores = visit.path["message_id"], stores_of(visit.view)
    words = {
        "stages": STAGES, "marks": MARKS, "findings": FINDINGS, "contradictions": CONTRADICTIONS, "copies": COPIES,
        "tones": TONES, "classes": _CLASSES, "id": id,
    }  # fmt: skip
    if is_message_id(id):
        traces = trace_message(stores, trust_of(visit.view), id, lambda: queued_by(visit.view))
        return {**words, "traces": traces, "messages": ()}
    return {**words, "traces": (), "messages": messages_of_case(stores, id)}


_CLASSES = {Mark.DONE: "", Mark.FAILED: "bad", Mark.MISSING: "missing", Mark.UNKNOWN: "missing", Mark.NOT_NEEDED: ""}

SECTION = Section(
    pages=(Page("/trace/{message_id}", ("报文之路", "The way of a message"), "trace.html", _trace, every=5),)
)
