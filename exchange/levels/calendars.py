"""Calendars of working days reach the levels below: a relay office hands its own and those above it to each of them.

They go down only: of a year that several levels have published, the highest level's counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from exchange.directory.hierarchy import relay_of
from exchange.errors import BadDirectory, Returned
from exchange.language import joined
from exchange.messaging.checks import expect
from exchange.messaging.failing.apart import each_alone
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import Body, CalendarUpdate

WORK = "calendars for lower levels"
"""What this work is called where it fails."""
_AGAIN = timedelta(days=7)
"""After this time a level is told everything again, for one that has lost it."""


def handlers() -> dict[str, Handler]:
    """Return the message handler by which a relay office learns the calendars of the levels above."""
    return {CalendarUpdate.KIND: take_update}


def take_update(step: Step, incoming: Incoming, body: Body) -> None:
    """Take the calendars that verify. Raises Returned for another's than the superior's, or where none does."""
    update = expect(body, CalendarUpdate)
    upper = step.node.directory.directory.upper
    if upper is None or incoming.sender != relay_of(upper.domain):
        raise Returned(
            "{sender} is not the relay office of the domain above {domain}",
            code="not-entitled",
            remedy="calendars go down, level by level",
            sender=incoming.sender,
            domain=step.node.directory.domain,
        )
    refused: list[BadDirectory] = []
    for paper in update.papers:
        try:
            step.node.take_calendar(paper, step.node.directory)
        except BadDirectory as error:
            refused.append(error)
    if len(refused) == len(update.papers):
        remedy = "send what the authorities of the levels above have signed, after their directories"
        raise Returned(joined([error.text for error in refused], "; "), code="calendar", remedy=remedy)
    step.note("calendars-taken", None, incoming.message_id, sender=incoming.sender, refused=len(refused))


def tell(node: Node) -> int:
    """Send each direct lower level the calendars that it has not been sent; returns how many levels that was."""
    papers = node.calendar.papers
    lower = [one.domain for one in node.directory.directory.delegations if one.revoked_at is None]
    if not papers or not lower:
        return 0
    return sum(each_alone(node, WORK, [(name, name) for name in lower], lambda name: _tell(node, name, papers)))


def _tell(node: Node, lower: str, papers: Sequence[bytes]) -> int:
    relay, key = relay_of(lower), f"calendars-told:{lower}"
    if not node.directory.reachable(relay, node.suite):
        return 0
    digest = hashlib.sha256(b"".join(papers)).hexdigest()
    with node.store.reading() as tx:
        told, _, at = (tx.get_meta(key) or "").partition(" ")
    if told == digest and node.clock.now() < datetime.fromisoformat(at) + _AGAIN:
        return 0
    with node.step() as step:
        step.send(CalendarUpdate(papers=tuple(papers)), (relay,))
        step.tx.set_meta(key, f"{digest} {step.now.isoformat()}")
    return 1
