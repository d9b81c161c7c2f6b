"""What an event makes people do: the window submits, amends or withdraws, a department answers; as the commands do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from datetime import datetime

from exchange.approval.department import desk
from exchange.approval.department.procedures import end_procedure
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.window.closing import withdraw
from exchange.approval.window.submit import submit
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.errors import CallerError, NotFound
from exchange.schemas import (
    LONGEST_PROCEDURE,
    AmendmentRules,
    Applicant,
    Application,
    Approver,
    Bilingual,
    DefaultMode,
    EntryKind,
    ExtensionRule,
    Material,
    Matter,
    Office,
    Opinion,
    ProcedureKind,
    PublicGuide,
    RestartRule,
    SpecialProcedure,
    Verdict,
)
from exchange.trials.local import LocalDomain
from exchange.trials.replay.at_the_portal import CAME, FILE, PortalActs
from exchange.trials.replay.log import EventKind, ReplayApplication, ReplayEvent, ReplayLog

RULE = "缺席默认制（合肥，2006年）"
"""The rule that replayed defaults cite."""
BASIS = "as the replayed log says"
ASKED = "a supplement of the file is asked for"
MOST_PROMISED = 49
"""Supplements of one application that a matter has materials for, beside the file itself."""
_TERM_DAYS = 20
"""In the matter, where the log fixes the due moment."""


class Acts:
    """The members of a replay's domain, who do what the log says."""

    def __init__(
        self,
        domain: LocalDomain,
        window: str,
        addresses: Mapping[str, str],
        catalogue: MutableMapping[str, Matter],
        log: ReplayLog,
        portal: PortalActs | None = None,
        *,
        through_portal: bool = False,
    ) -> None:
        self.domain = domain
        self.window = window
        self.addresses = addresses
        self._catalogue = catalogue
        self._log = log
        self._supplied = log.supplied if through_portal else {}
        """Of which departments an application is accepted against the promise of a supplement, at the portal."""
        self.portal = portal
        """Where applications are handed in: all of them, or those of which something is missing; None: nowhere."""
        self._through_portal = through_portal
        self._asked: set[tuple[str, str]] = set()
        """Applications and the departments that have asked for a supplement."""
        self.sent: dict[int, str] = {}
        """Message id of what a department has sent of a case, by the event's line."""

    @property
    def filings(self) -> Mapping[str, str]:
        """The number of its filing, by the number of each application that came through the portal."""
        return self.portal.filings if self.portal is not None else {}

    def submit(self, application: ReplayApplication) -> bool:
        """Put an application to its departments; tells whether it had not been put to them by law before."""
        case, fixed = application.asked[0].case, self._fixed_due(application)
        if self.portal is not None and self.portal.is_put(application):
            return False
        handed_in = self._handed_in(application)
        if self.portal is not None and (self._through_portal or self.portal.waits(case)):
            codes = self._codes(application.number)
            self.portal.accept(case, application.number, handed_in, codes, fixed)
        else:
            submit(self.domain.nodes[self.window], handed_in, case_number=application.number, fixed_due=fixed)
        self.domain.members[self.window].wake()
        return True

    @property
    def next_by_law(self) -> datetime | None:
        """When the window next accepts something by law."""
        return self.portal.next_by_law if self.portal is not None else None

    def accept_by_law(self) -> list[ReplayApplication]:
        """Have the window accept what it has said nothing of in time; returns what it has so put to departments."""
        found = list(self.portal.accept_by_law(self._fixed_due)) if self.portal is not None else []
        self.domain.members[self.window].wake()
        return found

    def _fixed_due(self, application: ReplayApplication) -> dict[str, datetime]:
        return {self.addresses[one.department]: one.due for one in application.asked if one.due and one.days is None}

    def _handed_in(self, application: ReplayApplication) -> Application:
        return Application(
            matter=self._matter(application).code,
            applicant=Applicant(name="replayed", identifier=application.number, contact="-"),
            project=application.number,
            materials=(),
            submitted_at=self.domain.nodes[self.window].clock.now(),
        )

    def act(self, event: ReplayEvent, about: tuple[str, ...]) -> None:
        """Do what an event says to the applications it is about. Raises CallerError where it is refused."""
        if event.before_acceptance:
            self._before_acceptance(event)
            return
        match event.kind:
            case EventKind.REPLY:
                self._say(event, about[0])
            case EventKind.SUPPLEMENT:
                self._say(event, about[0], _UNTIL_IT_COMES)
                self._asked.add((about[0], event.department))
            case EventKind.SUPPLIED:
                self._supply(event, about[0])
            case EventKind.WITHDRAW:
                self._withdraw(event, about)
            case _:
                self._amend(event, about[0])

    def _before_acceptance(self, event: ReplayEvent) -> None:
        """The window tells an applicant what is missing, or the applicant hands it in."""
        if self.portal is None:
            raise NotFound("there is no portal", remedy="a log of which something was missing has one")
        ahead = self._log.comes_to.get(event.line)
        handed_in = self._handed_in(ahead or self._never_put(event))
        if event.kind is EventKind.SUPPLEMENT:
            self.portal.tell_missing(event, handed_in)
        else:
            self.portal.complete(event, handed_in, ahead)

    def _never_put(self, event: ReplayEvent) -> ReplayApplication:
        """What was handed in and comes to no case: whom it would have been put to, the log does not say."""
        somebody = min(self.addresses)
        asked = replace(event, kind=EventKind.SUBMIT, department=somebody, days=_TERM_DAYS, reasons="")
        return ReplayApplication(event.case, (asked,))

    def _say(self, event: ReplayEvent, number: str, procedure: SpecialProcedure | None = None) -> None:
        """A department's opinion; or, with a procedure, that its clock stands before it gives one."""
        address = self.addresses[event.department]
        node = self.domain.nodes[address]
        with node.store.reading() as tx:
            row = tx[DepartmentDesk].get(number)
        opinion = Opinion(
            case_number=number,
            consultation_id=row.consultation_id if row else _NO_CONSULTATION,
            department=address,
            verdict=Verdict.SPECIAL_PROCEDURE if procedure else Verdict.AGREE,
            reasons=event.reasons or (ASKED if procedure else ""),
            procedure=procedure,
            officer="replayed",
            decided_on=node.clock.now().date(),
        )
        self.sent[event.line] = desk.reply(node, opinion)
        self.domain.members[address].wake()

    def _supply(self, event: ReplayEvent, number: str) -> None:
        """What was asked for comes, through the portal where there is one; the department's clock runs on."""
        address = self.addresses[event.department]
        if self.portal is not None and (number, event.department) in self._asked:
            self.portal.bring(event, number, self._promised(number), self._codes(number))
        node, reason = self.domain.nodes[address], event.reasons or CAME
        self.sent[event.line] = end_procedure(node, number, reason, "replayed")
        self.domain.members[address].wake()

    def _promised(self, number: str) -> tuple[str, ...]:
        return self._supplied.get(number, ())[:MOST_PROMISED]

    def _codes(self, number: str) -> list[str]:
        return [f"supplement-{row}" for row, _ in enumerate(self._promised(number), 1)]

    def _withdraw(self, event: ReplayEvent, numbers: tuple[str, ...]) -> None:
        """All that is undecided of the case. Raises the last refusal where nothing could be withdrawn."""
        filed = self.portal is not None and self.portal.withdraw(event)
        refusals = [refusal for number in numbers if (refusal := self._withdraw_one(event, number))]
        self.domain.members[self.window].wake()
        if len(refusals) == len(numbers) and not filed:
            raise refusals[-1]

    def _withdraw_one(self, event: ReplayEvent, number: str) -> CallerError | None:
        try:
            withdraw(self.domain.nodes[self.window], number, event.reasons or BASIS)
        except CallerError as refusal:
            return refusal
        return None

    def _amend(self, event: ReplayEvent, number: str) -> None:
        amendment = Amendment(
            EntryKind(event.kind.value),
            event.reasons or BASIS,
            (BASIS,),
            self.window,
            event.days,
            ProcedureKind.EXPERT_REVIEW if event.kind is EventKind.STOP else None,
        )
        amend(self.domain.nodes[self.window], number, self.addresses[event.department], amendment)
        self.domain.members[self.window].wake()

    def _matter(self, application: ReplayApplication) -> Matter:
        """The matter for these departments, terms and defaults; made when it is first needed."""
        approvers = tuple(
            Approver(
                department=self.addresses[one.department],
                term_days=one.days or _TERM_DAYS,
                default=one.default,
                default_basis=(RULE,) if one.default is not DefaultMode.NONE else (),
            )
            for one in sorted(application.asked, key=lambda one: one.department)
        )
        later = tuple(
            Material(code=code, name="supplement", required=False, promise_days=60)
            for code in self._codes(application.number)
        )
        facts = "\n".join([*(approver.model_dump_json() for approver in approvers), f"{len(later)} later"])
        code = "replay-" + hashlib.sha256(facts.encode()).hexdigest()[:12]
        if code not in self._catalogue:
            self._catalogue[code] = Matter(
                code=code,
                version="1",
                name="重放事项",
                name_en="replayed matter",
                lead=self.window,
                basis=("statutory deadline of the replayed case",),
                materials=(Material(code=FILE, name="file", required=False), *later),
                approvers=approvers,
                amendments=_AS_LOGGED,
                guide=None if self.portal is None else _GUIDE,
            )
        return self._catalogue[code]


_UNTIL_IT_COMES = SpecialProcedure(kind=ProcedureKind.EXPERT_REVIEW, days=LONGEST_PROCEDURE)
"""A department's clock stands for a procedure of article 45 and for a length it announces: the most, and so once."""
_AS_LOGGED = AmendmentRules(
    extension=(ExtensionRule(by=(Office.LEAD.value,), days=365),), restart=RestartRule(by=(Office.LEAD.value,), most=99)
)
"""What a log tells was allowed where it happened."""
_TOLD = Bilingual(zh="重放", en="replayed")
_GUIDE = PublicGuide(
    theme=_TOLD, about=_TOLD, applicants=(_TOLD,), conditions=(_TOLD,), fees=_TOLD, result=_TOLD, validity=_TOLD,
    remedies=(_TOLD,), place=_TOLD, contact="-", complaints="-",
)  # fmt: skip
"""What makes a portal offer the matter."""
_NO_CONSULTATION = "00000000-0000-4000-8000-000000000000"
"""Of an answer to what was never asked: it is refused at the desk."""
