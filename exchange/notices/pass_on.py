"""Pass on: a relay office signs for what comes down and forwards it, in its own name, to its level and the next.

The origin's signed bytes travel inside unchanged. One message, sealed once, goes to all own authorities that are
meant and to the relay offices of those lower levels where somebody might be; so nobody's cost grows with the number
of readers. Where they are more than a message can address, several go out, each authority in exactly one of them. A
notice that is to get a cover first is put down with everybody who is meant, and goes on by `exchange.notices.cover`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from exchange.directory.addressing import home_of
from exchange.directory.hierarchy import domain_of, relay_of
from exchange.errors import CallerError, Returned
from exchange.language.names import coded
from exchange.messaging.aside.early import wait_a_day
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.splitting import groups
from exchange.notices.forms.collecting import expect_answers
from exchange.notices.origin import Forwarded, unpack
from exchange.notices.records import BranchRow, NoticeRow, ReaderRow
from exchange.notices.rules.audience import parse_audience
from exchange.notices.rules.covering import Covering
from exchange.notices.rules.recall import check_recall
from exchange.notices.rules.states import NOT_SIGNED, NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.schemas import MAX_ADDRESSEES, Body, Forwarding, Header, Notice, NoticeReminder, ReaderState, Recall
from exchange.schemas.titles import TITLES

_OPEN = frozenset({NoticeState.OPEN})
_WAITING = frozenset({NoticeState.WAITING})


@dataclass(frozen=True)
class Came:
    """What is to be passed on, as it came here: in which message, and from whom."""

    source: str
    message_id: str
    onward: Forwarded
    """As it goes on: with the own address at the end of its path, and without a cover of ours yet."""


def handlers(covering: Covering = Covering.NONE) -> dict[str, Handler]:
    """Return the message handlers by which a relay office passes on.

    ``covering`` says which notices wait for its cover first.
    """

    def take_own(step: Step, incoming: Incoming, body: Body) -> None:
        opened = incoming.opened
        onward = from_own(step.node, opened.header, body, opened.signed, opened.enclosures)
        _pass_on(step, incoming, Came(incoming.sender, incoming.message_id, onward), covering.asks(from_above=False))

    def take_from_above(step: Step, incoming: Incoming, body: Body) -> None:
        opened = incoming.opened
        if (
            incoming.sender == step.node.address
        ):  # our own copy, as one of those meant: it was put down when it was sent
            return
        onward = from_above(step.node, opened.header, expect(body, Forwarding), opened.signed, opened.enclosures)
        _pass_on(step, incoming, Came(incoming.sender, incoming.message_id, onward), covering.asks(from_above=True))

    return {
        Notice.KIND: take_own,
        NoticeReminder.KIND: take_own,
        Recall.KIND: take_own,
        Forwarding.KIND: take_from_above,
    }


def from_own(node: Node, header: Header, body: Body, signed: bytes, enclosures: Sequence[bytes]) -> Forwarded:
    """Return what an authority of the own level has passed on, at the beginning of its way here. Raises Returned."""
    if home_of(header.sender) != node.directory.domain:
        raise Returned(
            "{sender} is of another level", code="path", remedy="hand it to your own relay office", sender=header.sender
        )
    if not isinstance(body, Notice | NoticeReminder | Recall):
        raise Returned(
            "{kind} is not passed on",
            code="wrong-kind",
            remedy="send it to whom it concerns",
            kind=coded(TITLES, body.KIND),
        )
    forwarding = Forwarding(
        notice_id=header.message_id if isinstance(body, Notice) else body.notice_id,
        origin=header.sender,
        digest=hashlib.sha256(signed).hexdigest(),
        path=(node.address,),
    )
    return Forwarded(forwarding, header, body, (signed, *enclosures))


def from_above(
    node: Node, header: Header, forwarding: Forwarding, signed: bytes, enclosures: Sequence[bytes]
) -> Forwarded:
    """Return what the level above passes on, as it goes on from here. Raises Returned as `unpack` does."""
    came = unpack(node, header, forwarding, enclosures)
    onward = forwarding.model_copy(update={"path": (*forwarding.path, node.address), "cover": None})
    return replace(came, forwarding=onward, enclosures=(*came.enclosures, signed))


def send_on(step: Step, onward: Forwarded, readers: Sequence[str], branches: Sequence[str]) -> list[str]:
    """Pass a notice on to own authorities and to the relay offices of domains below.

    It goes in as many messages as they need; returns their ids.
    """
    return [
        step.send(
            onward.forwarding,
            group,
            conversation_id=onward.forwarding.notice_id,
            urgency=onward.header.urgency,
            enclosures=onward.enclosures,
        )
        for group in groups([*readers, *map(relay_of, branches)], MAX_ADDRESSEES)
    ]


def _pass_on(step: Step, incoming: Incoming, came: Came, waits: bool) -> None:
    if isinstance(came.onward.body, Notice):
        _spread(step, came, came.onward.body, waits)
    else:
        _follow(step, incoming, came)


def _spread(step: Step, came: Came, notice: Notice, waits: bool) -> None:
    """A notice, to everybody at this level and below who is meant; at once, or once it has its cover."""
    forwarding = came.onward.forwarding
    present = step.tx[Notices].get(forwarding.notice_id)
    if present is not None:
        if present.digest != forwarding.digest:
            raise Returned("another notice has this id", code="id-reused", remedy="issue it anew")
        return
    readers, branches = _meant(step, notice, forwarding.origin)
    waits = waits and bool(readers or branches)
    sent = [came.message_id] if waits else send_on(step, came.onward, readers, branches)
    message_id, *further = sent or [step.node.new_id()]
    step.tx[Notices].add(
        _row(step, came, notice, NoticeState.WAITING if waits else NoticeState.OPEN, message_id),
        [ReaderRow(forwarding.notice_id, address, ReaderState.NONE) for address in readers],
        [BranchRow(forwarding.notice_id, domain) for domain in branches],
        further,
    )
    expect_answers(step, forwarding.notice_id, notice, branches)
    earlier = step.tx[Notices].get(notice.replaces) if notice.replaces is not None else None
    if earlier is not None and earlier.origin == forwarding.origin:
        _settle(step, earlier.notice_id, NoticeState.REPLACED, came.onward.header.created_at)
    later = step.tx[Notices].replacing(forwarding.notice_id, forwarding.origin)
    if later is not None:  # it was overtaken: nobody here can have signed for it before that came
        _settle(step, forwarding.notice_id, NoticeState.REPLACED, later.received_at)
    step.note(
        "notice-waits" if waits else "notice-passed-on", None, message_id,
        notice=forwarding.notice_id, readers=len(readers), levels_below=len(branches),
    )  # fmt: skip


def _meant(step: Step, notice: Notice, origin: str) -> tuple[list[str], list[str]]:
    """Own authorities that are to have a notice, and domains below where somebody might be. Raises Returned."""
    with returned_for(CallerError, code="audience"):
        audience = parse_audience(notice.audience, domain_of(origin))
    directory = step.node.directory
    listed = [(member.address, member.roles) for member in directory.members if member.revoked_at is None]
    readers = [one for one in audience.authorities(listed, directory.domain) if one != origin]
    lower = [one.domain for one in directory.directory.delegations if one.revoked_at is None]
    return readers, [domain for domain in lower if audience.reaches(domain)]


def _follow(step: Step, incoming: Incoming, came: Came) -> None:
    """A reminder or a recall, the way that its notice went; nowhere, while the notice waits here for its cover."""
    onward = came.onward
    row = step.tx[Notices].get(onward.forwarding.notice_id)
    if row is None:
        wait_a_day(step, incoming, onward.forwarding.notice_id)
        raise Returned(
            "no notice {notice_id} here",
            code="unknown-notice",
            remedy="send it first",
            notice_id=onward.forwarding.notice_id,
        )
    if (row.origin, row.source) != (onward.forwarding.origin, came.source):
        raise Returned("this notice is another's", code="not-entitled", remedy="its origin alone follows it up")
    readers = step.tx[Notices].readers(row.notice_id)
    if isinstance(onward.body, Recall):
        check_recall(onward.body, row.digest)
        _settle(step, row.notice_id, NoticeState.RECALLED, onward.body.at, onward.body.reason)
        if row.state is NoticeState.WAITING:
            step.note("notice-recalled", None, came.message_id, notice=row.notice_id)
            return
    elif row.state is not NoticeState.OPEN:
        step.note("notice-reminded", None, came.message_id, notice=row.notice_id, state=row.state)
        return
    else:
        readers = [reader for reader in readers if reader.state in NOT_SIGNED]
    below = [branch.domain for branch in step.tx[Notices].branches(row.notice_id)]
    send_on(step, onward, [reader.address for reader in readers], below)


def _settle(step: Step, notice_id: str, state: NoticeState, at: datetime, reason: str | None = None) -> None:
    """Taken back at ``at`` by its origin's time, which decides who had signed before; the level above is told that."""
    if step.tx[Notices].move(notice_id, _OPEN | _WAITING, state, settled_at=at, reason=reason):
        step.tx[Notices].touch(notice_id)


def _row(step: Step, came: Came, notice: Notice, state: NoticeState, message_id: str) -> NoticeRow:
    onward = came.onward
    return NoticeRow(
        notice_id=onward.forwarding.notice_id,
        seat=NoticeSeat.RELAY,
        state=state,
        origin=onward.forwarding.origin,
        source=came.source,
        digest=onward.forwarding.digest,
        title=notice.document.title,
        number=str(notice.document.number),
        treatment=notice.treatment.value,
        audience=notice.audience,
        forwarding_id=message_id,
        received_at=step.now,
        act_by=onward.act_by,
        urgency=notice.document.urgency.value,
        changed=True,
        replaces=notice.replaces,
    )
