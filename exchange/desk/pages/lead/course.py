"""The course of a case: another body is asked, it is withdrawn, taken up again, reviewed, explained, delivered."""

from __future__ import annotations

from exchange.approval.rules.states import CaseState
from exchange.approval.window.adding import Addition, add_body_in
from exchange.approval.window.after.reopening import Reopening, reopen_in
from exchange.approval.window.after.reviewing import review_in
from exchange.approval.window.clock.owed import deliver_in, explain_in
from exchange.approval.window.closing import withdraw_in
from exchange.approval.window.store import Cases
from exchange.desk.pages.lead.forms import REASONS, CaseField, CaseForm, lines, one_of, texts, whole
from exchange.desk.pages.lead.seeing import LeadCase
from exchange.desk.permissions import DeskAction
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.language.names import ORDERED_BY
from exchange.messaging.node import Step
from exchange.schemas import OrderedBy, Role

_CLOSED = (CaseState.DECIDED, CaseState.WITHDRAWN)
_DAYS: Words = ("工作日", "Working days")
_BODY: Words = ("补充征求哪个部门", "Which body is asked")
_ORDERED: Words = ("由谁提起", "At whose instance")
TO: Words = ("送达给谁、如何送达", "To whom, and how")
_TO_FIELD = CaseField("to", TO)
_BASIS_FIELD = CaseField("basis", ("依据", "Legal basis"), "long-text", hint=("每行一条", "one a line"))


def _names_of(visit: DeskVisit, *but: str) -> list[tuple[str, Words]]:
    found = visit.face.profiles().values()
    return [(one.address, (one.name, one.name_en)) for one in found if Role.DEPARTMENT in one.roles
            and one.address not in but]  # fmt: skip


def _body_fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    asked = [one.department for one in case.docket.parts]
    places = [(one.department, visit.face.names().get(one.department, (one.department, one.department)))
              for one in case.file.status.proposals]  # fmt: skip
    named = next((one.body for one in case.file.status.proposals if one.body), "")
    return [
        CaseField("department", _BODY, "select",
                  choices=_names_of(visit, *asked), otherwise=named or ""),
        CaseField("instead", ("代替哪个部门", "In whose place"), "select", required=False, choices=places),
        CaseField("days", _DAYS, "integer", required=False,
                  hint=("空着按事项的期限", "empty: the matter's own term")),
        CaseField("reasons", ("理由", "Reasons"), "long-text", required=False,
                  hint=("与其提名的机关不同时须写明", "owed where it is another body than the one that was named")),
    ]  # fmt: skip


def _add_body(visit: DeskVisit, step: Step, number: str) -> None:
    asked = [part.department for part in step.tx[Cases].parts(number)]
    others = [address for address, _ in _names_of(visit, *asked)]
    department, instead = one_of(visit, "department", _BODY, others), visit.typed("instead") or None
    days, reasons = whole(visit, "days", _DAYS), visit.typed("reasons")
    add_body_in(step, number, Addition(department, visit.who, instead, days, reasons))


def _withdraw(visit: DeskVisit, step: Step, number: str) -> None:
    (reasons,) = texts(visit, REASONS)
    withdraw_in(step, number, reasons)


def _reopen_fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    names = visit.face.names()
    parts = [(one.department, names.get(one.department, (one.department, one.department))) for one in case.docket.parts]
    ordered = [(one.value, ORDERED_BY[one.value]) for one in OrderedBy]
    return [
        CaseField("ordered", _ORDERED, "choice", choices=ordered, otherwise=OrderedBy.LEAD.value),
        CaseField("order", ("文书名称或编号", "The order"), required=False,
                  hint=("他人提起的须写明", "where another than the lead ordered it")),
        CaseField("ask", ("重新征求意见的部门", "Departments that are asked again"), "boxes", required=False,
                  choices=parts),
        REASONS,
        _BASIS_FIELD,
    ]  # fmt: skip


def _reopen(visit: DeskVisit, step: Step, number: str) -> None:
    ordered = OrderedBy(one_of(visit, "ordered", _ORDERED, [one.value for one in OrderedBy]))
    texts(visit, REASONS, _BASIS_FIELD)
    order, ask = visit.typed("order").strip() or None, visit.chosen("ask")
    reopen_in(step, number, Reopening(visit.who, visit.typed("reasons"), lines(visit, "basis"), ordered, order, ask))


def _review(visit: DeskVisit, step: Step, number: str) -> None:
    (reasons,) = texts(visit, REASONS)
    review_in(step, number, visit.who, reasons)


def _explain(visit: DeskVisit, step: Step, number: str) -> None:
    (reasons,) = texts(visit, REASONS)
    explain_in(step, number, visit.who, reasons)


def _deliver(visit: DeskVisit, step: Step, number: str) -> None:
    (to,) = texts(visit, _TO_FIELD)
    deliver_in(step, number, visit.who, to)


def _is_undelivered(case: LeadCase) -> bool:
    term = case.file.status.term
    return case.row.state is CaseState.DECIDED and term is not None and term.deliver_by is not None \
        and term.record.delivered_at is None  # fmt: skip


def _owes_words(case: LeadCase) -> bool:
    term = case.file.status.term
    return term is not None and term.record.promise_over_at is not None and term.record.explained_at is None


def _has_proposals(case: LeadCase) -> bool:
    return case.undecided and bool(case.file.status.proposals)


def _is_to_review(case: LeadCase) -> bool:
    return any(one.review_at is not None for one in case.docket.parts)


_ONLY_REASONS = (REASONS,)

ADD_BODY = CaseForm(
    "add-body", DeskAction.ADD_BODY, ("补充征求有权机关", "Ask the competent body"),
    ("有部门答复非其职责；补充征求的机关有完整的期限。",
     "A department is not competent. The body that is asked in its place has its full term."),
    _body_fields, _add_body, ("签名并征求", "Sign and ask"), ("已补充征求。", "The body is asked."), _has_proposals,
)  # fmt: skip
WITHDRAW = CaseForm(
    "withdraw", DeskAction.WITHDRAW, ("申请人撤回", "Withdraw for the applicant"),
    ("依申请人意愿；尚未答复的部门不必再答复。",
     "At the applicant's wish; whoever has not answered need not any more."),
    lambda visit, case: _ONLY_REASONS, _withdraw, ("撤回申请", "Withdraw it"),
    ("申请已撤回。", "The application is withdrawn."), lambda case: case.undecided, grave=True,
)  # fmt: skip
REOPEN = CaseForm(
    "reopen", DeskAction.REOPEN, ("重新办理", "Take it up again"),
    ("原决定保持其签名，不改动；被重新征求的部门有完整的期限。",
     "What was decided stays as it was signed; departments that are asked again have their full term."),
    _reopen_fields, _reopen, ("签名并重新办理", "Sign and reopen"),
    ("案件已重新办理。", "The case is taken up again."), lambda case: case.row.state in _CLOSED,
)  # fmt: skip
REVIEW = CaseForm(
    "review", DeskAction.DECIDE, ("复核决定", "Review the decision"),
    ("决定之后收到应予考虑的意见；说明决定是否维持。决定本身不改动。",
     "An opinion came that is to be looked at: say whether the decision stands. It stays as it was signed."),
    lambda visit, case: _ONLY_REASONS, _review, ("登记复核", "Record the review"),
    ("复核已记录。", "The review is on record."), _is_to_review,
)  # fmt: skip
EXPLAIN = CaseForm(
    "explain", DeskAction.EXPLAIN, ("说明承诺超期", "Explain the broken promise"),
    ("未在承诺的工作日内办结；说明理由，随案显示，只说明一次。",
     "It was not decided within the days that were promised: say why, once; it is shown with the case."),
    lambda visit, case: _ONLY_REASONS, _explain, ("登记说明", "Record it"),
    ("说明已记录。", "It is on record why."), _owes_words,
)  # fmt: skip
DELIVER = CaseForm(
    "deliver", DeskAction.DELIVER, ("登记送达", "Record the delivery"),
    ("准予的，决定之日起十个工作日内送达（第四十四条）。",
     "What was granted is handed out within ten working days of the decision (article 44)."),
    lambda visit, case: (_TO_FIELD,), _deliver, ("登记送达", "Record the delivery"),
    ("送达已登记。", "The delivery is on record."), _is_undelivered,
)  # fmt: skip
