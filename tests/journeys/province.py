"""A small province in one process: three levels on real links, every department signing or not as a test wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import RealClock
from exchange.directory.hierarchy import domain_of
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.notices.issue import issue_notice
from exchange.notices.status import NoticeStatus, notice_status
from exchange.runtime.work import work_for
from exchange.schemas import Document, DocumentKind, DocumentNumber, Notice, Role, Treatment, Urgency
from exchange.trials.local import Seat
from exchange.trials.trial import Trial, relay_and, trial
from tests.journeys.city import wait_until

TREE = {
    "": ["office", "health"],
    "hefei": ["office", "health", "emergency"],
    "hefei.feixi": ["office", "health"],
    "hefei.feidong": ["office", "health"],
}
"""Authorities of a small Anhui, by domain below its root."""
BY_HAND = ["hefei.health", "hefei.feixi.health"]
"""Those of them that do not sign by themselves."""


@dataclass
class Province:
    """Shorthands for what journeys between levels do; addresses are given without the tree's root."""

    root: str
    trial: Trial

    def address(self, name: str) -> str:
        """The full address of ``hefei.health``, or of the root's own ``office``."""
        return f"{self.root}.{name}"

    def node(self, name: str) -> Node:
        """An authority's node."""
        address = self.address(name)
        return self.trial.domains[domain_of(address)].nodes[address]

    def issue(
        self,
        audience: str,
        act_by: date | None = None,
        replaces: str | None = None,
        urgency: Urgency = Urgency.URGENT,
    ) -> str:
        """The root's office issues a notice."""
        document = Document(
            number=DocumentNumber(agency="皖政办", year=2026, serial=12),
            kind=DocumentKind.NOTICE,
            urgency=urgency,
            issuer="省政府办公厅",
            title="关于做好防汛工作的通知",
            body="各地各部门要切实做好防汛工作。",
            date=date(2026, 6, 1),
        )
        treatment = Treatment.ACTION if act_by else Treatment.INFORMATION
        notice = Notice(document=document, audience=audience, treatment=treatment, act_by=act_by, replaces=replaces)
        return issue_notice(self.node("office"), notice)

    def sent(self, notice_id: str) -> bool:
        """Whether the broker has it."""
        with self.node("office").store.reading() as tx:
            return all(copy.state is not OutboxState.WRITTEN for copy in tx[Outbox].rows(notice_id))

    def status(self, notice_id: str) -> NoticeStatus:
        """As the origin sees it."""
        found = notice_status(self.node("office"), notice_id)
        assert found is not None
        return found

    def counts(self, notice_id: str) -> list[tuple[int, int, int, int]]:
        """Meant, has, signed, returned, by level."""
        return [(c.meant, c.has, c.signed, c.returned) for c in self.status(notice_id).counts]

    def reaches(self, notice_id: str, counts: Sequence[tuple[int, int, int, int]], patience: float = 60.0) -> None:
        """Waits until the origin sees these counts."""
        wait_until(lambda: self.counts(notice_id) == list(counts), patience, f"the counts {counts}")


@contextmanager
def province(
    folder: Path,
    brokers: Mapping[str, NodeInfo],
    root: str,
    tree: Mapping[str, Sequence[str]],
    by_hand: Sequence[str] = (),
) -> Iterator[Province]:
    """Serves a tree: authorities by domain (the root is ``""``); all sign at once but those ``by_hand``."""
    seats: dict[str, dict[str, Seat]] = {}
    for name, labels in tree.items():
        domain = f"{root}.{name}" if name else root
        bodies = [(label, _seat(label, f"{name}.{label}".lstrip(".") in by_hand)) for label in labels]
        seats[domain] = relay_and(domain, bodies)
    with trial(folder, seats, brokers, RealClock()) as served:
        yield Province(root, served)


def _seat(label: str, by_hand: bool) -> Seat:
    roles = (Role.WINDOW,) if label == "office" else (Role.DEPARTMENT,)
    return Seat(roles, work_for(roles, sign_at_once=not by_hand))
