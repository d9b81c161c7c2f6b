"""What an origin signed and a relay office passed on: unpacked and checked, the same at every stop."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from exchange.envelope import verify_signed
from exchange.errors import Returned, SenderError
from exchange.flow.node import Step
from exchange.flow.receive import Incoming
from exchange.rules.addressing import home_of
from exchange.rules.hierarchy import relay_of, superior_of
from schemas import MAX_RELAYS, Forwarding, Header, Notice, NoticeReminder, Recall

Passed = Notice | NoticeReminder | Recall


@dataclass(frozen=True)
class Forwarded:
    """What came down, with the origin's signature verified."""

    forwarding: Forwarding
    header: Header
    """The origin's own."""
    body: Passed
    enclosures: tuple[bytes, ...]
    """The origin's signed bytes first, then its attachments; to be passed on as they are."""


def unpack(step: Step, incoming: Incoming, forwarding: Forwarding) -> Forwarded:
    """Verifies what a relay office passes on. Raises Returned: altered, not signed, on a wrong way or in a circle."""
    _check_path(step, incoming.sender, forwarding)
    enclosures = incoming.opened.enclosures
    if not enclosures or hashlib.sha256(enclosures[0]).hexdigest() != forwarding.digest:
        raise Returned(
            "what is enclosed is not what the forwarding names",
            code="altered",
            mend="pass the origin's signed bytes on as they came",
        )
    try:
        origin = verify_signed(enclosures[0], step.node.directory, step.node.clock.now())
    except SenderError as error:
        raise Returned(
            f"the origin's signature does not hold: {error}", code="origin", mend="pass on what its origin has signed"
        ) from error
    body = origin.body
    if not isinstance(body, Passed) or origin.header.sender != forwarding.origin:
        raise Returned(
            "what is passed on is another's, or nothing that is passed on",
            code="origin",
            mend="pass on what its origin has signed",
        )
    named = origin.header.message_id if isinstance(body, Notice) else body.notice_id
    if named != forwarding.notice_id:
        raise Returned("what is passed on is about another notice", code="origin", mend="name the notice it is about")
    return Forwarded(forwarding, origin.header, body, enclosures)


def _check_path(step: Step, sender: str, forwarding: Forwarding) -> None:
    """From the origin's own relay office straight down, one level at a time, to whoever has sent it."""
    path = forwarding.path
    expected = relay_of(home_of(forwarding.origin))
    for relay in path:
        if relay != expected and superior_of(home_of(relay)) != home_of(expected):
            raise _astray(f"{relay} does not follow {expected}")
        expected = relay
    if path[0] != relay_of(home_of(forwarding.origin)) or len(set(path)) != len(path):
        raise _astray("it did not begin at the origin's relay office, or went round in a circle")
    own, last = step.node.directory.domain, home_of(path[-1])
    if path[-1] != sender or own not in (last, _child(own, last)):
        raise _astray(f"{sender} is not the relay office that may pass it on to {step.node.address}")
    if len(path) >= MAX_RELAYS and own != last:
        raise _astray(f"it has passed {len(path)} relay offices")


def _child(own: str, upper: str) -> str | None:
    return own if superior_of(own) == upper else None


def _astray(why: str) -> Returned:
    return Returned(f"not on its way down: {why}", code="path", mend="a notice goes down level by level")
