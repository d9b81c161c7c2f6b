"""The licence on a case that was granted: issued once, read over before it is signed."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.rules.clock.dates import GRANTS
from exchange.approval.rules.states import CaseState
from exchange.approval.window.licensing.issuing import LicenceWanted, issue_in
from exchange.clock import CST
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.pages.lead.forms import CaseField, CaseForm, day_given, empty_fault
from exchange.desk.pages.lead.seeing import LeadCase, lead_case
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskQuestion
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.licences.rules.issuing import check_validity, is_licence_number
from exchange.messaging.node import Step

_PERMITS: Words = ("许可内容", "What it permits")
_FIRST: Words = ("有效期自", "Valid from")
_UNTIL: Words = ("有效期至", "Its last day")
_NUMBER: Words = ("编号", "Its number")
_TO: Words = ("领取人和方式", "To whom and how it is handed out")


def _fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    return [
        CaseField("permits", _PERMITS, "long-text", otherwise=case.row.project),
        CaseField("first", _FIRST, "date", otherwise=visit.now.astimezone(CST).date().isoformat()),
        CaseField("until", _UNTIL, "date", required=False, hint=("不填为长期", "left empty: without an end")),
        CaseField("number", _NUMBER, required=False, hint=("不填由窗口编号", "left empty: the window's next one")),
        CaseField("to", _TO, required=False, hint=("不填为持有人", "left empty: the holder")),
    ]


def _wanted(visit: DeskVisit) -> LicenceWanted:
    """Return what was typed. Raises FormFaults with all that is wrong."""
    faults: list[FormFault] = []
    permits, number = visit.typed("permits").strip(), visit.typed("number").strip()
    if not permits:
        faults.append(empty_fault(visit, "permits", _PERMITS))
    first = day_given(visit, "first", _FIRST, faults)
    until = day_given(visit, "until", _UNTIL, faults, required=False)
    if number and not is_licence_number(number):
        faults.append(no_licence_number(visit, "number", _NUMBER))
    if faults:
        raise FormFaults(faults)
    return LicenceWanted(visit.who, permits, first, until, number or None, visit.typed("to").strip() or None)


def no_licence_number(visit: DeskVisit, name: str, label: Words) -> FormFault:
    """Return what is said of a text that is no number of a licence."""
    what = visit.say("不是许可证件编号", "it is no number of a licence")
    remedy = visit.say("填写大写字母、数字和连字符，四至八十位", "use capitals, digits and hyphens, four to eighty")
    return FormFault(name, visit.words(label), what, remedy)


def _ask(visit: DeskVisit) -> DeskQuestion:
    case, wanted = lead_case(visit), _wanted(visit)
    if case.file.decision is not None and wanted.valid_from is not None:
        check_validity(case.file.decision.decided_at.astimezone(CST).date(), wanted.valid_from, wanted.valid_until)
    says = (
        "许可证件以本单位名义签名，送网上窗口和被征求意见的部门。一案一件，不能收回。",
        "The licence is signed in the member's name and goes to the portals and the departments consulted. One a "
        "case; it is not taken back.",
    )
    return DeskQuestion(
        ("签名前请核对许可证件", "Read the licence before it is signed"),
        (says, _handed(visit, case, wanted), officer_is_noted(visit)),
        ("签名并颁发", "Sign and issue it"),
        tuple(_shown(visit, case, wanted)),
    )


def _handed(visit: DeskVisit, case: LeadCase, wanted: LicenceWanted) -> Words:
    term = case.file.status.term
    if term is not None and term.record.delivered_at is not None:
        return "送达此前已登记，不再登记。", "Its delivery is on record already, and stays."
    to = wanted.to or case.docket.application.applicant.name
    return f"送达登记：{to}。", f"Its delivery goes on record: {to}."


def officer_is_noted(visit: DeskVisit) -> Words:
    """Return what is said of who signs: of licences, that stands in the window's own records alone."""
    return (
        f"经办人“{visit.who}”只记入本窗口的记录，不在签名内容中。",
        f'The officer, "{visit.who}", stands in the window\'s records alone, and not in what is signed.',
    )


def _shown(visit: DeskVisit, case: LeadCase, wanted: LicenceWanted) -> Iterator[tuple[Words, object]]:
    applicant, decision = case.docket.application.applicant, case.file.decision
    yield ("案号", "Case"), case.row.number
    yield ("事项", "Matter"), visit.words(case.docket.matter.names)
    yield ("持有人", "Holder"), f"{applicant.name} {applicant.identifier}"
    yield _PERMITS, wanted.permits
    if decision is not None and decision.conditions:
        yield ("条件", "Conditions"), decision.conditions
    yield _FIRST, wanted.valid_from.isoformat() if wanted.valid_from else ""
    yield _UNTIL, wanted.valid_until.isoformat() if wanted.valid_until else visit.say("长期", "without an end")
    if decision is not None:
        yield ("依据", "Legal basis"), list(decision.basis)
    yield _NUMBER, wanted.number or visit.say("由窗口编号", "the window's next one")


def _issue(visit: DeskVisit, step: Step, number: str) -> None:
    issue_in(step, number, _wanted(visit))


def _grants(case: LeadCase) -> bool:
    return case.row.state is CaseState.DECIDED and case.row.outcome in GRANTS and case.licence is None


LICENCE = CaseForm(
    "licence", DeskAction.LICENCE_ISSUE, ("颁发许可证件", "Issue the licence"),
    ("准予的案件颁发一件许可证件；任何人可凭编号和校验码查验。",
     "A case that was granted gets one licence, which anybody verifies by its number and code."),
    _fields, _issue, ("核对…", "Read it over…"), ("许可证件已颁发。", "The licence is issued."), _grants, _ask,
)  # fmt: skip
