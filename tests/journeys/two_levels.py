"""Two levels of government in one process: two domains, each on its own broker, linked by shovels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node import PrivateNode
from exchange.clock import RealClock
from exchange.directory import Authority, Lookup, Ties, TreeView, grow, load_directory
from exchange.directory.certificates import der
from exchange.directory.hierarchy import domain_of
from exchange.documents.arrive import take_document
from exchange.documents.rules.conveyance import direction
from exchange.documents.rules.conveyance_table import Direction
from exchange.documents.send import send_document
from exchange.envelope import Identity
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxView
from exchange.runtime.work import work_for
from exchange.schemas import Body, Document, DocumentKind, DocumentNumber, Role, Urgency
from exchange.setup.linking import LinkSide
from exchange.trials.local import LocalDomain, Seat
from exchange.trials.trial import certify_tree, vhost_of
from tests.journeys.city import wait_until
from tests.journeys.places import new_root, tree_on

UPPER = new_root("x")
LOWER = f"{UPPER}.y"
RELAY, LOWER_RELAY = f"{UPPER}.relay", f"{LOWER}.relay"
WINDOW = f"{UPPER}.window"
TRANSPORT, HEALTH, PLANNING = f"{UPPER}.transport", f"{UPPER}.health", f"{LOWER}.planning"
GHOST, UNLINKED = f"{UPPER}.ghost", f"{UPPER}.z.planning"
"""Addressees that the lower domain's directory has and the upper level knows nothing of."""

_KINDS = {
    Direction.UP: DocumentKind.REPORT,
    Direction.DOWN: DocumentKind.NOTICE,
    Direction.SIDE: DocumentKind.LETTER,
}
"""What a department writes upward, downward and to its peers."""

_TERM = timedelta(days=365)

Certified = tuple[Mapping[str, Identity], Lookup]
"""Keys of a domain's authorities, and the tree as it knows it."""


@dataclass
class Levels:
    """Shorthands for what journeys between levels do."""

    upper: LocalDomain
    lower: LocalDomain
    upper_node: PrivateNode | None
    """The upper broker, where it may be stopped."""
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
                domain.nodes[sender], self.document(_KINDS[direction(sender, to, frozenset())], title, urgency), [to]
            )
            for title in titles
        ]
        domain.members[sender].wake()
        return ids

    def copies(self, sender: str, ids: Sequence[str]) -> list[OutboxView]:
        """How the only copy of each message stands."""
        node = (self.upper if sender in self.upper.seats else self.lower).nodes[sender]
        with node.store.reading() as tx:
            return [tx[Outbox].rows(id)[0] for id in ids]

    def settled(self, sender: str, ids: Sequence[str], state: str, patience: float = 60.0) -> list[OutboxView]:
        """Waits until all copies are in a state; returns them."""
        what = f"{len(ids)} copies {state}"
        wait_until(lambda: {copy.state for copy in self.copies(sender, ids)} == {state}, patience, what)
        return self.copies(sender, ids)

    def took(self, address: str, titles: Sequence[str]) -> list[str]:
        """Those of the titles that an addressee handled, in the order of handling, repetitions and all."""
        return [title for title in self.handled[address] if title in titles]

    def document(self, kind: DocumentKind, title: str, urgency: Urgency) -> Document:
        """A document with a number of its own."""
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
def two_levels(
    folder: Path, upper: NodeInfo, lower: NodeInfo, upper_node: PrivateNode | None = None
) -> Iterator[Levels]:
    """Both domains served, and linked, in vhosts of their own."""
    handled: dict[str, list[str]] = {address: [] for address in (TRANSPORT, HEALTH, PLANNING)}
    seats = {
        UPPER: {
            RELAY: Seat((Role.RELAY,)),
            TRANSPORT: _seat(handled, TRANSPORT),
            HEALTH: _seat(handled, HEALTH),
            WINDOW: Seat((Role.WINDOW,), work_for((Role.WINDOW,))),
        },
        LOWER: {LOWER_RELAY: Seat((Role.RELAY,)), PLANNING: _seat(handled, PLANNING)},
    }
    with ExitStack() as stack:
        members = [address for some in seats.values() for address in some]
        places = stack.enter_context(tree_on(upper, lower, [UPPER, LOWER], members))
        infos = {domain: vhost_of(info, domain) for domain, info in places.items()}
        certified = _certify(folder, seats)
        domains = {
            name: LocalDomain(
                folder / name, name, infos[name], RealClock(), seats[name], accounts=True,
                certified=certified[name],
            )
            for name in (UPPER, LOWER)
        }  # fmt: skip
        for domain in domains.values():
            stack.enter_context(domain)
        sides = {name: LinkSide(name, infos[name], folder / name / "links.json") for name in domains}
        url = sides[UPPER].admit(LOWER, print)
        sides[LOWER].join(url, print)
        wait_until(lambda: sides[LOWER].status()[0].runs, what="the link")
        yield Levels(domains[UPPER], domains[LOWER], upper_node, sides[UPPER], sides[LOWER], url, handled)


def _seat(handled: dict[str, list[str]], address: str) -> Seat:
    """A department that notes what its handler did."""

    def note(step: Step, incoming: Incoming, body: Body) -> None:
        take_document(step, incoming, body)
        assert isinstance(body, Document)
        handled[address].append(body.title)

    work = work_for((Role.DEPARTMENT,))
    work.handlers[Document.KIND] = note
    return Seat((Role.DEPARTMENT,), work)


def _certify(folder: Path, seats: dict[str, dict[str, Seat]]) -> dict[str, Certified]:
    """Both levels' keys and trees; the lower one has an outdated directory of its superior, with two addressees more.

    What the lower level believes, and the upper knows nothing of, is what can end on its way.
    """
    now = RealClock().now()
    body = Seat((Role.DEPARTMENT,))
    believed = {UPPER: {**seats[UPPER], GHOST: body}, LOWER: seats[LOWER], domain_of(UNLINKED): {UNLINKED: body}}
    certified = certify_tree(folder, believed, now)
    authority = Authority.open_or_create(folder / UPPER / "authority", UPPER, now)
    path = folder / UPPER / "directory.cose"
    present = load_directory(path.read_bytes(), authority.certificate, now, 0).directory
    members = [member for member in present.members if member.address != GHOST]
    lower = tuple(one for one in present.delegations if one.domain == LOWER)
    authority.publish(path, members, now, now + _TERM, Ties(None, lower))
    own = load_directory(path.read_bytes(), authority.certificate, now, 0)
    below = (folder / LOWER / "directory.cose").read_bytes()
    tree = grow(own, der(authority.certificate), [below], now, {})
    view = TreeView(own, path.read_bytes(), tree, now)
    return {UPPER: (certified[UPPER][0], view), LOWER: certified[LOWER]}
