"""What an event makes people do: the window submits, amends or withdraws, a department answers; as the commands do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping

from exchange.approval.acceptance.officers import accept
from exchange.approval.department import desk
from exchange.approval.department.procedures import end_procedure
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.window.closing import withdraw
from exchange.approval.window.submit import submit
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.errors import CallerError
from exchange.portal.drafting import DECLARATION
from exchange.portal.handing_in import hand_in
from exchange.portal.submitting import Submission, enter, supplement_in
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
    FilingChannel,
    Material,
    Matter,
    Office,
    Opinion,
    ProcedureKind,
    PublicGuide,
    RestartRule,
    SpecialProcedure,
    SubmittedMaterial,
    Verdict,
)
from exchange.trials.local import LocalDomain
from exchange.trials.replay.log import EventKind, ReplayApplication, ReplayEvent

RULE = "缺席默认制（合肥，2006年）"
"""The rule that replayed defaults cite."""
BASIS = "as the replayed log says"
ASKED = "a supplement of the file is asked for"
CAME = "the supplement of the file is there"
MOST_PROMISED = 49
"""Supplements of one application that a matter has materials for, beside the file itself."""
PATIENCE = 300.0
"""Seconds after which messages that are still on their way have been lost, on however busy a machine."""
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
        supplied: Mapping[str, tuple[str, ...]],
        portal: str | None = None,
    ) -> None:
        self.domain = domain
        self.window = window
        self.addresses = addresses
        self._catalogue = catalogue
        self._supplied = supplied
        """Of which departments an application is accepted against the promise of a supplement, at the portal."""
        self.portal = portal
        """Where applications are handed in; None: at the window itself."""
        self.filings: dict[str, str] = {}
        """The number of its filing, by each application's number at the window."""
        self._came: dict[str, tuple[Application, set[str]]] = {}
        """What was handed in at the portal, and the departments whose supplement has come, by application."""
        self._asked: set[tuple[str, str]] = set()
        """Applications and the departments that have asked for a supplement."""
        self.sent: dict[int, str] = {}
        """Message id of what a department has sent of a case, by the event's line."""

    def submit(self, application: ReplayApplication) -> None:
        """Put an application to its departments."""
        node = self.domain.nodes[self.window]
        fixed = {self.addresses[one.department]: one.due for one in application.asked if one.due and one.days is None}
        handed_in = Application(
            matter=self._matter(application).code,
            applicant=Applicant(name="replayed", identifier=application.number, contact="-"),
            project=application.number,
            materials=(),
            submitted_at=node.clock.now(),
        )
        if self.portal is None:
            submit(node, handed_in, case_number=application.number, fixed_due=fixed)
        else:
            self.filings[application.number] = self._file(self.portal, handed_in)
            self._came[application.number] = (handed_in, set())
            accept(
                node, self.filings[application.number], "replayed",
                promised=[_supplement(row) for row, _ in enumerate(self._promised(application.number))],
                case_number=application.number, fixed_due=fixed,
            )  # fmt: skip
        self.domain.members[self.window].wake()

    def _file(self, portal: str, application: Application) -> str:
        """Hand an application in at the portal, and let it arrive at the window; returns its number."""
        node = self.domain.nodes[portal]
        number = enter(node, Submission(application, ()), _NO_CODE)
        hand_in(node, number, DECLARATION, FilingChannel.API)
        self.domain.members[portal].wake()
        self.domain.settle(PATIENCE)
        return number

    def act(self, event: ReplayEvent, about: tuple[str, ...]) -> None:
        """Do what an event says to the applications it is about. Raises CallerError where it is refused."""
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
        if (number, event.department) in self._asked:
            self._hand_over(event, number)
        node, reason = self.domain.nodes[address], event.reasons or CAME
        self.sent[event.line] = end_procedure(node, number, reason, "replayed")
        self.domain.members[address].wake()

    def _hand_over(self, event: ReplayEvent, number: str) -> None:
        """Complete a filing at the portal, once for each department, and let it arrive at all who are to see it."""
        promised = self._promised(number)
        if self.portal is None or number not in self._came or event.department not in promised:
            return
        application, came = self._came[number]
        if event.department in came:
            return
        came.add(event.department)
        materials = tuple(
            SubmittedMaterial(code=_supplement(row), note=event.reasons or CAME)
            for row, name in enumerate(promised)
            if name in came
        )
        with self.domain.nodes[self.portal].step() as step:
            whole = application.model_copy(update={"materials": materials})
            supplement_in(step, self.filings[number], Submission(whole, ()))
        self.domain.members[self.portal].wake()
        self.domain.settle(PATIENCE)

    def _promised(self, number: str) -> tuple[str, ...]:
        return self._supplied.get(number, ())[:MOST_PROMISED] if self.portal is not None else ()

    def _withdraw(self, event: ReplayEvent, numbers: tuple[str, ...]) -> None:
        """All that is undecided of the case. Raises the last refusal where nothing could be withdrawn."""
        refusals = [refusal for number in numbers if (refusal := self._withdraw_one(event, number))]
        self.domain.members[self.window].wake()
        if len(refusals) == len(numbers):
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
            Material(code=_supplement(row), name="supplement", required=False, promise_days=60)
            for row, _ in enumerate(self._promised(application.number))
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
                materials=(Material(code="file", name="file", required=False), *later),
                approvers=approvers,
                amendments=_AS_LOGGED,
                guide=None if self.portal is None else _GUIDE,
            )
        return self._catalogue[code]


def _supplement(row: int) -> str:
    return f"supplement-{row + 1}"


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
_NO_CODE = "-"
"""In place of the hash of an access code: nobody asks for a replayed filing."""
_NO_CONSULTATION = "00000000-0000-4000-8000-000000000000"
"""Of an answer to what was never asked: it is refused at the desk."""
