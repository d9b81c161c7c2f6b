"""Pass on: a relay office signs for what comes down and forwards it, in its own name, to its level and the next.

The origin's signed bytes travel inside unchanged. One message, sealed once, goes to all own bodies that are meant and
to the relay offices of those lower levels where somebody might be; so nobody's cost grows with the number of readers.
Where they are more than a message can address, several go out, each body in exactly one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.errors import CallerError, Returned
from exchange.flow.checks import expect
from exchange.flow.collecting import expect_answers
from exchange.flow.node import Step
from exchange.flow.origin import Forwarded, unpack
from exchange.flow.ports import BranchRow, NoticeRow, ReaderRow
from exchange.flow.receive import Handler, Incoming
from exchange.rules.audience import Audience, parse_audience
from exchange.rules.hierarchy import domain_of, relay_of
from exchange.rules.splitting import groups
from schemas import MAX_ADDRESSEES, Body, Forwarding, Notice, NoticeReminder, Recall

_OPEN = frozenset({"open"})


def handlers() -> dict[str, Handler]:
    """What a relay office takes in to pass it on."""
    return {
        Notice.KIND: take_own,
        NoticeReminder.KIND: take_own,
        Recall.KIND: take_own,
        Forwarding.KIND: take_from_above,
    }


def take_own(step: Step, incoming: Incoming, body: Body) -> None:
    """A body of the own level has something passed on. It begins its way here."""
    opened = incoming.opened
    if domain_of(incoming.sender) != step.node.directory.domain:
        raise Returned(f"{incoming.sender} is of another level", code="path", mend="hand it to your own relay office")
    if not isinstance(body, Notice | NoticeReminder | Recall):
        raise Returned(f"{body.KIND} is not passed on", code="wrong-kind", mend="send it to whom it concerns")
    forwarding = Forwarding(
        notice_id=opened.header.message_id if isinstance(body, Notice) else body.notice_id,
        origin=incoming.sender,
        digest=opened.digest,
        path=(step.node.address,),
    )
    enclosures = (opened.signed, *opened.enclosures)
    _pass_on(step, incoming.sender, Forwarded(forwarding, opened.header, body, enclosures))


def take_from_above(step: Step, incoming: Incoming, body: Body) -> None:
    """The level above passes something on."""
    forwarding = expect(body, Forwarding)
    forwarded = unpack(step, incoming, forwarding)
    onward = forwarding.model_copy(update={"path": (*forwarding.path, step.node.address)})
    _pass_on(step, incoming.sender, Forwarded(onward, forwarded.header, forwarded.body, forwarded.enclosures))


def _pass_on(step: Step, source: str, forwarded: Forwarded) -> None:
    if isinstance(forwarded.body, Notice):
        _spread(step, source, forwarded, forwarded.body)
    else:
        _follow(step, source, forwarded)


def _spread(step: Step, source: str, forwarded: Forwarded, notice: Notice) -> None:
    """A notice, to everybody at this level and below who is meant."""
    forwarding = forwarded.forwarding
    present = step.tx.notices.get(forwarding.notice_id)
    if present is not None:
        if present.digest != forwarding.digest:
            raise Returned("another notice has this id", code="id-reused", mend="issue it anew")
        return
    audience = _audience(notice, forwarding.origin)
    directory = step.node.directory
    listed = [(member.address, member.roles) for member in directory.members if member.revoked_at is None]
    readers = [one for one in audience.bodies(listed, directory.domain) if one != forwarding.origin]
    lower = [one.domain for one in directory.directory.delegations if one.revoked_at is None]
    branches = [domain for domain in lower if audience.reaches(domain)]
    forwarding_id, *further = _send(step, forwarded, [*readers, *map(relay_of, branches)]) or [step.node.new_id()]
    step.tx.notices.add(
        _row(step, source, forwarded, notice, forwarding_id),
        [ReaderRow(forwarding.notice_id, address, "none") for address in readers],
        [BranchRow(forwarding.notice_id, domain) for domain in branches],
        further,
    )
    expect_answers(step, forwarding.notice_id, notice, branches)
    earlier = step.tx.notices.get(notice.replaces) if notice.replaces is not None else None
    if earlier is not None and earlier.origin == forwarding.origin:
        _settle(step, earlier.notice_id, "replaced", forwarded.header.created_at)
    step.note(
        "notice-passed-on", None, forwarding_id,
        notice=forwarding.notice_id, readers=len(readers), levels_below=len(branches),
    )  # fmt: skip


def _follow(step: Step, source: str, forwarded: Forwarded) -> None:
    """A reminder or a recall, the way that its notice went."""
    forwarding = forwarded.forwarding
    row = step.tx.notices.get(forwarding.notice_id)
    if row is None:
        raise Returned(f"no notice {forwarding.notice_id} here", code="unknown-notice", mend="send the notice first")
    if (row.origin, row.source) != (forwarding.origin, source):
        raise Returned("this notice is another's", code="not-entitled", mend="its origin alone follows it up")
    readers = step.tx.notices.readers(row.notice_id)
    if isinstance(forwarded.body, Recall):
        if forwarded.body.digest != row.digest:
            raise Returned("the recall is of another text", code="altered", mend="recall what was issued")
        _settle(step, row.notice_id, "recalled", forwarded.body.at, forwarded.body.reason)
    else:
        readers = [reader for reader in readers if reader.state in ("none", "has")]
    branches = [relay_of(branch.domain) for branch in step.tx.notices.branches(row.notice_id)]
    _send(step, forwarded, [*(reader.address for reader in readers), *branches])


def _settle(step: Step, notice_id: str, state: str, at: datetime, reason: str | None = None) -> None:
    """Taken back at ``at`` by its origin's time, which decides who had signed before; the level above is told that."""
    if step.tx.notices.move(notice_id, _OPEN, state, settled_at=at, reason=reason):
        step.tx.notices.touch(notice_id)


def _send(step: Step, forwarded: Forwarded, addressees: Sequence[str]) -> list[str]:
    """To all of them, in as many messages as their number needs; the messages' ids."""
    return [
        step.send(
            forwarded.forwarding,
            group,
            conversation_id=forwarded.forwarding.notice_id,
            urgency=forwarded.header.urgency,
            enclosures=forwarded.enclosures,
        )
        for group in groups(addressees, MAX_ADDRESSEES)
    ]


def _audience(notice: Notice, origin: str) -> Audience:
    try:
        return parse_audience(notice.audience, domain_of(origin))
    except CallerError as error:
        raise Returned(str(error), code="audience", mend=error.mend) from error


def _row(step: Step, source: str, forwarded: Forwarded, notice: Notice, forwarding_id: str) -> NoticeRow:
    return NoticeRow(
        notice_id=forwarded.forwarding.notice_id,
        seat="relay",
        state="open",
        origin=forwarded.forwarding.origin,
        source=source,
        digest=forwarded.forwarding.digest,
        title=notice.document.title,
        number=str(notice.document.number),
        treatment=notice.treatment.value,
        audience=notice.audience,
        forwarding_id=forwarding_id,
        received_at=step.now,
        act_by=notice.act_by.isoformat() if notice.act_by else None,
        urgency=notice.document.urgency.value,
        changed=True,
    )
