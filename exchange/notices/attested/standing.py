"""A notice's row at its origin, at a relay office and at a reader, against what was signed of it."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.notices.attested.branches import told_above
from exchange.notices.attested.reading import CarriedNotice, brought, came, carried
from exchange.notices.rules.states import TAKEN_BACK, NoticeSeat, NoticeState
from exchange.notices.tables import notice
from exchange.schemas import Notice, Recall, SignOff, Tally
from exchange.store.rows import Row
from exchange.store.types import printable

_ANSWERS = {True: NoticeState.SIGNED, False: NoticeState.RETURNED}


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = _basis(view, row)
    found = carried(view, paper) if paper is not None else None
    if paper is None or found is None:
        if paper is None or paper.fault is None:
            yield at.unproved("forwarding_id", row["forwarding_id"], paper.ref if paper is not None else None)
        return
    yield from _as_signed(at, row, paper, found)
    yield from _received(view, at, row, paper)
    yield from _answered(view, at, row)
    yield from _taken_back(view, at, row)
    yield from told_above(view, at, row)


def _basis(view: RowsView, row: Row) -> RecordedPaper | None:
    """The message by which this member has a notice: its own, what it passed on, or what came."""
    if row["seat"] == NoticeSeat.ORIGIN:
        return view.paper(view.member, row["notice_id"])
    if row["seat"] == NoticeSeat.READER or row["state"] == NoticeState.WAITING:
        return view.paper(row["source"], row["forwarding_id"])
    return view.paper(view.member, row["forwarding_id"]) or brought(view, row)  # nobody below may have been meant


def _as_signed(at: RowAt, row: Row, paper: RecordedPaper, found: CarriedNotice) -> Iterator[RowContradiction]:
    body = found.body
    if not isinstance(body, Notice) or found.message_id != row["notice_id"]:
        yield at.unproved("forwarding_id", row["forwarding_id"], paper.ref)
        return
    document = body.document
    yield from at.differs("origin", row["origin"], found.sender, paper.ref)
    if row["seat"] != NoticeSeat.ORIGIN:
        yield from at.differs("digest", row["digest"], found.digest, paper.ref)
    yield from at.differs("title", withheld(row["title"]), withheld(printable(document.title)), paper.ref)
    yield from at.differs("number", row["number"], printable(str(document.number)), paper.ref)
    yield from at.differs("treatment", row["treatment"], body.treatment.value, paper.ref)
    yield from at.differs("audience", row["audience"], printable(body.audience), paper.ref)
    yield from at.differs("urgency", row["urgency"], document.urgency.value, paper.ref)
    yield from at.differs("act_by", row["act_by"], found.act_by, paper.ref)


def _received(view: RowsView, at: RowAt, row: Row, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """When it was issued, by its origin's signature; elsewhere when it was taken in, by the own receipt."""
    if row["seat"] == NoticeSeat.ORIGIN:
        yield from at.differs("received_at", row["received_at"], paper.signed_at, paper.ref)
        return
    first = paper if paper.ref.sender != view.member else brought(view, row)
    given = view.own_receipt(first.ref.sender, first.ref.message_id) if first is not None else None
    if given is not None and not given.spans(row["received_at"]):
        yield from at.differs("received_at", row["received_at"], given.receipt.signed_for_at, given.batch)


def _answered(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """A reader's own answer: signed for, or sent back."""
    if row["seat"] != NoticeSeat.READER:
        return
    own = (view.paper(*one) for one in view.named(row["notice_id"], SignOff.KIND, view.member))
    answers = [(one, one.body) for one in own if one is not None and isinstance(one.body, SignOff)]
    state = row["state"]
    if not answers:
        if state in _ANSWERS.values():
            yield at.unproved("state", state)
        if row["settled_at"] is not None:
            yield at.unproved("settled_at", row["settled_at"])
        return
    paper, body = answers[0]
    yield from at.differs("settled_at", row["settled_at"], body.at, paper.ref)
    if state not in TAKEN_BACK:
        yield from at.differs("state", state, _ANSWERS[body.accepted].value, paper.ref)
        yield from at.differs("reason", withheld(row["reason"]), withheld(printable(body.reason)), paper.ref)


def _taken_back(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Recalled by its origin; of a notice that was replaced what replaced it is held against this row."""
    recalls = list(_recalls(view, row))
    if row["state"] == NoticeState.RECALLED:
        if not recalls:
            yield at.unproved("state", row["state"])
            return
        paper, body = recalls[0]
        yield from at.differs("reason", withheld(row["reason"]), withheld(printable(body.reason)), paper.ref)
        if row["seat"] != NoticeSeat.READER:
            yield from at.differs("settled_at", row["settled_at"], body.at, paper.ref)
    elif row["state"] == NoticeState.REPLACED:
        if not recalls and not _is_replaced(view, row):
            yield at.unproved("state", row["state"])
    elif recalls:
        yield from at.differs("state", row["state"], NoticeState.RECALLED.value, recalls[0][0].ref)


def _recalls(view: RowsView, row: Row) -> Iterator[tuple[RecordedPaper, Recall]]:
    origin = row["seat"] == NoticeSeat.ORIGIN
    own = (view.paper(*one) for one in view.named(row["notice_id"], Recall.KIND, view.member)) if origin else ()
    for paper in own if origin else came(view, row):
        found = carried(view, paper) if paper is not None else None
        if paper is None or found is None or not isinstance(found.body, Recall):
            continue
        if origin or (found.sender == row["origin"] and view.accepted(paper)):
            yield paper, found.body


def _is_replaced(view: RowsView, row: Row) -> bool:
    """Whether it is known to be: by the notice in its place, or by what this relay office has told since.

    At a reader nothing but the other notice says so, which is not found from here.
    """
    if row["seat"] == NoticeSeat.ORIGIN:
        at = row["settled_at"]
        return at is not None and any(isinstance(one.body, Notice) and one.body.replaces == row["notice_id"]
                                      for one in view.recorded(row["notice_id"], "sent", Notice.KIND, at))  # fmt: skip
    if row["seat"] == NoticeSeat.READER or row["changed"]:
        return True
    told = view.named(row["notice_id"], Tally.KIND, view.member)
    last = view.paper(*told[-1]) if told else None
    return last is None or (isinstance(last.body, Tally) and last.body.at_recall is not None)


NOTICES_HELD = RowRule(notice, ("notice_id",), _check, newest="received_at")
