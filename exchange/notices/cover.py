"""Cover: a relay office puts its own instruction in front of a notice that waits, and passes it on (转发、批转).

A notice that waits is a row with everybody who is meant; what goes on is made of the signed message on record. So
nothing depends on the process that took it in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict, NotFound
from exchange.machine.logger import get_logger
from exchange.messaging.documents import Documents
from exchange.messaging.failing.apart import each_alone
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.reminder_stages import stage_on
from exchange.messaging.rules.secrecy import check_secrecy
from exchange.notices.origin import Covered, Forwarded
from exchange.notices.pass_on import from_above, from_own, send_on
from exchange.notices.records import NoticeRow
from exchange.notices.rules.covering import check_covers, cover_due, cover_faults
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.standing_notices import notices_in, standing_notices
from exchange.notices.store import Notices
from exchange.schemas import Cover, Forwarding, Notice
from exchange.store.transaction import Transaction
from exchange.workdays import WorkingCalendar

log = get_logger()

WORK = "reminders of covers"
"""What the reminding is called where it fails."""


@dataclass(frozen=True)
class Waiting:
    """A notice that waits for a cover."""

    row: NoticeRow
    due: date
    """Until the end of which day it is to go on."""
    stage: int
    """How much of that time has passed, as the last stage reached, in percent."""
    overdue: bool
    provisional: bool = False
    """Whether the day lies beyond the published calendar, which may still move it."""


def cover_notice(node: Node, notice_id: str, cover: Cover | None) -> str:
    """Pass a waiting notice on, with a cover or without; returns the message's id. Raises as `cover_in` does."""
    with node.step() as step:
        return cover_in(step, notice_id, cover)


def cover_in(step: Step, notice_id: str, cover: Cover | None) -> str:
    """Pass a waiting notice on under a cover of this relay office, or without one, within the caller's step.

    Returns the message's id. Raises NotFound for a notice that is not on record here; Conflict when it does not wait
    any more; Secret; and CallerError, code ``cover``, for what a cover may not say.
    """
    row = waiting_in(step.tx, notice_id)
    onward = _onward(step.node, step.tx, row)
    if cover is not None:
        onward = _under(step.node, onward, cover)
    readers = [reader.address for reader in step.tx[Notices].readers(notice_id)]
    branches = [branch.domain for branch in step.tx[Notices].branches(notice_id)]
    sent, *further = send_on(step, onward, readers, branches)
    if not step.tx[Notices].move(
        notice_id, {NoticeState.WAITING}, NoticeState.OPEN, forwarding_id=sent, act_by=onward.act_by
    ):
        raise _no_more(row)
    step.tx[Notices].add_copies(notice_id, further)
    step.note("notice-covered" if cover else "notice-passed-on", None, sent, notice=notice_id)
    return sent


def faults_of_cover(step: Step, notice_id: str, cover: Cover) -> list[tuple[str, CallerError]]:
    """Return what stands against a cover before it is signed, each with its field. Raises NotFound or Conflict."""
    onward = _onward(step.node, step.tx, waiting_in(step.tx, notice_id))
    assert isinstance(onward.body, Notice)  # noqa: S101
    return list(cover_faults(onward.body, [one.cover for one in onward.covers], cover))


def to_cover(node: Node, notice_id: str) -> NoticeRow:
    """Return a notice that waits for a cover. Raises NotFound or Conflict."""
    with node.store.reading() as tx:
        return waiting_in(tx, notice_id)


def awaiting(tx: Transaction, calendar: WorkingCalendar, today: date) -> list[Waiting]:
    """Return all notices that wait for a cover here, the oldest first."""
    return [waiting(row, calendar, today) for row in notices_in(tx, NoticeSeat.RELAY, NoticeState.WAITING)]


def waiting(row: NoticeRow, calendar: WorkingCalendar, today: date) -> Waiting:
    """Return until when a waiting notice is to go on, and how far that time has passed."""
    begun = row.received_at.date()
    act_by = date.fromisoformat(row.act_by) if row.act_by else None
    due = cover_due(begun, act_by, calendar)
    guessed = due != act_by and not calendar.published(due)
    return Waiting(row, due, stage_on(calendar, begun, due, today), today > due, guessed)


def remind_of_waiting(node: Node, today: date) -> int:
    """Remind the relay office itself, in its journal and its log, once at each reminder stage.

    Returns of how many notices it reminded.
    """
    rows = standing_notices(node.store, NoticeSeat.RELAY, NoticeState.WAITING)

    def remind_one(row: NoticeRow) -> bool:
        late = waiting(row, node.calendar, today)
        return late.stage > row.reminded and _remind(node, late)

    return sum(each_alone(node, WORK, ((row.notice_id, row) for row in rows), remind_one))


def _remind(node: Node, late: Waiting) -> bool:
    """False for one that waits no more."""
    notice_id = late.row.notice_id
    with node.step() as step:
        if not step.tx[Notices].move(notice_id, {NoticeState.WAITING}, NoticeState.WAITING, reminded=late.stage):
            return False
        step.note("cover-awaited", None, None, notice=notice_id, stage=late.stage, due=late.due.isoformat())
    log.warning("notice.waits", node=node.address, notice=notice_id, stage=late.stage, due=late.due.isoformat())
    return True


def waiting_in(tx: Transaction, notice_id: str) -> NoticeRow:
    """Return a notice that waits for a cover, as one transaction sees it. Raises NotFound or Conflict."""
    row = tx[Notices].get(notice_id)
    if row is None or row.seat is not NoticeSeat.RELAY:
        raise NotFound(
            "no notice {notice_id} is passed on here",
            remedy="`exchange notice list` shows what waits",
            notice_id=notice_id,
        )
    if row.state is not NoticeState.WAITING:
        raise _no_more(row)
    return row


def _no_more(row: NoticeRow) -> Conflict:
    return Conflict(
        "notice {notice_id} waits for no cover: it was passed on, taken back or replaced",
        remedy="a cover goes with a notice, never after it; `exchange notice list` shows how it stands",
        notice_id=row.notice_id,
    )


def _onward(node: Node, tx: Transaction, row: NoticeRow) -> Forwarded:
    """As it goes on without a cover, from the message that brought it."""
    stored = tx[Documents].get(row.source, row.forwarding_id)
    if stored is None:
        raise NotFound(
            "notice {notice_id} is not on record",
            remedy="restore the database from its backup",
            notice_id=row.notice_id,
        )
    came = verify_signed(stored.signed, node.directory)
    if isinstance(came.body, Forwarding):
        return from_above(node, came.header, came.body, stored.signed, stored.enclosures)
    return from_own(node, came.header, came.body, stored.signed, stored.enclosures)


def _under(node: Node, onward: Forwarded, cover: Cover) -> Forwarded:
    check_secrecy(cover.document)
    covers = (*onward.covers, Covered(node.address, node.clock.now(), cover))
    assert isinstance(onward.body, Notice)  # noqa: S101
    check_covers(onward.body, [one.cover for one in covers])
    forwarding = onward.forwarding.model_copy(update={"cover": cover})
    return replace(onward, forwarding=forwarding, covers=covers)
