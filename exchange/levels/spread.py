"""Spread: relay offices hand directories on, so that everybody in the tree of domains gets to know everybody.

A domain's directory comes from the neighbour that lies on the way to the domain, and goes to all others: what is below
or the own goes up; what is above, or in another branch, goes down. What each neighbour was told last is on record, in
the same transaction as the message, so that only what is new goes out and nothing is forgotten. Once in a while
everything is told again, for a neighbour that has lost it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.directory import Lookup, TreeView
from exchange.directory.hierarchy import next_hop, relay_of
from exchange.errors import Returned
from exchange.machine.logger import get_logger
from exchange.messaging.checks import expect
from exchange.messaging.failing.apart import each_alone
from exchange.messaging.failing.store import FailingWork
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import Body, DirectoryUpdate, OfferedDirectory

log = get_logger()

WORK = "directories for neighbours"
"""What this work is called where it fails."""
AGAIN = timedelta(days=7)
"""After this time a neighbour is told everything again."""
MESSAGE_LIMIT = 4_194_304
"""Bytes of directories in one message; a single larger one still goes alone, up to what an envelope takes."""
DIRECTORY_LIMIT = 8_000_000
"""Bytes beyond which a directory cannot travel in an envelope."""
_AT_ONCE = 50


@dataclass(frozen=True)
class Taken:
    """What became of directories that were offered."""

    news: tuple[str, ...] = ()
    """Domains whose directory is another than before."""
    early: tuple[str, ...] = ()
    """Domains whose directory is kept until what leads to it has come."""
    refused: tuple[str, ...] = ()
    """Why others were not taken."""


Take = Callable[[Sequence[bytes]], Taken]
"""Judges directories by the rules of the tree and stores what holds; bound to the member's folder."""


def handlers(take: Take) -> dict[str, Handler]:
    """Return the message handlers by which a relay office learns of other domains."""

    def take_update(step: Step, incoming: Incoming, body: Body) -> None:
        update = expect(body, DirectoryUpdate)
        _expect_neighbour(step, incoming)
        offered = incoming.opened.enclosures
        if [one.digest for one in update.directories] != [_digest(data) for data in offered]:
            raise Returned(
                "the enclosures are not the directories named", code="enclosures", remedy="enclose them in order"
            )
        taken = take(offered)
        for reason in taken.refused:
            log.warning("tree.refused", node=step.node.address, sender=incoming.sender, reason=reason)
        if len(taken.refused) == len(offered):
            raise Returned(
                "; ".join(taken.refused)[:1_000], code="directory", remedy="send what their authorities signed"
            )
        step.note(
            "directories-taken", None, incoming.message_id,
            sender=incoming.sender, news=list(taken.news), early=list(taken.early), refused=list(taken.refused),
        )  # fmt: skip

    return {DirectoryUpdate.KIND: take_update}


def _expect_neighbour(step: Step, incoming: Incoming) -> None:
    if incoming.sender not in {relay_of(domain) for domain in neighbours(step.node.directory)}:
        raise Returned(
            "{sender} is not the relay office of a domain next to {domain}",
            code="not-entitled",
            remedy="directories come from the relay office of the superior or of a direct lower domain",
            sender=incoming.sender,
            domain=step.node.directory.domain,
        )


def neighbours(directory: Lookup) -> tuple[str, ...]:
    """Return the superior, and the direct lower domains whose delegation is not revoked."""
    upper = directory.directory.upper
    above = (upper.domain,) if upper is not None and upper.certificates else ()
    return (*above, *(one.domain for one in directory.directory.delegations if one.revoked_at is None))


class Spreader:
    """The relay office's periodic work: tells each neighbour what it has not been told. Cheap when nothing is new."""

    def __init__(self) -> None:
        self._looked: Lookup | None = None
        self._next: datetime | None = None

    def look(self, node: Node) -> int:
        """Send what is due; returns how many directories that was."""
        view = node.directory
        if view is self._looked and self._next is not None and node.clock.now() < self._next:
            return 0
        if not isinstance(view, TreeView):
            return 0
        asked = [(domain, domain) for domain in neighbours(view)]
        told = each_alone(node, WORK, asked, lambda domain: self._tell(node, view, domain))
        with node.store.reading() as tx:
            again = min(tx[FailingWork].next_tries(WORK).values(), default=None)
        self._looked, self._next = view, again or node.clock.now() + timedelta(hours=1)
        return sum(told)

    def _tell(self, node: Node, view: TreeView, neighbour: str) -> int:
        relay = relay_of(neighbour)
        if not view.reachable(relay, node.suite):
            return 0
        with node.store.reading() as tx:
            record = _Record.read(tx.get_meta(_key(neighbour)))
        due = record.due(_for(view, neighbour), node.clock.now())
        if not due:
            return 0
        with node.step() as step:
            for part in _parts(due):
                named = tuple(
                    OfferedDirectory(domain=name, version=view.of(name).version, digest=_digest(data))
                    for name, data in part
                )
                step.send(DirectoryUpdate(directories=named), (relay,), enclosures=[data for _, data in part])
            step.tx.set_meta(_key(neighbour), record.after(due, step.now).write())
        return len(due)


@dataclass(frozen=True)
class _Record:
    """What a neighbour was told: digests by domain, and when everything was told last."""

    since: datetime | None
    told: Mapping[str, str]

    @classmethod
    def read(cls, text: str | None) -> _Record:
        stored = json.loads(text) if text else {"since": None, "told": {}}
        return cls(datetime.fromisoformat(stored["since"]) if stored["since"] else None, stored["told"])

    def write(self) -> str:
        return json.dumps({"since": self.since.isoformat() if self.since else None, "told": dict(self.told)})

    def due(self, directories: Mapping[str, bytes], now: datetime) -> dict[str, bytes]:
        """Return the directories that are to be told now."""
        if self.since is None or now >= self.since + AGAIN:
            return dict(directories)
        return {name: data for name, data in directories.items() if self.told.get(name) != _digest(data)[:16]}

    def after(self, told: Mapping[str, bytes], now: datetime) -> _Record:
        """Return the record as it is once ``told`` was told."""
        everything = self.since is None or now >= self.since + AGAIN
        news = {name: _digest(data)[:16] for name, data in told.items()}
        return _Record(now if everything else self.since, {**self.told, **news})


def _for(view: TreeView, neighbour: str) -> dict[str, bytes]:
    """Directories that reach a neighbour by way of the own domain; what leads to others first."""
    known = {view.domain: view.signed, **{name: one.data for name, one in view.tree.branches.items()}}
    mine = {name: data for name, data in known.items() if next_hop(view.domain, name) != neighbour}
    large = [name for name, data in mine.items() if len(data) > DIRECTORY_LIMIT]
    if large:
        log.error("tree.too-large", domains=large, limit=DIRECTORY_LIMIT)
    return {name: mine[name] for name in sorted(mine, key=lambda name: (name.count("."), name)) if name not in large}


def _parts(directories: Mapping[str, bytes]) -> Iterator[list[tuple[str, bytes]]]:
    part: list[tuple[str, bytes]] = []
    for name, data in directories.items():
        if part and (len(part) == _AT_ONCE or sum(len(one) for _, one in part) + len(data) > MESSAGE_LIMIT):
            yield part
            part = []
        part.append((name, data))
    if part:
        yield part


def _key(neighbour: str) -> str:
    return f"tree-told:{neighbour}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
