"""The open desk: a department's own rule looks at what waits. What it fails on is an officer's to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import islice

from exchange.approval.department.consulted import consultation_of, wants_second_person
from exchange.approval.department.desk import reply_in
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rule_failure import kind_of_failure
from exchange.approval.rules.states import DeskState
from exchange.errors import DatabaseUnavailable
from exchange.language import Text, noted
from exchange.machine.logger import get_logger
from exchange.messaging.aside.behind import is_behind
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.records import StoredDocument
from exchange.paging import every
from exchange.schemas import Consultation, Opinion
from exchange.workdays import reckoning_by

log = get_logger()

LOOK_LIMIT = 50
"""Cases asked about in one look, whose answers go out together."""
_ERROR = 500
"""Characters that are kept of what a rule failed with."""

OpinionRule = Callable[[Consultation, date], Opinion | None]
"""A department's pure rule. None: not today, or for an officer; it is asked again tomorrow."""


class OpenDesk:
    """Has a department's rule look at what waits: once a day each, since a rule knows nothing but case and day."""

    def __init__(self, node: Node, rule: OpinionRule) -> None:
        self._node = node
        self._rule = rule
        self._day: date | None = None
        self._asked: dict[str, str] = {}
        """Consultations asked about on that day, by case."""
        self._failed: set[str] = set()
        """Cases that the rule has failed on in the look under way."""

    def look(self, limit: int = LOOK_LIMIT) -> int:
        """Ask about up to ``limit`` cases not asked about today; its answers go out together.

        Returns how many were asked about; where that is the limit there may be more.
        """
        today = self._node.clock.now().date()
        if today != self._day:
            self._day, self._asked = today, {}
        with self._node.store.reading() as tx:
            waiting = every(
                lambda after, most: tx[DepartmentDesk].page(DeskState.WAITING, after, most), lambda row: row.place
            )
            rows = list(islice((row for row in waiting if _is_the_rules(row) and self._is_new(row)), limit))
            stored = [tx[Documents].get(row.window, row.request_id) for row in rows]
        given, self._failed, asked = [], set(), {}
        for row, document in zip(rows, stored, strict=True):
            if self._is_before(row, document):
                continue
            asked[row.case_number] = row.consultation_id
            opinion = self._ask(row, document, today)
            if opinion is not None:
                given.append(opinion)
        if given:
            self._answer(given)
        self._forgive([row.case_number for row in rows if row.rule_error and row.case_number not in self._failed])
        self._asked |= asked
        return len(asked)

    def _is_before(self, row: DeskRow, document: StoredDocument | None) -> bool:
        """Whether it is asked of a time that this machine's clock, gone back since, has not reached; it waits."""
        now = self._node.clock.now()
        return now < row.received_at and document is not None and is_behind(document, now)

    def _is_new(self, row: DeskRow) -> bool:
        return self._asked.get(row.case_number) != row.consultation_id

    def _ask(self, row: DeskRow, document: StoredDocument | None, today: date) -> Opinion | None:
        """The rule's answer; None where it has none, or fails: others must not wait, and an officer can answer.

        Where a second person is wanted it is not asked: a rule is nobody, and so no two.
        """
        try:
            asked = consultation_of(self._node, document)
            if wants_second_person(self._node.address, asked):
                return None
            with reckoning_by(self._node.calendar):
                opinion = self._rule(asked, today)
            if opinion is None:
                return None
            if not isinstance(opinion, Opinion):
                given = {"kind": type(opinion).__name__}
                raise TypeError(Text("the rule gave {kind}, not an Opinion", given))
            if (opinion.case_number, opinion.department) != (row.case_number, self._node.address):
                raise ValueError(noted("the rule's opinion is another department's or on another case"))
        except Exception as error:
            self._keep_failure(row.case_number, error)
            return None
        return opinion.model_copy(update={"consultation_id": row.consultation_id})

    def _answer(self, given: Sequence[Opinion]) -> None:
        """All answers in one transaction; where one cannot be sent, each in its own, so that it holds up no other."""
        try:
            self._send(given)
        except DatabaseUnavailable:
            raise
        except Exception:
            log.exception("answers.rolled-back", node=self._node.address, answers=len(given))
            for opinion in given:
                self._answer_alone(opinion)

    def _answer_alone(self, opinion: Opinion) -> None:
        try:
            self._send((opinion,))
        except DatabaseUnavailable:
            raise
        except Exception as error:
            self._keep_failure(opinion.case_number, error)

    def _send(self, given: Sequence[Opinion]) -> None:
        with self._node.step() as step:
            for opinion in given:
                row = step.tx[DepartmentDesk].get(opinion.case_number)
                if row is not None and row.state is DeskState.WAITING:
                    reply_in(step, opinion)

    def _forgive(self, case_numbers: Sequence[str]) -> None:
        """What the rule failed on before and does not any more, whether it answers or leaves it to an officer."""
        if case_numbers:
            with self._node.step() as step:
                for number in case_numbers:
                    step.tx[DepartmentDesk].move(number, {DeskState.WAITING}, DeskState.WAITING, rule_error=None)

    def _keep_failure(self, case_number: str, error: Exception) -> None:
        """Logs it and puts it on the desk, where officers look: the case is theirs to answer now."""
        self._failed.add(case_number)
        rule = f"{self._rule.__module__}.{getattr(self._rule, '__qualname__', self._rule)}"
        log.exception("rule.failed", node=self._node.address, rule=rule, case_number=case_number)
        told = f"{kind_of_failure(error)}: {error}"[:_ERROR]
        with self._node.step() as step:
            if step.tx[DepartmentDesk].move(case_number, {DeskState.WAITING}, DeskState.WAITING, rule_error=told):
                step.note("rule-failed", case_number, None, error=kind_of_failure(error))


def _is_the_rules(row: DeskRow) -> bool:
    """Whether the rule may look at it: what an officer has recalled, or is another's, is an officer's to answer."""
    return row.cleared and row.recall_id is None and row.acts_for is None
