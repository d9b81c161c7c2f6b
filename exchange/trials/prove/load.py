"""The load: documents from everybody to everybody, and cases, handed in at a steady pace whatever happens meanwhile.

Both are written into their senders' databases, as officers' commands do it: that works while the process that serves a
member is dead, and fails while its database is. What failed may have been taken all the same; the notebook says so.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from exchange.approval.window.submit import submit
from exchange.clock import CST
from exchange.documents.send import send_in
from exchange.errors import DatabaseUnavailable, IntakeStopped
from exchange.messaging.node import Node
from exchange.schemas import (
    Applicant,
    Application,
    Document,
    DocumentKind,
    DocumentNumber,
    Purpose,
    SubmittedMaterial,
)
from exchange.trials.prove.notebook import DocumentNote, Notebook
from exchange.trials.prove.rules.judgement import Behaviour
from exchange.trials.prove.stage import DEPARTMENTS, MATERIAL, MATTER, MEMBERS, WINDOW, address_of, project_of
from exchange.trials.prove.time_of_run import TimeOfRun
from exchange.workdays import ChinaCalendar

_TEXT = "现将并联审批运行检验的有关情况说明如下，供了解。" * 6
_REFUSALS = (DatabaseUnavailable, IntakeStopped, OSError)
"""What a member says where it takes nothing in for now."""
_A_YEAR = 99_999
"""Documents that one agency can number in a year."""
_BATCH = 20
"""Documents of one sender that are written in one step at most."""
_BEHAVIOURS = {Behaviour.PROMPT: 5, Behaviour.EDGE: 2, Behaviour.LATE: 1, Behaviour.SILENT: 2}
"""What departments do, and how often against the rest."""


@dataclass
class LoadPace:
    """How much of a kind is to be handed in by when."""

    total: int
    seconds: float
    done: int = 0

    def due(self, at: float) -> int:
        """Return how many are to be handed in by now."""
        by_now = self.total if self.seconds <= 0 else int(self.total * at / self.seconds)
        return max(0, min(self.total, by_now) - self.done)

    @property
    def is_over(self) -> bool:
        """Whether all are handed in."""
        return self.done >= self.total


@dataclass
class ProofLoad:
    """Hands in documents and cases. ``most``: documents that may be under way before it waits."""

    nodes: Mapping[str, Node]
    """By short name."""
    notebook: Notebook
    time: TimeOfRun
    documents: LoadPace
    cases: LoadPace
    chance: random.Random
    most: int
    began: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether everything is handed in."""
        return self.documents.is_over and self.cases.is_over

    @property
    def share(self) -> float:
        """How much of the documents is handed in."""
        return self.documents.done / self.documents.total if self.documents.total else 1.0

    def look(self) -> None:
        """Hand in what is due by now."""
        at = self.time.now - self.began
        for _ in range(min(self.cases.due(at), 5)):
            self._case()
        room = self.most - self.notebook.in_flight
        due = min(self.documents.due(at), max(0, room), 5 * _BATCH)
        shares: dict[str, int] = {}
        for _ in range(due):
            sender = self.chance.choice(MEMBERS)
            shares[sender] = shares.get(sender, 0) + 1
        for sender, number in shares.items():
            self._documents(sender, min(number, _BATCH))

    def _documents(self, sender: str, number: int) -> None:
        others = [name for name in MEMBERS if name != sender]
        addressees = [self.chance.choice(others) for _ in range(number)]
        began, node, sent = self.time.now, self.nodes[sender], list[str]()
        try:
            with node.step() as step:
                for place, addressee in enumerate(addressees):
                    text = self._document(sender, addressee, self.documents.done + place + 1)
                    sent.append(send_in(step, text, [address_of(addressee)]))
        except _REFUSALS:
            self.notebook.refusals += 1
            for id, addressee in zip(sent, addressees, strict=False):
                self.notebook.hand_in(id, DocumentNote(sender, addressee, began, False))
            return
        self.documents.done += number
        for id, addressee in zip(sent, addressees, strict=True):
            self.notebook.hand_in(id, DocumentNote(sender, addressee, began, True))

    def _document(self, sender: str, addressee: str, serial: int) -> Document:
        """A report to the window, which stands above the others; a notice from it; letters between them."""
        up, down = addressee == WINDOW, sender == WINDOW
        return Document(
            number=numbered(serial),
            kind=DocumentKind.REPORT if up else DocumentKind.NOTICE if down else DocumentKind.LETTER,
            signatory="officer" if up else None,
            issuer=sender,
            title=f"故障检验第{serial}号",
            body=_TEXT,
            date=self.time.clock.now().date(),
            purpose=Purpose.INFORMATION,
        )

    def _case(self) -> None:
        number = self.cases.done + 1
        behaviours = tuple(self.chance.choices(list(_BEHAVIOURS), list(_BEHAVIOURS.values()), k=len(DEPARTMENTS)))
        application = Application(
            matter=MATTER,
            applicant=Applicant(name="applicant", identifier="1", contact="-"),
            project=project_of(number, behaviours),
            materials=(SubmittedMaterial(code=MATERIAL, note="on file"),),
            submitted_at=self.time.clock.now(),
        )
        fixed = self._fixed() if self.chance.random() < 0.5 else None
        try:
            case = submit(self.nodes[WINDOW], application, fixed_due=fixed)
        except _REFUSALS:
            self.notebook.refusals += 1
            return
        self.cases.done += 1
        self.notebook.cases[case.number] = behaviours

    def _fixed(self) -> dict[str, datetime]:
        """Terms that end at any time of a working day, as a court may fix them; others end at midnight."""
        day, calendar = self.time.clock.now().date() + timedelta(days=1), ChinaCalendar()
        while not calendar.is_workday(day):
            day += timedelta(days=1)
        noon = datetime.combine(day, time(12), CST)
        return {address_of(name): noon + timedelta(hours=self.chance.uniform(0, 11.9)) for name in DEPARTMENTS}


def numbered(serial: int) -> DocumentNumber:
    """Return the number of the run's document of that serial; each year has as many as a number can say."""
    year, within = divmod(serial - 1, _A_YEAR)
    return DocumentNumber(agency="验", year=2026 + year, serial=within + 1)
