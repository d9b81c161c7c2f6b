"""What an origin signed and relay offices passed on: unpacked and checked, the same at every stop.

Every relay office's own signed forwarding comes along. So each stage of the way is proved by whoever was there, and a
cover can be neither left out, nor altered, nor made up in another's name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.directory.addressing import home_of
from exchange.directory.hierarchy import relay_of, superior_of
from exchange.envelope import Verified, verify_signed
from exchange.errors import CallerError, Implausible, Returned, SenderError
from exchange.language import Text
from exchange.language.names import coded
from exchange.messaging.checks import returned_for
from exchange.messaging.node import Node
from exchange.messaging.rules.moments import check_moments
from exchange.messaging.rules.secrecy import check_secrecy
from exchange.notices.rules.covering import act_by_under, check_covers
from exchange.schemas import MAX_RELAYS, Cover, Forwarding, Header, Notice, NoticeReminder, Recall
from exchange.schemas.titles import TITLES

Passed = Notice | NoticeReminder | Recall


@dataclass(frozen=True)
class Covered:
    """A cover with whoever has signed it, and when."""

    relay: str
    at: datetime
    cover: Cover


@dataclass(frozen=True)
class Forwarded:
    """What came down, with every signature verified; or what goes down from here."""

    forwarding: Forwarding
    header: Header
    """The origin's own."""
    body: Passed
    enclosures: tuple[bytes, ...]
    """The origin's signed bytes, its attachments, the forwardings before; to be passed on as they are."""
    covers: tuple[Covered, ...] = ()
    """The highest level's first; only a notice has any."""

    @property
    def act_by(self) -> str | None:
        """Until the end of which day it is to be dealt with here, by the notice and its covers (ISO 8601)."""
        if not isinstance(self.body, Notice):
            return None
        day = act_by_under(self.body, [one.cover for one in self.covers])
        return day.isoformat() if day is not None else None


def unpack(node: Node, header: Header, forwarding: Forwarding, enclosures: Sequence[bytes]) -> Forwarded:
    """Verify what a relay office passes on; ``header`` is its own.

    Raises Returned: altered, not signed, on a wrong way or in a circle, without a cover that there was, or with one
    that says what it may not.
    """
    _check_path(node, header.sender, forwarding)
    if not enclosures or hashlib.sha256(enclosures[0]).hexdigest() != forwarding.digest:
        raise _altered(Text("what is enclosed is not what the forwarding names"))
    origin = _verified(node, enclosures[0], Text("the origin's signature"))
    body = origin.body
    if not isinstance(body, Passed) or origin.header.sender != forwarding.origin:
        raise Returned(
            "what is passed on is another's, or nothing that is passed on",
            code="origin",
            remedy="pass on what its origin has signed",
        )
    with returned_for(Implausible):
        check_moments(body, origin.header.created_at)
    named = origin.header.message_id if isinstance(body, Notice) else body.notice_id
    if named != forwarding.notice_id:
        raise Returned("what is passed on is about another notice", code="origin", remedy="name the notice it is about")
    stages = _stages(node, origin, forwarding, enclosures)
    covers = [Covered(one.sender, one.created_at, said.cover) for one, said in (*stages, (header, forwarding))
              if said.cover is not None]  # fmt: skip
    _check_covers(body, covers)
    return Forwarded(forwarding, origin.header, body, tuple(enclosures), tuple(covers))


def _stages(
    node: Node, origin: Verified, forwarding: Forwarding, enclosures: Sequence[bytes]
) -> list[tuple[Header, Forwarding]]:
    """What each relay office before the last one has signed: the same notice, for the next of the path."""
    digests = tuple(hashlib.sha256(one).digest() for one in enclosures)
    begin = 1 + len(origin.enclosures)
    if digests[1:begin] != origin.enclosures:
        raise _altered(Text("the attachments are not those that the origin has signed"))
    if len(enclosures) != begin + len(forwarding.path) - 1:
        raise _altered(Text("not every relay office's signed forwarding is enclosed, or there is more"))
    found: list[tuple[Header, Forwarding]] = []
    for place, relay in enumerate(forwarding.path[:-1]):
        stage = _verified(node, enclosures[begin + place], Text("the signature of {relay}", {"relay": relay}))
        said = stage.body
        if not isinstance(said, Forwarding) or stage.header.sender != relay:
            raise _altered(Text("the signed forwarding of {relay} is missing", {"relay": relay}))
        if (said.notice_id, said.origin, said.digest) != (forwarding.notice_id, forwarding.origin, forwarding.digest):
            raise _altered(Text("{relay} has passed on something else", {"relay": relay}))
        if said.path != forwarding.path[: place + 1] or forwarding.path[place + 1] not in stage.header.addressees:
            ways = {"relay": relay, "office": forwarding.path[place + 1]}
            raise _astray(Text("{relay} did not pass it on to {office}", ways))
        if stage.enclosures != digests[: begin + place]:
            raise _altered(Text("not what {relay} has passed on", {"relay": relay}))
        found.append((stage.header, said))
    return found


def _verified(node: Node, signed: bytes, what: Text) -> Verified:
    try:
        return verify_signed(signed, node.directory, node.clock.now())
    except SenderError as error:
        raise Returned(
            "{what} does not verify: {error}",
            code="origin",
            remedy="pass on what was signed as it came",
            what=what,
            error=error,
        ) from error


def _check_covers(body: Passed, covers: Sequence[Covered]) -> None:
    if not covers:
        return
    if not isinstance(body, Notice):
        raise Returned(
            "a {kind} has no cover", code="cover", remedy="pass it on as it came", kind=coded(TITLES, body.KIND)
        )
    with returned_for(CallerError):
        check_covers(body, [one.cover for one in covers])
        for one in covers:
            check_secrecy(one.cover.document)


def _check_path(node: Node, sender: str, forwarding: Forwarding) -> None:
    """From the origin's own relay office straight down, one level at a time, to whoever has sent it."""
    path = forwarding.path
    expected = relay_of(home_of(forwarding.origin))
    for relay in path:
        if relay != expected and superior_of(home_of(relay)) != home_of(expected):
            raise _astray(Text("{relay} does not follow {before}", {"relay": relay, "before": expected}))
        expected = relay
    if path[0] != relay_of(home_of(forwarding.origin)) or len(set(path)) != len(path):
        raise _astray(Text("it did not begin at the origin's relay office, or went round in a circle"))
    own, last = node.directory.domain, home_of(path[-1])
    if path[-1] != sender or own not in (last, _child(own, last)):
        ends = {"sender": sender, "member": node.address}
        raise _astray(Text("{sender} is not the relay office that may pass it on to {member}", ends))
    if len(path) >= MAX_RELAYS and own != last:
        raise _astray(Text("it has passed {count} relay offices", {"count": len(path)}))


def _child(own: str, upper: str) -> str | None:
    return own if superior_of(own) == upper else None


def _astray(why: Text) -> Returned:
    return Returned("not on its way down: {why}", code="path", remedy="a notice goes down level by level", why=why)


def _altered(why: Text) -> Returned:
    return Returned(
        "not as it was signed: {why}", code="altered", remedy="pass on what came, all of it, as it came", why=why
    )
