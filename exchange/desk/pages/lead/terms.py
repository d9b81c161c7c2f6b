"""Terms: a department's, and that of the whole case, are extended, stopped or resumed, on whose authority it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from exchange.approval.superiors import superiors_of
from exchange.approval.window.clock.amending import CaseAmendment, amend_case_in, case_refusals_noted
from exchange.approval.window.terms.amending import Amendment, amend_in, refusals_noted
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.pages.lead.forms import REASONS, CaseField, CaseForm, Choices, empty_fault, lines, one_of, whole
from exchange.desk.pages.lead.seeing import LeadCase
from exchange.desk.permissions import DeskAction
from exchange.desk.visit import DeskVisit
from exchange.errors import Changed, Denied, ExchangeError
from exchange.language import Words, language
from exchange.language.members import calling
from exchange.language.names import AMENDMENTS, PROCEDURES
from exchange.messaging.node import Step
from exchange.schemas import EntryKind, ProcedureKind

_ENTRY: Words = ("如何调整", "What is done")
_DAYS: Words = ("工作日", "Working days")
_PROCEDURE: Words = ("特别程序", "Special procedure")
_AUTHORITY: Words = ("由谁决定", "On whose authority")
_OF_PART = (EntryKind.EXTEND, EntryKind.STOP, EntryKind.RESUME, EntryKind.RESTART)
_OF_CASE = (EntryKind.EXTEND, EntryKind.STOP, EntryKind.RESUME)
RUNNING = ("issued", "signed")


def _common(visit: DeskVisit, kinds: tuple[EntryKind, ...], authorities: Choices) -> list[CaseField]:
    procedures = [(one.value, PROCEDURES[one.value]) for one in ProcedureKind]
    return [
        CaseField("entry", _ENTRY, "choice", choices=[(one.value, AMENDMENTS[one.value]) for one in kinds]),
        CaseField("days", _DAYS, "integer", required=False, hint=("延长的必填", "required to extend")),
        CaseField("procedure", _PROCEDURE, "select", required=False, choices=procedures,
                  hint=("停计须写明为何种程序（行政许可法第四十五条）", "to stop: for which (article 45)")),
        CaseField("by", _AUTHORITY, "choice", choices=authorities,
                  otherwise=visit.node.address),
        REASONS,
        CaseField("basis", ("依据", "Legal basis"), "long-text", required=False, hint=("每行一条", "one a line")),
    ]  # fmt: skip


def _authorities(visit: DeskVisit, *below: str) -> Choices:
    own, names = visit.node.address, visit.face.names()
    above = [one for member in (own, *below) for one in superiors_of(member, visit.node.directory)]
    return [(one, names.get(one, (one, one))) for one in dict.fromkeys((own, *above))]


def _part_fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    names = visit.face.names()
    running = [one.department for one in case.docket.parts if one.state.value in RUNNING]
    choices = [(one, names.get(one, (one, one))) for one in running]
    department = CaseField("department", ("部门", "Department"), "choice", choices=choices)
    return [department, *_common(visit, _OF_PART, _authorities(visit, *running))]


def _case_fields(visit: DeskVisit, case: LeadCase) -> list[CaseField]:
    return _common(visit, _OF_CASE, _authorities(visit))


def _amendment(visit: DeskVisit) -> Amendment:
    return Amendment(_kind(visit, _OF_PART), visit.typed("reasons"), lines(visit, "basis"), _by(visit), *_how(visit))


def _case_amendment(visit: DeskVisit) -> CaseAmendment:
    kind, by = _kind(visit, _OF_CASE), _by(visit)
    return CaseAmendment(kind, visit.typed("reasons"), by, lines(visit, "basis"), *_how(visit))


def _kind(visit: DeskVisit, kinds: tuple[EntryKind, ...]) -> EntryKind:
    return EntryKind(one_of(visit, "entry", _ENTRY, [one.value for one in kinds]))


def _missing(visit: DeskVisit) -> Iterator[FormFault]:
    """What an amendment of this kind wants and the form has not, each at its field."""
    kind, procedure = visit.typed("entry"), visit.typed("procedure")
    if kind == EntryKind.EXTEND and not visit.typed("days").strip():
        yield empty_fault(visit, "days", _DAYS)
    if kind == EntryKind.STOP and not procedure:
        yield empty_fault(visit, "procedure", _PROCEDURE)
    if kind != EntryKind.STOP and procedure:
        what, remedy = visit.say("只有停计才写明程序", "only to stop"), visit.say("不选程序", "choose none, or stop")
        yield FormFault("procedure", visit.words(_PROCEDURE), what, remedy)
    if not visit.typed("reasons").strip():
        yield empty_fault(visit, "reasons", REASONS.label)


def _by(visit: DeskVisit) -> str:
    return visit.typed("by") or visit.node.address


def _how(visit: DeskVisit) -> tuple[int | None, ProcedureKind | None]:
    chosen = visit.typed("procedure")
    procedure = ProcedureKind(chosen) if chosen in tuple(ProcedureKind) else None
    return whole(visit, "days", _DAYS), procedure


def _amend_part(visit: DeskVisit, step: Step, number: str) -> None:
    amend_in(step, number, visit.typed("department"), _amendment(visit))


def _amend_case(visit: DeskVisit, step: Step, number: str) -> None:
    amend_case_in(step, number, _case_amendment(visit))


def _part_noted(visit: DeskVisit) -> AbstractContextManager[None]:
    number, department = visit.path["number"], visit.typed("department")
    return _at_its_field(visit, _noted(lambda: refusals_noted(visit.node, number, department, _amendment(visit))))


def _case_noted(visit: DeskVisit) -> AbstractContextManager[None]:
    noted = _noted(lambda: case_refusals_noted(visit.node, visit.path["number"], _case_amendment(visit)))
    return _at_its_field(visit, noted)


@contextmanager
def _at_its_field(visit: DeskVisit, noted: AbstractContextManager[None]) -> Iterator[None]:
    """What was refused, and noted as such, is told where it is typed: what is missing, or an authority that may not."""
    try:
        with noted:
            yield
    except (FormFaults, Changed):
        raise
    except ExchangeError as error:
        faults = list(_missing(visit))
        if not faults and isinstance(error, Denied):
            with calling(visit.face.names()):
                what, remedy = error.written(language()), error.remedy_text.written(language())
            faults = [FormFault("by", visit.words(_AUTHORITY), what, remedy)]
        if not faults:
            raise
        raise FormFaults(faults) from error


def _noted(noted: Callable[[], AbstractContextManager[None]]) -> AbstractContextManager[None]:
    """What the law refuses is noted in the journal of the case; a form that nobody could read is not."""
    try:
        return _but_for_forms(noted())
    except FormFaults:
        return nullcontext()


@contextmanager
def _but_for_forms(noted: AbstractContextManager[None]) -> Iterator[None]:
    of_form: FormFaults | Changed | None = None
    with noted:
        try:
            yield
        except (FormFaults, Changed) as error:
            of_form = error
    if of_form is not None:
        raise of_form


def _is_waiting(case: LeadCase) -> bool:
    return case.undecided and any(one.state.value in RUNNING for one in case.docket.parts)


PART_TERM = CaseForm(
    "term", DeskAction.DEADLINE, ("调整部门期限", "Amend a department's term"),
    ("谁可以调整、几次、多少天，由事项和法律规定；部门和监督机关会收到签名的通知。",
     "The matter and the law say who may, how often and by how much; the department and the monitors are told."),
    _part_fields, _amend_part, ("签名并告知", "Sign and tell it"),
    ("期限已调整。", "The term is amended."), _is_waiting, around=_part_noted,
)  # fmt: skip
CASE_TERM = CaseForm(
    "case-term", DeskAction.CASE_TERM, ("调整案件期限", "Amend the term of the case"),
    ("延长一次，在届满之前：一个部门办理的，本机关决定，最多 10 个工作日；"
     "多个部门办理的，由本级政府决定，最多 15 个工作日（第四十二条）。",
     "Extended once, before its end: by the lead by up to 10 working days where one department handles the case; where "
     "several do, by the government above it by up to 15 (article 42)."),
    _case_fields, _amend_case, ("签名并告知", "Sign and tell it"),
    ("案件期限已调整。", "The term of the case is amended."), lambda case: case.undecided, around=_case_noted,
)  # fmt: skip
