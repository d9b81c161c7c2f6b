"""What applicants of a replay do at the portal, and what the window's officers say to it before there is a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from exchange.approval.acceptance.by_law import accept_due
from exchange.approval.acceptance.officers import accept, tell_incomplete
from exchange.approval.filings.store import Filings
from exchange.approval.rules.acceptance.term import tell_by
from exchange.errors import OperatorError
from exchange.portal import speaking
from exchange.portal.drafting import DECLARATION
from exchange.portal.handing_in import hand_in
from exchange.portal.submitting import Submission, enter, supplement_in
from exchange.schemas import Application, FilingChannel, MissingItem, SubmittedMaterial
from exchange.trials.local import LocalDomain
from exchange.trials.replay.log import ReplayApplication, ReplayEvent

FILE = "file"
"""The code of the one material that every replayed matter has."""
MISSING = "something is missing in the file"
WHAT_TO_DO = "hand it in"
CAME = "the supplement of the file is there"
PATIENCE = 300.0
"""Seconds after which messages that are still on their way have been lost, on however busy a machine."""


class PortalActs:
    """The portal of a replay's domain, with all that was filed at it."""

    def __init__(self, domain: LocalDomain, window: str, portal: str) -> None:
        self._domain, self._window, self.address = domain, window, portal
        self.filings: dict[str, str] = {}
        """The number of its filing, by each application's number at the window."""
        self._filed: dict[str, Application] = {}
        """What was handed in, by the application's number."""
        self._came: dict[str, set[str]] = {}
        """The departments whose supplement has come, by the application's number."""
        self._waiting: dict[str, tuple[str, Application]] = {}
        """What was handed in and is not accepted, by case: its number, and what it says."""
        self._unanswered: dict[str, tuple[datetime, ReplayApplication]] = {}
        """What was completed, by case: when it is accepted by law, and as what the log puts it to departments."""

    def waits(self, case: str) -> bool:
        """Tell whether something of a case was handed in that is not accepted yet."""
        return case in self._waiting

    def tell_missing(self, event: ReplayEvent, handed_in: Application) -> None:
        """Tell an applicant what is missing in what it hands in at this moment. Raises Conflict where it was told."""
        if event.case not in self._waiting:
            self._waiting[event.case] = self._file(handed_in), handed_in
        number, _ = self._waiting[event.case]
        missing = MissingItem(what=event.reasons or MISSING, remedy=WHAT_TO_DO)
        tell_incomplete(self._domain.nodes[self._window], number, (missing,), "replayed")
        self._arrive(self._window)

    def complete(self, event: ReplayEvent, handed_in: Application, ahead: ReplayApplication | None) -> None:
        """The applicant hands in what was missing; ``ahead`` is the application that comes of it, as the log says.

        Raises NotFound or Conflict where nothing was told to be missing.
        """
        number, filed = self._waiting.get(event.case, (_NO_FILING, handed_in))
        what = SubmittedMaterial(code=FILE, note=event.reasons or CAME)
        whole = filed.model_copy(update={"materials": (what,)})
        with self._domain.nodes[self.address].step() as step:
            supplement_in(step, number, Submission(whole, ()))
        self._waiting[event.case] = number, whole
        self._arrive(self.address)
        window = self._domain.nodes[self._window]
        term = tell_by(window.clock.now(), window.calendar)
        if ahead is not None and not term.provisional:
            self._unanswered[event.case] = term.at, ahead

    @property
    def next_by_law(self) -> datetime | None:
        """When the window next accepts something by law, of which it has told nothing in time."""
        return min((at for at, _ in self._unanswered.values()), default=None)

    def accept_by_law(
        self, fixed_due: Callable[[ReplayApplication], Mapping[str, datetime]]
    ) -> Iterator[ReplayApplication]:
        """Accept what is due, as the window's round does, under the log's numbers; yields what was put to departments.

        What the log puts to nobody is left: to whom it would have been, nothing says.
        """
        window = self._domain.nodes[self._window]
        now = window.clock.now()
        for case, (at, application) in list(self._unanswered.items()):
            if at > now:
                continue
            number, _ = self._waiting[case]
            with window.step() as step:
                [row] = step.tx[Filings].named(number)
                if accept_due(step, row, application.number, fixed_due(application)) is None:
                    raise OperatorError("{case} is not accepted by law", remedy="see the log", case=case)
            del self._unanswered[case]
            self.filings[application.number] = number
            yield application

    def is_put(self, application: ReplayApplication) -> bool:
        """Tell whether an application was put to its departments by law; nothing of its case waits then any more."""
        if application.number not in self.filings:
            return False
        self._waiting.pop(application.asked[0].case, None)
        return True

    def withdraw(self, event: ReplayEvent) -> bool:
        """The applicant takes back what is not accepted yet; tells whether there was anything."""
        if event.case not in self._waiting:
            return False
        number, _ = self._waiting.pop(event.case)
        self._unanswered.pop(event.case, None)
        speaking.withdraw(self._domain.nodes[self.address], number, event.reasons)
        self._arrive(self.address)
        return True

    def accept(
        self, case: str, number: str, handed_in: Application, promised: Sequence[str], due: Mapping[str, datetime]
    ) -> None:
        """Have an officer accept what was handed in of a case, or what is handed in at this moment."""
        if case not in self._waiting:
            self._waiting[case] = self._file(handed_in), handed_in
        filing, filed = self._waiting.pop(case)
        self._unanswered.pop(case, None)
        self.filings[number], self._filed[number], self._came[number] = filing, filed, set()
        window = self._domain.nodes[self._window]
        accept(window, filing, "replayed", promised=promised, case_number=number, fixed_due=due)

    def bring(self, event: ReplayEvent, number: str, promised: Sequence[str], codes: Sequence[str]) -> None:
        """Bring a supplement that a department has asked for, once, and let it arrive at all who are to see it."""
        came = self._came.get(number)
        if came is None or event.department not in promised or event.department in came:
            return
        came.add(event.department)
        filed, note = self._filed[number], event.reasons or CAME
        brought = (
            SubmittedMaterial(code=code, note=note) for code, name in zip(codes, promised, strict=True) if name in came
        )
        with self._domain.nodes[self.address].step() as step:
            whole = filed.model_copy(update={"materials": (*filed.materials, *brought)})
            supplement_in(step, self.filings[number], Submission(whole, ()))
        self._arrive(self.address)

    def _file(self, application: Application) -> str:
        """Hand an application in, and let it arrive at the window; returns its number."""
        node = self._domain.nodes[self.address]
        number = enter(node, Submission(application, ()), _NO_CODE)
        hand_in(node, number, DECLARATION, FilingChannel.API)
        self._arrive(self.address)
        return number

    def _arrive(self, address: str) -> None:
        self._domain.members[address].wake()
        self._domain.settle(PATIENCE)


_NO_CODE = "-"
"""In place of the hash of an access code: nobody asks for a replayed filing."""
_NO_FILING = "0000-0000-0000"
"""Of what completes nothing: it is refused at the portal."""
