"""What an agent of a window can do besides: hand in, withdraw, decide, amend terms, and see how cases stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from exchange.approval.rules.states import CaseState
from exchange.approval.window import closing, conclude
from exchange.approval.window.adding import Addition, add_body
from exchange.approval.window.after.reopening import Reopening, reopen
from exchange.approval.window.after.reviewing import review
from exchange.approval.window.case_file import CaseFile, case_file
from exchange.approval.window.clock.amending import CaseAmendment, amend_case
from exchange.approval.window.clock.owed import deliver, explain
from exchange.approval.window.decision import Ruling
from exchange.approval.window.status import CaseStatus, case_status
from exchange.approval.window.submit import submit
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.files.applications import read_application
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node
from exchange.operations.systems.member.store import InboxPages
from exchange.runtime.home import OpenedMember
from exchange.schemas import Application, LedgerEntry, Matter, Outcome

_PAGE = 50


class WindowAgent:
    """The part of an agent that is a window's. For any other member all of it raises Denied."""

    _opened: OpenedMember

    def _node(self) -> Node:
        """The member, with its present keys and directory."""
        self._opened.node.renew()
        return self._opened.node

    def _admit(self) -> None:
        """Raise IntakeStopped while no new business is taken in."""
        if self._opened.intake is not None:
            self._opened.intake.check()

    def _wrote(self) -> None:
        """Something is in the outbox."""
        raise NotImplementedError

    def matters(self) -> Mapping[str, Matter]:
        """Return what can be applied for, by code: materials, departments, terms, and what their silence means."""
        node = self._node()
        expect_window(node)
        return node.catalogue

    def submit(self, application: Application | Path, enclosures: Sequence[bytes] = ()) -> str:
        """Submit an application, or the file of one as `exchange submit` takes it; return the case's number.

        ``enclosures`` are the octets of the attachments that the application names, in its order; a file names its own.
        Raises BadApplication (with everything that is missing, at once), Secret, Conflict or IntakeStopped.
        """
        node = self._node()
        self._admit()
        if isinstance(application, Path):
            application, enclosures = read_application(application, node.clock)
        number = submit(node, application, enclosures=enclosures).number
        self._wrote()
        return number

    def withdraw(self, number: str, reason: str) -> None:
        """Withdraw an undecided application at the applicant's wish. Raises NotFound or Conflict."""
        closing.withdraw(self._node(), number, reason)
        self._wrote()

    def decide(self, number: str, ruling: Ruling) -> str:
        """Decide a case that is ready, as its lead; return the message id of the signed decision.

        Raises NotFound, Conflict (decided, withdrawn, or opinions still out), or CallerError for what it lacks.
        """
        message_id = conclude.decide(self._node(), number, ruling)
        self._wrote()
        return message_id

    def confirm(self, number: str, officer: str, outcome: Outcome | None = None) -> str:
        """Decide as the window's rule has prepared it; return the message id. ``outcome`` is what it is taken to be.

        Raises NotFound, Conflict (decided; nothing prepared; prepared otherwise) or CallerError.
        """
        message_id, _ = conclude.confirm(self._node(), number, officer, outcome)
        self._wrote()
        return message_id

    def review(self, number: str, officer: str, reasons: str) -> tuple[str, ...]:
        """Record that a decision over an opinion that was in time was reviewed; return whose opinions it was about.

        Raises NotFound, Conflict where nothing is to be reviewed, or CallerError.
        """
        return review(self._node(), number, officer, reasons)

    def add_body(self, number: str, addition: Addition) -> str:
        """Ask the competent body in place of a department that is not; return the consultation's message id.

        Raises NotFound (no such case or member, or revoked), Conflict or CallerError, each with what to do.
        """
        part = add_body(self._node(), number, addition)
        self._wrote()
        return part.consultation_id or ""

    def reopen(self, number: str, wanted: Reopening) -> CaseStatus:
        """Take a decided or withdrawn case up again; what was decided stays as it was signed.

        Raises NotFound, Conflict (not closed) or CallerError (reasons, basis or order missing).
        """
        node = self._node()
        reopen(node, number, wanted)
        self._wrote()
        return case_status(node, number)

    def amend(self, number: str, department: str, amendment: Amendment) -> LedgerEntry:
        """Stop, resume, restart or extend a department's term. Raises NotFound, Conflict or CallerError."""
        entry = amend(self._node(), number, department, amendment)
        self._wrote()
        return entry

    def amend_case(self, number: str, wanted: CaseAmendment) -> LedgerEntry:
        """Extend, stop or let run on the term of a case. Raises Denied, NotFound, Conflict or CallerError."""
        entry = amend_case(self._node(), number, wanted)
        self._wrote()
        return entry

    def explain(self, number: str, officer: str, reasons: str) -> None:
        """Record why a case was not decided within the promised days. Raises NotFound, Conflict or CallerError."""
        explain(self._node(), number, officer, reasons)

    def deliver(self, number: str, officer: str, to: str) -> None:
        """Record that what was granted is handed out. Raises NotFound, Conflict or CallerError."""
        deliver(self._node(), number, officer, to)

    def cases(self, state: CaseState | None = None) -> Iterator[CaseStatus]:
        """Return the window's cases, newest first, all or those in a state: ``CaseState.READY`` wait for a decision.

        They are read as the iteration goes on.
        """
        node, before = self._node(), None
        expect_window(node)
        while True:
            with self._opened.store.reading() as tx:
                rows = tx[InboxPages].cases(before, _PAGE, state)
            for row in rows:
                yield case_status(node, row.number)
            if len(rows) < _PAGE:
                return
            before = (rows[-1].opened_at, rows[-1].number)

    def case(self, number: str) -> CaseFile:
        """Return a case with every opinion, the days of every term, and the decision. Raises NotFound."""
        return case_file(self._node(), number)
