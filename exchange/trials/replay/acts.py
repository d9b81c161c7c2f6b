"""What an event makes people do: the window submits, amends or withdraws, a department answers; as the commands do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping

from exchange.approval.acceptance.officers import accept
from exchange.approval.department import desk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.window.closing import withdraw
from exchange.approval.window.submit import submit
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.errors import CallerError
from exchange.portal.drafting import DECLARATION
from exchange.portal.handing_in import hand_in
from exchange.portal.submitting import Submission, enter
from exchange.schemas import (
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
    Verdict,
)
from exchange.trials.local import LocalDomain
from exchange.trials.replay.log import EventKind, ReplayApplication, ReplayEvent

RULE = "缺席默认制（合肥，2006年）"
"""The rule that replayed defaults cite."""
BASIS = "as the replayed log says"
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
        portal: str | None = None,
    ) -> None:
        self.domain = domain
        self.window = window
        self.addresses = addresses
        self._catalogue = catalogue
        self.portal = portal
        """Where applications are handed in; None: at the window itself."""
        self.filings: dict[str, str] = {}
        """The number of its filing, by each application's number at the window."""
        self.opinions: dict[int, str] = {}
        """Message id of each reply that went out, by the event's line."""

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
            number = self.filings[application.number]
            accept(node, number, "replayed", case_number=application.number, fixed_due=fixed)
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
        if event.kind is EventKind.REPLY:
            self._reply(event, about[0])
        elif event.kind is EventKind.WITHDRAW:
            self._withdraw(about)
        else:
            self._amend(event, about[0])

    def _reply(self, event: ReplayEvent, number: str) -> None:
        address = self.addresses[event.department]
        node = self.domain.nodes[address]
        with node.store.reading() as tx:
            row = tx[DepartmentDesk].get(number)
        opinion = Opinion(
            case_number=number,
            consultation_id=row.consultation_id if row else _NO_CONSULTATION,
            department=address,
            verdict=Verdict.AGREE,
            officer="replayed",
            decided_on=node.clock.now().date(),
        )
        self.opinions[event.line] = desk.reply(node, opinion)
        self.domain.members[address].wake()

    def _withdraw(self, numbers: tuple[str, ...]) -> None:
        """All that is undecided of the case. Raises the last refusal where nothing could be withdrawn."""
        refusals = [refusal for number in numbers if (refusal := self._withdraw_one(number))]
        self.domain.members[self.window].wake()
        if len(refusals) == len(numbers):
            raise refusals[-1]

    def _withdraw_one(self, number: str) -> CallerError | None:
        try:
            withdraw(self.domain.nodes[self.window], number, BASIS)
        except CallerError as refusal:
            return refusal
        return None

    def _amend(self, event: ReplayEvent, number: str) -> None:
        amendment = Amendment(
            EntryKind(event.kind.value),
            BASIS,
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
        facts = "\n".join(approver.model_dump_json() for approver in approvers)
        code = "replay-" + hashlib.sha256(facts.encode()).hexdigest()[:12]
        if code not in self._catalogue:
            self._catalogue[code] = Matter(
                code=code,
                version="1",
                name="重放事项",
                name_en="replayed matter",
                lead=self.window,
                basis=("statutory deadline of the replayed case",),
                materials=(Material(code="file", name="file", required=False),),
                approvers=approvers,
                amendments=_AS_LOGGED,
                guide=None if self.portal is None else _GUIDE,
            )
        return self._catalogue[code]


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
