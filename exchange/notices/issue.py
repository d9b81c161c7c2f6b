"""Issue: a notice leaves its origin once, for its own relay office, however many authorities will read it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from exchange.directory.hierarchy import relay_of
from exchange.errors import CallerError, Conflict, NotFound
from exchange.language.names import NOTICE_STATES, coded
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.numbers_used import note_number
from exchange.messaging.register.entering import enter_sent
from exchange.messaging.rules.agreements import check_agreed, check_agreements
from exchange.messaging.rules.portals import check_addressees
from exchange.messaging.rules.secrecy import check_secrecy
from exchange.messaging.rules.wording import check_reason
from exchange.notices.forms import collecting
from exchange.notices.records import BranchRow, NoticeRow
from exchange.notices.rules.audience import nobody, parse_audience, unknown
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.schemas import Notice, NoticeReminder, Recall, Urgency
from exchange.store.transaction import Transaction


def issue_notice(node: Node, notice: Notice, enclosures: Sequence[bytes] = ()) -> str:
    """Put a notice into the outbox for the own relay office; returns the notice's id. Raises as `issue_in` does."""
    with node.step() as step:
        return issue_in(step, notice, enclosures)


def issue_in(step: Step, notice: Notice, enclosures: Sequence[bytes] = ()) -> str:
    """Put a notice into the outbox for the relay office of the own domain, within the caller's step; returns its id.

    Raises Secret for a classified document; CallerError for one that concerns others which have not agreed, for an
    audience that is wrong or matches nobody, enclosures that are not the attachments named, or at a relay office
    itself; NotFound for an authority that no directory lists, or where there is no relay office; Conflict when what it
    replaces is not an open notice of this origin.
    """
    relay = check_issue(step.node, notice, enclosures)
    check_agreements(notice.document, step.tx[Documents].get)
    notice_id = step.send(notice, (relay,), urgency=notice.document.urgency, enclosures=enclosures)
    own = step.node.directory.domain
    step.tx[Notices].add(_row(step, notice_id, notice, relay), (), [BranchRow(notice_id, own)])
    collecting.expect_answers(step, notice_id, notice, (own,))
    if notice.replaces is not None and not step.tx[Notices].move(
        notice.replaces, {NoticeState.OPEN}, NoticeState.REPLACED, settled_at=step.now
    ):
        raise Conflict(
            "{replaces} is no open notice of this origin",
            remedy="`exchange notice list` shows them",
            replaces=notice.replaces,
        )
    note_number(step, notice.document, notice_id)
    enter_sent(step, notice_id, notice.document, (notice.audience,))
    step.note("notice-issued", None, notice_id, audience=notice.audience)
    return notice_id


def check_issue(node: Node, notice: Notice, enclosures: Sequence[bytes] = ()) -> str:
    """Check what can be known of a notice before it is issued; returns the relay office that it goes to.

    Raises as `issue_in` does, but for what the records decide.
    """
    check_secrecy(notice.document)
    check_agreed(notice.document)
    check_audience(node, notice.audience)
    named = [attachment.digest for attachment in notice.document.attachments]
    if named != [hashlib.sha256(enclosure).hexdigest() for enclosure in enclosures]:
        raise CallerError(
            "the enclosures are not the document's attachments", remedy="give them in the document's order"
        )
    relay = relay_of(node.directory.domain)
    if relay == node.address:
        raise CallerError(
            "a relay office passes on, and issues nothing", remedy="issue it as an office or a department"
        )
    node.expect((relay,))
    return relay


def remind(node: Node, notice_id: str, stage: int = 0) -> str:
    """Remind all who have not signed for a notice; returns the reminder's id. Raises NotFound or Conflict."""
    with node.step() as step:
        return remind_in(step, notice_id, stage)


def remind_in(step: Step, notice_id: str, stage: int = 0) -> str:
    """Remind all who have not signed for a notice, within the caller's step; returns the reminder's id.

    Raises NotFound or Conflict.
    """
    row = issued(step.tx, notice_id)
    _expect_open(row)
    message_id = step.send(
        NoticeReminder(notice_id=notice_id, stage=stage, at=step.now),
        (row.source,),
        conversation_id=notice_id,
        urgency=Urgency(row.urgency),
    )
    if stage > row.reminded:
        step.tx[Notices].move(notice_id, {NoticeState.OPEN}, NoticeState.OPEN, reminded=stage)
    step.note("notice-reminded", None, message_id, notice=notice_id, stage=stage)
    return message_id


def recall(node: Node, notice_id: str, reason: str) -> str:
    """Take a notice back; returns the recall's id. Raises as `recall_in` does."""
    with node.step() as step:
        return recall_in(step, notice_id, reason)


def recall_in(step: Step, notice_id: str, reason: str) -> str:
    """Take a notice back within the caller's step; returns the recall's id.

    Nothing is erased, and who has read it is still counted. Raises NotFound, Conflict when it is recalled or replaced
    already, CallerError without a reason.
    """
    check_reason(reason, "a recall needs a reason", "say why the notice is taken back")
    row = issued(step.tx, notice_id)
    _expect_open(row)
    stored = step.tx[Documents].get(step.node.address, notice_id)
    digest = hashlib.sha256(stored.signed if stored else b"").hexdigest()
    message_id = step.send(
        Recall(notice_id=notice_id, digest=digest, reason=reason, at=step.now),
        (row.source,),
        conversation_id=notice_id,
        urgency=Urgency(row.urgency),
    )
    step.tx[Notices].move(notice_id, {NoticeState.OPEN}, NoticeState.RECALLED, settled_at=step.now, reason=reason)
    step.note("notice-recalled", None, message_id, notice=notice_id)
    return message_id


def issued(tx: Transaction, notice_id: str) -> NoticeRow:
    """Return a notice of this origin. Raises NotFound."""
    row = tx[Notices].get(notice_id)
    if row is None or row.seat is not NoticeSeat.ORIGIN:
        raise NotFound(
            "no notice {notice_id} was issued here", remedy="`exchange notice list` shows them", notice_id=notice_id
        )
    return row


def _expect_open(row: NoticeRow) -> None:
    if row.state is not NoticeState.OPEN:
        raise Conflict(
            "notice {notice_id} is {state}",
            remedy="nothing is to be done any more",
            notice_id=row.notice_id,
            state=coded(NOTICE_STATES, row.state),
        )


def check_audience(node: Node, text: str) -> None:
    """Check that the expression means anybody, over all levels that are known here, and names no portal.

    Raises CallerError or NotFound.
    """
    audience = parse_audience(text, node.directory.domain)
    listed = [(member.address, member.roles) for member in node.directory.everyone]
    addresses = {address for address, _ in listed}
    for address in audience.named:
        if address not in addresses:
            raise unknown(address)
        check_addressees(node.directory, node.address, (address,))
    if not any(audience.matches(address, roles) for address, roles in listed):
        raise nobody(audience)


def _row(step: Step, notice_id: str, notice: Notice, relay: str) -> NoticeRow:
    return NoticeRow(
        notice_id=notice_id,
        seat=NoticeSeat.ORIGIN,
        state=NoticeState.OPEN,
        origin=step.node.address,
        source=relay,
        digest="",  # what is signed is known when the step ends, and then on record as the document
        title=notice.document.title,
        number=str(notice.document.number),
        treatment=notice.treatment.value,
        audience=notice.audience,
        forwarding_id=notice_id,
        received_at=step.now,
        act_by=notice.act_by.isoformat() if notice.act_by else None,
        urgency=notice.document.urgency.value,
        replaces=notice.replaces,
    )
