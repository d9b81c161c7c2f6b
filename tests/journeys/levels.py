"""Two levels of government in one process: two domains, each on a broker of its own, linked by shovels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from exchange.bootstrap.linking import LinkSide
from exchange.bootstrap.local import LocalDomain, Seat
from exchange.bootstrap.member import work_for
from exchange.broker.node import NodeInfo, PrivateNode
from exchange.clock import RealClock
from exchange.directory import Authority, DirectoryView, load_directory
from exchange.envelope import Identity
from exchange.flow.documents import take_document
from exchange.flow.node import Step
from exchange.flow.ports import OutboxView
from exchange.flow.receive import Incoming
from exchange.flow.send import send_document
from exchange.rules.conveyance import direction
from exchange.rules.conveyance_table import Direction
from schemas import Body, Document, DocumentKind, DocumentNumber, Member, Role, Urgency
from tests.journeys.city import wait_until

UPPER, LOWER = "x", "x.y"
TRANSPORT, HEALTH, PLANNING = "x.transport", "x.health", "x.y.planning"
GHOST, UNLINKED = "x.ghost", "x.z.planning"
"""Addressees that the lower domain's directory has and the upper level knows nothing of."""

_KINDS = {
    Direction.UP: DocumentKind.REPORT,
    Direction.DOWN: DocumentKind.NOTICE,
    Direction.SIDE: DocumentKind.LETTER,
}
"""What a department writes upward, downward and to its peers."""

_TERM = timedelta(days=365)


@dataclass
class Levels:
    """Shorthands for what journeys between levels do."""

    upper: LocalDomain
    lower: LocalDomain
    upper_node: PrivateNode
    upper_side: LinkSide
    lower_side: LinkSide
    url: str
    """By which the lower domain joins."""
    handled: dict[str, list[str]]
    """Titles of documents whose handler ran, by addressee, in order: the effect that must happen once."""
    serial: int = 0
    said: list[str] = field(default_factory=list)

    def send(self, sender: str, to: str, titles: Sequence[str], urgency: Urgency = Urgency.ORDINARY) -> list[str]:
        """Sends one document a title; their message ids."""
        domain = self.upper if sender in self.upper.seats else self.lower
        ids = [
            send_document(
                domain.nodes[sender], self._document(_KINDS[direction(sender, to, frozenset())], title, urgency), [to]
            )
            for title in titles
        ]
        domain.members[sender].wake()
        return ids

    def copies(self, sender: str, ids: Sequence[str]) -> list[OutboxView]:
        """How the only copy of each message stands."""
        node = (self.upper if sender in self.upper.seats else self.lower).nodes[sender]
        with node.store.reading() as tx:
            return [tx.outbox.rows(id)[0] for id in ids]

    def settled(self, sender: str, ids: Sequence[str], state: str, patience: float = 60.0) -> list[OutboxView]:
        """Waits until all copies are in a state; returns them."""
        what = f"{len(ids)} copies {state}"
        wait_until(lambda: {copy.state for copy in self.copies(sender, ids)} == {state}, patience, what)
        return self.copies(sender, ids)

    def took(self, address: str, titles: Sequence[str]) -> list[str]:
        """Those of the titles that an addressee handled, in the order of handling, repetitions and all."""
        return [title for title in self.handled[address] if title in titles]

    def _document(self, kind: DocumentKind, title: str, urgency: Urgency) -> Document:
        self.serial += 1
        return Document(
            number=DocumentNumber(agency="规函", year=2026, serial=self.serial),
            kind=kind,
            urgency=urgency,
            issuer="自然资源和规划局",
            signatory="王某",
            title=title,
            addressees=("交通运输厅",),
            body="路网已经建成。",
            date=RealClock().now().date(),
        )


@contextmanager
def two_levels(folder: Path) -> Iterator[Levels]:
    """Both domains served, and linked."""
    nodes = {domain: PrivateNode(folder / domain / "node") for domain in (UPPER, LOWER)}
    with ExitStack() as stack:
        infos: dict[str, NodeInfo] = {}
        for domain, node in nodes.items():
            stack.callback(node.stop)
            infos[domain] = node.start(print)
        handled: dict[str, list[str]] = {address: [] for address in (TRANSPORT, HEALTH, PLANNING)}
        seats = {
            UPPER: {
                "x.relay": Seat((Role.RELAY,)),
                TRANSPORT: _seat(handled, TRANSPORT),
                HEALTH: _seat(handled, HEALTH),
            },
            LOWER: {"x.y.relay": Seat((Role.RELAY,)), PLANNING: _seat(handled, PLANNING)},
        }
        identities, directories = _certify(folder, {**seats[UPPER], **seats[LOWER]})
        domains = {
            name: LocalDomain(
                folder / name, name, infos[name], RealClock(), seats[name], accounts=True,
                certified=(identities, directories[name]),
            )
            for name in (UPPER, LOWER)
        }  # fmt: skip
        for domain in domains.values():
            stack.enter_context(domain)
        sides = {name: LinkSide(name, infos[name], folder / name / "links.json") for name in domains}
        url = sides[UPPER].admit(LOWER, print)
        sides[LOWER].join(url, print)
        wait_until(lambda: sides[LOWER].status()[0].runs, what="the link")
        yield Levels(domains[UPPER], domains[LOWER], nodes[UPPER], sides[UPPER], sides[LOWER], url, handled)


def _seat(handled: dict[str, list[str]], address: str) -> Seat:
    """A department that notes what its handler did."""

    def note(step: Step, incoming: Incoming, body: Body) -> None:
        take_document(step, incoming, body)
        assert isinstance(body, Document)
        handled[address].append(body.title)

    work = work_for((Role.DEPARTMENT,))
    work.handlers[Document.KIND] = note
    return Seat((Role.DEPARTMENT,), work)


def _certify(folder: Path, seats: dict[str, Seat]) -> tuple[dict[str, Identity], dict[str, DirectoryView]]:
    """One authority for both levels; the lower one's directory lists two addressees more."""
    now = RealClock().now()
    authority = Authority.open_or_create(folder / "authority", UPPER, now)
    ghosts = {address: Seat((Role.DEPARTMENT,)) for address in (GHOST, UNLINKED)}
    identities = {address: authority.certify(address, now, valid_for=_TERM) for address in {**seats, **ghosts}}

    def entries(listed: dict[str, Seat]) -> list[Member]:
        return [authority.member(identities[a], a, a, seat.roles) for a, seat in listed.items()]

    views: dict[str, DirectoryView] = {}
    for name, listed in ((UPPER, seats), (LOWER, {**seats, **ghosts})):
        path = folder / f"{name}.cose"
        authority.publish(path, entries(listed), now, now + _TERM)
        views[name] = load_directory(path.read_bytes(), authority.certificate, now, 0)
    return identities, views
