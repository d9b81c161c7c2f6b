"""What the API gives of cases on record: as a line, a page, and whole with every department's part."""

from __future__ import annotations

from datetime import datetime

from exchange.api.cases.clock_models import CaseTermOut, ClockOut
from exchange.api.cases.hearing_models import HearingOut
from exchange.api.cases.supplement_models import SupplementOut
from exchange.api.documents.returns import ReturnedOut
from exchange.api.model import EXAMPLE_AT, EXAMPLE_ID, ApiModel, example
from exchange.approval.rules.after.paper import PaperState
from exchange.approval.rules.states import CaseState, PartState
from exchange.schemas import (
    Decision,
    DefaultMode,
    LedgerEntry,
    OrderedBy,
    Outcome,
    Overruling,
    ProtestGround,
    WithoutConsent,
)
from exchange.schemas.opinion import ObjectionGround, Verdict


class PreparedOut(ApiModel):
    """What the window's rule has prepared. 规则拟定的决定。"""

    outcome: Outcome
    reasons: str
    conditions: str = ""
    basis: tuple[str, ...] = ()
    overruled: tuple[Overruling, ...] = ()
    without_consent: tuple[WithoutConsent, ...] = ()


class CaseLineOut(ApiModel):
    """A case as this member sees it: at the window, or on its desk. 案件。"""

    number: str
    seat: str
    """``window`` or ``department``."""
    matter: str
    state: str
    """At the window ``open``, ``ready``, ``decided`` or ``withdrawn``; on a desk ``waiting``, ``answered``,
    ``defaulted`` or ``closed``."""
    opened_at: datetime
    due_at: datetime | None = None
    """On a desk: until when it is to be answered, from the first day on; null while the term has not begun, or its
    clock stands. At the window: until when the lead is to decide; null once the case is closed."""
    provisional: bool = False
    """Whether ``due_at`` lies beyond the published calendar, which may still move it."""
    decided_at: datetime | None = None
    outcome: str | None = None
    project: str | None = None


class CasePage(ApiModel):
    """A page; ``next`` is its successor's cursor. 一页。"""

    model_config = example(
        {
            "items": [
                {
                    "number": "HEFEI-2026-000001",
                    "seat": "window",
                    "matter": "road-occupation",
                    "state": "ready",
                    "opened_at": EXAMPLE_AT,
                    "project": "黄山路供热管道工程",
                }
            ],
            "next": None,
        }
    )

    items: tuple[CaseLineOut, ...]
    next: str | None = None


class PaperOut(ApiModel):
    """What a department owes after its deemed consent, for the file. 视为同意后应补的意见。"""

    state: PaperState
    """It has time (``owed``), has not come (``overdue``), or came ``in-time`` or ``late``."""
    owed_by: datetime
    came_at: datetime | None = None
    days_late: int = 0
    """Working days, until it came, or until now."""
    reminded_at: datetime | None = None
    """At the window: when the department was reminded of it, and the authority above it told."""


class PartOut(ApiModel):
    """One consulted department's part. 各部门意见。"""

    department: str
    name: str
    name_en: str | None = None
    stage: int
    state: PartState
    default: DefaultMode
    """What its silence amounts to."""
    verdict: Verdict | None = None
    reasons: str = ""
    conditions: str = ""
    due_at: datetime | None = None
    provisional: bool = False
    """Whether ``due_at`` lies beyond the published calendar, which may still move it: silence means nothing yet."""
    stopped: ClockOut | None = None
    """While its clock stands still. 停计。"""
    reminded: bool = False
    late: bool = False
    """An opinion came after its term was over; it is on record, and changes nothing by itself."""
    consultation_id: str | None = None
    message_id: str | None = None
    """The opinion's or the deemed consent's."""
    late_opinion_id: str | None = None
    late_ground: ObjectionGround | None = None
    """``safety``: its late objection is on grounds of safety, and `review_since` says whether it waits for the lead."""
    review_since: datetime | None = None
    """The case was decided over its opinion, which was in time: `POST /cases/NUMBER/review`."""
    protest_id: str | None = None
    """Its protest against what it was told of its part. 异议。"""
    protest_ground: ProtestGround | None = None
    """What its own record says against that: its term still ran, it had answered in time, or otherwise. 异议理由。"""
    contested: bool = False
    """Whether that protest waits for the lead's review: `POST /cases/NUMBER/review`. 待复核。"""
    faulty_id: str | None = None
    """Its last opinion that went back to it to be corrected. 退回更正的意见。"""
    correct_by: datetime | None = None
    """Until when it may correct that; its silence has no consequence. 更正期限。"""
    instead_of: str | None = None
    """Added to the running case in place of this department, which is not competent. 替代的部门。"""
    recalled_id: str | None = None
    """Its last opinion that it has recalled. 已撤回的意见。"""
    recalled_at: datetime | None = None
    paper: PaperOut | None = None
    """What it owes after its deemed consent. 应补的意见。"""
    substitute: str | None = None
    """Who has its request as its substitute. 代行部门。"""
    given_by: str | None = None
    """The substitute that gave the opinion in its name. 代行提出意见的部门。"""
    late_given_by: str | None = None
    """The same of the late opinion."""
    supplement_until: datetime | None = None
    """Until when its supplementary review was announced, after its silence had effect. 补充审查期限。"""
    chased_at: datetime | None = None
    """When it was last reminded by hand: `POST /cases/NUMBER/chase`. 最近一次人工催办。"""
    ledger: tuple[LedgerEntry, ...] = ()
    """The days of its term: what began, stopped, resumed or extended it, with reason, basis and who ordered it."""


class ProposalOut(ApiModel):
    """A department that is not competent, and whom it names. 非本部门职责及所指部门。"""

    department: str
    named: str
    """In its own words."""
    body: str | None = None
    """The member that this is; null where no department of the directory has that name."""


class DeskTermOut(ApiModel):
    """A department's own term. 本部门期限。"""

    due_at: datetime | None
    told: bool
    """Whether the window has said this moment; else it is reckoned from the request and the day of signing."""
    provisional: bool
    days_left: int | None
    """Working days after today, up to and including the last."""
    overdue: bool
    stopped: ClockOut | None
    amendments: tuple[LedgerEntry, ...] = ()
    """What has changed it, as far as this member was told, with reason, basis and who ordered it. 期限变更。"""


class ReopeningOut(ApiModel):
    """When and why a case was taken up again, and what had been decided. 重新办理。"""

    at: datetime
    ordered_by: OrderedBy
    order: str | None = None
    reasons: str
    basis: tuple[str, ...]
    officer: str
    former_state: CaseState
    former_outcome: str | None = None
    former_id: str | None = None
    """The decision that was made; it stays as it was signed."""
    former_at: datetime | None = None
    message_id: str | None = None
    """The signed notice to the departments."""


class CaseOut(CaseLineOut):
    """A case with its parts; at a department, with what lies on its desk. 案件及各部门办理情况。"""

    model_config = example(
        {
            "number": "HEFEI-2026-000001",
            "seat": "window",
            "matter": "road-occupation",
            "state": "ready",
            "opened_at": EXAMPLE_AT,
            "project": "黄山路供热管道工程",
            "matter_name": "占用挖掘城市道路审批",
            "applicant": "热电集团",
            "stage": 1,
            "parts": [
                {
                    "department": "hefei.planning",
                    "name": "自然资源和规划局",
                    "stage": 1,
                    "state": "answered",
                    "default": "consent",
                    "verdict": "agree",
                    "due_at": "2026-03-16T00:00:00+08:00",
                    "message_id": EXAMPLE_ID,
                    "ledger": [
                        {
                            "kind": "extend",
                            "at": EXAMPLE_AT,
                            "days": 5,
                            "reason": "涉及专项规划核对",
                            "basis": ["行政许可法第四十二条"],
                            "actor": "hefei.window",
                            "notice": EXAMPLE_ID,
                        }
                    ],
                }
            ],
            "prepared": {"outcome": "grant", "reasons": "各部门均无异议。"},
            "revision": "0" * 32,
        }
    )

    consultation_id: str | None = None
    acts_for: str | None = None
    """On a desk: the department in whose name this member answers, as its substitute. 被代行的部门。"""
    opinion_id: str | None = None
    protest_id: str | None = None
    """At a department: its last protest against what it was told of its part. 本部门的异议。"""
    protest_ground: ProtestGround | None = None
    term: DeskTermOut | None = None
    """On a desk, while the case waits there: how its term stands."""
    paper: PaperOut | None = None
    """On a desk, after a deemed consent: the opinion that is owed for the file. 应补的意见。"""
    returned: tuple[ReturnedOut, ...] = ()
    """On a desk: what the window has sent back of this member's in this case, the last one first."""
    correct_by: datetime | None = None
    """On a desk: until when an opinion that came back may be corrected, even if its term is over by then."""
    matter_name: str | None = None
    matter_name_en: str | None = None
    applicant: str | None = None
    stage: int | None = None
    withdrawn_at: datetime | None = None
    decision_id: str | None = None
    decision: Decision | None = None
    """As it is signed."""
    by_rule: bool = False
    """The window's rule decided, and no officer."""
    prepared: PreparedOut | None = None
    """What the window's rule has prepared, for an officer to confirm."""
    rule_error: str | None = None
    """What the rule failed with: an officer decides."""
    lacking: tuple[str, ...] = ()
    """While undecided: departments whose consent a grant would lack at this moment, objections aside."""
    case_term: CaseTermOut | None = None
    """At the window: until when the case is decided by law and by its promise, and what was granted delivered."""
    proposals: tuple[ProposalOut, ...] = ()
    """In whose place another body may be asked: `POST /cases/NUMBER/bodies`."""
    hearings: tuple[HearingOut, ...] = ()
    """At the window, in the order in which they were called: `POST /cases/NUMBER/hearing`."""
    supplements: tuple[SupplementOut, ...] = ()
    """What departments ask of the applicant: at the window each one's, on a desk the member's own. 提请补充材料。"""
    reopenings: tuple[ReopeningOut, ...] = ()
    """The first in front."""
    parts: tuple[PartOut, ...] = ()
    revision: str | None = None
    """At the window: another one after any change; also the header ``ETag``, for ``If-Match``."""
