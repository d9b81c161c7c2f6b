"""The lead's decision: by hand, with what will be signed shown before; or as its rule has prepared it."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.window.conclude import confirm_in, decide_in
from exchange.approval.window.decision import Ruling, decision_of
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.pages.lead.forms import CaseField, CaseForm, lines
from exchange.desk.pages.lead.seeing import LeadCase, lead_case
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskQuestion
from exchange.desk.visit import DeskVisit
from exchange.language import Language, Words, name_of
from exchange.language.names import OUTCOMES, VERDICTS
from exchange.messaging.node import Step
from exchange.schemas import Decision, Outcome, Overruling, Standing, WithoutConsent

_OUTCOME: Words = ("决定", "Decision")
_STANDINGS = {
    Standing.DEEMED: ("视为同意（依规则产生，无人批准）", "deemed consent, by rule; nobody has approved"),
    Standing.DEEMED_REFUSAL: ("视为不同意（依规则产生）", "deemed refusal, by rule"),
    Standing.ESCALATED: ("逾期未答复，已上报", "silent beyond its term; escalated"),
    Standing.MOOT: ("未要求其意见", "its opinion was not needed"),
}


def _fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    names = visit.face.names()
    prepared = case.file.status.prepared
    found = [
        CaseField(
            "outcome", _OUTCOME, "choice",
            choices=[(one.value, OUTCOMES[one.value]) for one in Outcome],
            otherwise=prepared.outcome.value if prepared is not None else "",
        )
    ]  # fmt: skip
    for department, said in case.docket.objections.items():
        zh, en = names.get(department, (department, department))
        hint = (f"准予的必填。其理由：{said}", f"Required with a grant. It said: {said}")
        label = (f"不采纳{zh}不同意意见的理由", f"Why the objection of {en} is overruled")
        found.append(CaseField(f"overrule-{department}", label, "long-text", hint=hint))
    for department in case.docket.lacking:
        zh, en = names.get(department, (department, department))
        label = (f"{zh}未同意而准予的理由", f"Why it is granted without the consent of {en}")
        found.append(
            CaseField(f"without-{department}", label, "long-text", hint=("准予的必填。", "Required with a grant."))
        )
    conditions = ("附条件准予的条件", "Conditions, with a grant with conditions")
    reasons = prepared.reasons if prepared is not None else ""
    basis = "\n".join(case.docket.matter.basis)
    one_a_line = ("每行一条", "one a line")
    return [
        *found,
        CaseField("reasons", ("理由", "Reasons"), "long-text", otherwise=reasons,
                  hint=("申请人和各部门会看到。", "The applicant and the departments read them.")),
        CaseField("conditions", conditions, "long-text", required=False,
                  otherwise=prepared.conditions if prepared is not None else ""),
        CaseField("basis", ("依据", "Legal basis"), "long-text", hint=one_a_line, otherwise=basis),
    ]  # fmt: skip


def _ruling(visit: DeskVisit, case: LeadCase) -> Ruling:
    """What was typed. Raises FormFaults with all that is missing."""
    faults = list(_faults(visit, case))
    if faults:
        raise FormFaults(faults)
    outcome, docket = Outcome(visit.typed("outcome")), case.docket
    overruled = [(one, visit.typed(f"overrule-{one}").strip()) for one in docket.objections]
    without = [(one, visit.typed(f"without-{one}").strip()) for one in docket.lacking]
    grants = outcome is not Outcome.REFUSE
    return Ruling(
        outcome,
        visit.typed("reasons").strip(),
        visit.typed("conditions").strip() if outcome is Outcome.GRANT_WITH_CONDITIONS else "",
        lines(visit, "basis"),
        tuple(Overruling(department=one, reasons=why) for one, why in overruled if grants),
        tuple(WithoutConsent(department=one, reasons=why) for one, why in without if grants),
        visit.who,
    )


def _faults(visit: DeskVisit, case: LeadCase) -> Iterator[FormFault]:
    fields = {one.name: visit.words(one.label) for one in _fields(visit, case)}
    outcome = visit.typed("outcome")
    if outcome not in tuple(Outcome):
        yield _fault(visit, fields, "outcome", ("没有选择", "nothing is chosen"), ("选择一项", "choose one"))
    grants = outcome in (Outcome.GRANT, Outcome.GRANT_WITH_CONDITIONS)
    owed = ["reasons", "basis"] + (["conditions"] if outcome == Outcome.GRANT_WITH_CONDITIONS else [])
    if grants:
        owed += [name for name in fields if name.startswith(("overrule-", "without-"))]
    for name in owed:
        if not visit.typed(name).strip():
            yield _fault(visit, fields, name, ("没有填写", "it is empty"), ("填写", "fill it in"))


def _fault(visit: DeskVisit, fields: dict[str, str], name: str, what: Words, remedy: Words) -> FormFault:
    return FormFault(name, fields[name], visit.words(what), visit.words(remedy))


def _ask(visit: DeskVisit) -> DeskQuestion:
    case = lead_case(visit)
    decision = decision_of(case.docket, _ruling(visit, case), visit.node.address, visit.now)
    return DeskQuestion(
        ("签名前请核对决定", "Read the decision before it is signed"),
        (
            (
                "决定以本单位名义签名，送达各部门和申请人，不能收回。",
                "It is signed in the member's name, goes to the departments and the applicant, and is not taken back.",
            ),
        ),
        ("签名并作出决定", "Sign the decision"),
        tuple(decision_rows(visit, case, decision)),
    )


def decision_rows(visit: DeskVisit, case: LeadCase, decision: Decision) -> Iterator[tuple[Words, object]]:
    """What is signed, field by field."""
    names, english = visit.face.names(), visit.language is Language.ENGLISH
    between = ": " if english else "："

    def called(address: str) -> str:
        return visit.words(names.get(address, (address, address)))

    yield ("案号", "Case"), decision.case_number
    yield ("事项", "Matter"), visit.words(case.docket.matter.names)
    yield ("申请人", "Applicant"), case.docket.application.applicant.name
    yield _OUTCOME, name_of(OUTCOMES, decision.outcome.value)
    yield ("理由", "Reasons"), decision.reasons
    if decision.conditions:
        yield ("条件", "Conditions"), decision.conditions
    yield ("依据", "Legal basis"), list(decision.basis)
    considered = [
        f"{called(one.department)}{between}"
        + (name_of(VERDICTS, one.verdict.value) if one.verdict is not None else visit.words(_STANDINGS[one.standing]))
        for one in decision.considered
    ]
    yield ("考虑的意见", "Opinions considered"), considered
    if decision.overruled:
        yield (
            ("不采纳的意见", "Objections overruled"),
            [f"{called(one.department)}{between}{one.reasons}" for one in decision.overruled],
        )
    if decision.without_consent:
        yield (
            ("未同意而准予", "Granted without the consent of"),
            [f"{called(one.department)}{between}{one.reasons}" for one in decision.without_consent],
        )
    yield ("经办人", "Officer"), decision.officer


def _decide(visit: DeskVisit, step: Step, number: str) -> None:
    decide_in(step, number, _ruling(visit, lead_case(visit)))


def _confirm(visit: DeskVisit, step: Step, number: str) -> None:
    confirm_in(step, number, visit.who)


def _prepared(case: LeadCase) -> bool:
    return case.undecided and case.file.status.prepared is not None


def _ask_confirm(visit: DeskVisit) -> DeskQuestion | None:
    case = lead_case(visit)
    prepared = case.file.status.prepared
    if prepared is None:
        return None
    decision = decision_of(case.docket, prepared.by(visit.who), visit.node.address, visit.now)
    says = ("按规则拟定的内容作出决定，由您负责。", "It is decided as the rule has prepared it, and you answer for it.")
    return DeskQuestion(
        ("按拟定的内容决定？", "Decide as it was prepared?"),
        (says,),
        ("签名并作出决定", "Sign the decision"),
        tuple(decision_rows(visit, case, decision)),
    )


DECIDE = CaseForm(
    "decide", DeskAction.DECIDE, ("作出决定", "Decide"),
    ("决定须明确、说明理由并签名。签名前可以先看到全文。",
     "Explicit, reasoned and signed. You read it all before it is signed."),
    _fields, _decide, ("核对…", "Read it over…"), ("决定已签发。", "The decision is signed."),
    lambda case: case.undecided, _ask,
)  # fmt: skip
CONFIRM = CaseForm(
    "confirm", DeskAction.DECIDE, ("确认拟定的决定", "Confirm what was prepared"),
    ("规则已拟定决定；全文在签名前列出。",
     "A rule has prepared the decision; it is shown in full before it is signed."),
    lambda visit, case: (), _confirm, ("核对…", "Read it over…"), ("决定已签发。", "The decision is signed."),
    _prepared, _ask_confirm,
)  # fmt: skip
