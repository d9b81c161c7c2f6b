"""What came of the demonstration, held against what was written down beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exchange.approval.monitor.recheck import recheck_deemed
from exchange.approval.window.status import CaseStatus, PartStatus
from exchange.approval.window.store import Cases
from exchange.errors import ExchangeError
from exchange.language import Recorded, Text
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.runtime.home import OpenedMember
from exchange.trials.demo_script import ANYTHING, SCRIPT, SILENT, Expected


@dataclass(frozen=True)
class DemoOutcome:
    """What the members' records say, by the members and by what was handed in."""

    members: Mapping[str, OpenedMember]
    window: OpenedMember
    submitted: Mapping[str, Expected]
    """By case number."""

    def deviations(self, cases: list[CaseStatus]) -> Iterator[Text]:
        """Yield everything that came out otherwise than it should."""
        for case in cases:
            yield from self._deviations_of(case)
        handed_in = {expected.file for expected in self.submitted.values()}
        for expected in SCRIPT:
            if expected.file not in handed_in:
                yield Text("{file} was never handed in", {"file": expected.file})
        for address, waiting in self.waiting():
            yield Text("{member}: {number} messages without a receipt", {"member": address, "number": waiting})
        for address, opened in self.members.items():
            yield from self._returns(address, opened)

    def waiting(self) -> Iterator[tuple[str, int]]:
        """Yield who has messages without a receipt, and how many."""
        for address, opened in self.members.items():
            with opened.store.reading() as tx:
                counts = tx[Outbox].counts()
            waiting = counts.get("written", 0) + counts.get("sent", 0)
            if waiting:
                yield address, waiting

    def _returns(self, address: str, opened: OpenedMember) -> Iterator[Text]:
        with opened.store.reading() as tx:
            letters, counts = tx[Inbox].dead_letters(), tx[Outbox].counts()
        for letter in letters:
            said = {"member": address, "reason": Recorded(letter.reason)}
            yield Text("{member}: refused a message: {reason}", said)
        failed, returned = counts.get("failed"), counts.get("returned")
        if failed:
            yield Text("{member}: {number} messages could not be sent", {"member": address, "number": failed})
        if returned and address not in self._may_be_overtaken():
            yield Text("{member}: {number} messages came back", {"member": address, "number": returned})

    def _may_be_overtaken(self) -> set[str]:
        """Departments whose opinion may reach a case that an early end has closed, and then comes back."""
        names = {name for expected in SCRIPT for name, ends in expected.parts.items() if ends == ANYTHING}
        return {address for address in self.members if address.rsplit(".", 1)[-1] in names}

    def _deviations_of(self, case: CaseStatus) -> Iterator[Text]:
        expected = self.submitted[case.number]
        about = {"case": case.number, "file": expected.file}
        if case.outcome != expected.outcome:
            found = {"found": case.outcome or case.state.value, "expected": expected.outcome}
            yield Text("{case} {file}: {found}, not {expected}", {**about, **found})
        for part in case.parts:
            wanted = expected.parts[part.department.rsplit(".", 1)[-1]]
            if wanted not in (ANYTHING, ended(part)):
                parted = {"department": part.department, "found": ended(part), "expected": wanted}
                yield Text("{case} {file}, {department}: {found}, not {expected}", {**about, **parted})
            if part.state.value == SILENT:
                yield from self._recheck(case, part)

    def _recheck(self, case: CaseStatus, part: PartStatus) -> Iterator[Text]:
        """Checks a deemed consent again from its signed bytes alone, as anyone could."""
        node = self.window.node
        with node.store.reading() as tx:
            row = tx[Cases].part(case.number, part.department)
            stored = tx[Documents].find(row.deemed_id) if row and row.deemed_id else []
        try:
            recheck_deemed(stored[0].signed, node.directory, node.calendar)
        except (ExchangeError, IndexError) as error:
            told = {"case": case.number, "department": part.department, "error": error}
            yield Text("{case}, {department}: the deemed consent does not verify: {error}", told)


def ended(part: PartStatus) -> str:
    """Return how a part ended: its verdict, or its state."""
    return part.verdict.value if part.verdict is not None and part.state.value == "answered" else part.state.value
