"""A joint document's row at its lead and at a signer, against the text, the answers, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.envelope import payload_of
from exchange.errors import NotFound, SenderError
from exchange.joint.states import JointSeat, JointState
from exchange.joint.tables import joint
from exchange.joint.text import digest_of
from exchange.messaging.attested.contradiction import RowAt, RowContradiction, withheld
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.messaging.documents import Documents
from exchange.schemas import JointDocument, JointDraft, JointEnded, JointRefusal, JointSignature
from exchange.store.rows import Row
from exchange.store.types import printable

_ENDS = (JointState.REFUSED, JointState.WITHDRAWN)


def joint_row(view: RowsView, joint_id: str) -> Row | None:
    """Return the row of a joint document."""
    return next(iter(view.rows.where(joint, "joint_id", (joint_id,))), None)


def joint_at(view: RowsView, joint_id: str) -> RowAt:
    """Return the name of that row."""
    return RowAt(view.member, joint.name, joint_id)


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(row["lead"], row["joint_id"])
    if paper is None:
        yield at.unproved("joint_id", row["joint_id"])
        return
    if not isinstance(paper.body, JointDraft):
        return  # the document's own row says so
    yield from _as_sent_round(view, at, row, paper, paper.body)
    yield from _answered(view, at, row)
    yield from _over(view, at, row)


def _as_sent_round(
    view: RowsView, at: RowAt, row: Row, paper: RecordedPaper, body: JointDraft
) -> Iterator[RowContradiction]:
    seat = JointSeat.LEAD if paper.ref.sender == view.member else JointSeat.SIGNER
    yield from at.differs("seat", row["seat"], seat.value, paper.ref)
    yield from at.differs("digest", row["digest"], _text_digest(view, paper), paper.ref)
    yield from at.differs("title", withheld(row["title"]), withheld(printable(body.document.title)), paper.ref)
    yield from at.differs("number", row["number"], printable(str(body.document.number)), paper.ref)
    if seat is JointSeat.LEAD:
        yield from at.differs("received_at", row["received_at"], paper.signed_at, paper.ref)
        return
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    if given is not None and not given.spans(row["received_at"]):
        yield from at.differs("received_at", row["received_at"], given.receipt.signed_for_at, given.batch)


def _text_digest(view: RowsView, paper: RecordedPaper) -> str | None:
    stored = view.tx[Documents].get(paper.ref.sender, paper.ref.message_id)
    try:
        return digest_of(payload_of(stored.signed)) if stored is not None else None
    except SenderError:
        return None


def _answered(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """A signer's own answer; a lead has none."""
    if row["answer_id"] is None:
        if row["seat"] == JointSeat.SIGNER and row["state"] == JointState.SIGNED:
            yield at.unproved("state", row["state"])
        return
    paper = view.paper(view.member, row["answer_id"])
    if paper is None:
        yield at.unproved("answer_id", row["answer_id"])
    elif isinstance(paper.body, JointSignature | JointRefusal):
        yield from at.differs("joint_id", row["joint_id"], paper.body.joint_id, paper.ref)
        signs = isinstance(paper.body, JointSignature)
        if row["state"] in (JointState.OPEN, JointState.SIGNED):
            after = JointState.SIGNED if signs else JointState.REFUSED
            yield from at.differs("state", row["state"], after.value, paper.ref)
            yield from at.differs("settled_at", row["settled_at"], paper.signed_at, paper.ref)
    elif paper.fault is None:
        yield at.unproved("answer_id", row["answer_id"], paper.ref)


def _over(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    if row["state"] == JointState.ISSUED:
        yield from _issued(view, at, row)
    else:
        for column in ("issue_id", "issued_on"):
            if row[column] is not None:
                yield at.unproved(column, row[column])
    if row["state"] in _ENDS:
        yield from _ended(view, at, row)
    else:
        for column in ("ended_by", "reasons"):
            if row[column] is not None:
                yield at.unproved(column, withheld(row[column]))


def _issued(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    paper = view.paper(row["lead"], row["issue_id"]) if row["issue_id"] is not None else None
    if paper is None:
        yield at.unproved("issue_id", row["issue_id"])
    elif isinstance(paper.body, JointDocument):
        yield from at.differs("issue_id", row["joint_id"], paper.body.joint_id, paper.ref)
        yield from at.differs("issued_on", row["issued_on"], paper.body.issued_on.isoformat(), paper.ref)
        yield from _settled(view, at, row, paper)
    elif paper.fault is None:
        yield at.unproved("issue_id", row["issue_id"], paper.ref)


def _ended(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """By the lead's word, or by the own refusal while that has not come."""
    told = (view.paper(*one) for one in view.named(row["joint_id"], JointEnded.KIND, row["lead"]))
    for paper in told:
        if paper is not None and isinstance(paper.body, JointEnded) and not view.sent_back(paper):
            body = paper.body
            yield from at.differs("state", row["state"], body.ending.value, paper.ref)
            yield from at.differs("ended_by", row["ended_by"], body.by, paper.ref)
            yield from at.differs("reasons", withheld(row["reasons"]), withheld(printable(body.reasons)), paper.ref)
            if row["ended_by"] != view.member or row["seat"] == JointSeat.LEAD:
                yield from _settled(view, at, row, paper)
            return
    yield from _refused(view, at, row)


def _refused(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """By a refusal alone: the own one, or that of the only other who was asked, whom nobody need tell."""
    found = (view.paper(*one) for one in view.named(row["joint_id"], JointRefusal.KIND))
    mine = [one for one in found if one is not None and one.ref.sender == row["ended_by"]]
    if row["state"] != JointState.REFUSED or not mine:
        if row["seat"] != JointSeat.LEAD or not _nobody_to_tell(view, row):
            yield at.unproved("state", row["state"])
        return
    paper = mine[0]
    if isinstance(paper.body, JointRefusal):
        signed = withheld(printable(paper.body.reasons))
        yield from at.differs("reasons", withheld(row["reasons"]), signed, paper.ref)
        if paper.ref.sender == view.member:
            yield from at.differs("settled_at", row["settled_at"], paper.signed_at, paper.ref)


def _nobody_to_tell(view: RowsView, row: Row) -> bool:
    """Whether a lead that withdraws its text has nobody left whom it would tell."""
    paper = view.paper(row["lead"], row["joint_id"])
    body = paper.body if paper is not None else None
    if row["state"] != JointState.WITHDRAWN or row["ended_by"] != view.member or not isinstance(body, JointDraft):
        return False
    try:
        return all(view.trust.member(one).revoked_at is not None for one in body.signers[1:])
    except NotFound:
        return True


def _settled(view: RowsView, at: RowAt, row: Row, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """At the lead when it was signed, elsewhere when it was taken in."""
    if paper.ref.sender == view.member:
        yield from at.differs("settled_at", row["settled_at"], paper.signed_at, paper.ref)
        return
    given = view.own_receipt(paper.ref.sender, paper.ref.message_id)
    if given is not None and (row["settled_at"] is None or not given.spans(row["settled_at"])):
        yield from at.differs("settled_at", row["settled_at"], given.receipt.signed_for_at, given.batch)


def _draft(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A text that was sent round, or taken in to be signed, has its row."""
    body = paper.body
    if not isinstance(body, JointDraft) or (paper.direction == "received" and not view.accepted(paper)):
        return
    if joint_row(view, body.joint_id) is None:
        yield joint_at(view, body.joint_id).left_out("joint_id", None, body.joint_id, paper.ref)


def _answer(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What this member has answered stands."""
    body = paper.body
    if not isinstance(body, JointSignature | JointRefusal):
        return
    row, at = joint_row(view, body.joint_id), joint_at(view, body.joint_id)
    if row is None:
        yield at.left_out("joint_id", None, body.joint_id, paper.ref)
    elif row["answer_id"] != paper.ref.message_id:
        yield at.left_out("answer_id", row["answer_id"], paper.ref.message_id, paper.ref)


def _end(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """Once it has gone out, or its lead has ended it, that is where it stands."""
    body = paper.body
    if not isinstance(body, JointDocument | JointEnded):
        return
    if paper.direction == "received" and not view.accepted(paper):
        return
    row, at = joint_row(view, body.joint_id), joint_at(view, body.joint_id)
    if row is None:
        if isinstance(body, JointEnded) or paper.direction == "sent":
            yield at.left_out("joint_id", None, body.joint_id, paper.ref)
        return  # whom it is for was not asked to sign
    if row["state"] in (JointState.OPEN, JointState.SIGNED):
        after = body.ending.value if isinstance(body, JointEnded) else JointState.ISSUED.value
        yield from at.differs("state", row["state"], after, paper.ref)
    elif isinstance(body, JointDocument):
        yield from at.differs("state", row["state"], JointState.ISSUED.value, paper.ref)


JOINTS_HELD = RowRule(joint, ("joint_id",), _check)
JOINT_PAPERS = (
    *(PaperRule(JointDraft.KIND, way, _draft) for way in ("sent", "received")),
    *(PaperRule(one.KIND, "sent", _answer) for one in (JointSignature, JointRefusal)),
    *(PaperRule(one.KIND, way, _end) for one in (JointDocument, JointEnded) for way in ("sent", "received")),
)
