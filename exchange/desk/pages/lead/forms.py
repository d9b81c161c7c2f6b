"""Forms about one case: each a page with its fields, and the act behind it; all of them are made alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

from starlette.datastructures import UploadFile

from exchange.clock import CST
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.pages.lead.seeing import LeadCase, expect_case_seen, lead_case
from exchange.desk.permissions import DeskAction
from exchange.desk.section import FORM_MOST, DeskAct, DeskPage, DeskQuestion
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.messaging.node import Step
from exchange.portal.uploads.file_names import file_name
from exchange.schemas.base import ATTACHMENT_LIMIT

Choices = Sequence[tuple[str, Words]]


@dataclass(frozen=True)
class CaseField:
    """One field of a form."""

    name: str
    label: Words
    kind: str = "text"
    """As `parts.field` knows them; or ``boxes``, of which several are ticked; or ``file``, sent with the form."""
    hint: Words = ("", "")
    required: bool = True
    choices: Choices = ()
    otherwise: str = ""
    """What it holds before anything was typed."""
    unit: Words = ("", "")


@dataclass(frozen=True)
class CaseForm:
    """One form: where it stands, what it asks for, and what is done with that."""

    key: str
    """The last part of its address, and the name of what is said afterwards."""
    action: DeskAction
    title: Words
    says: Words
    """What it brings about."""
    fields: Callable[[DeskVisit, LeadCase], Sequence[CaseField]]
    do: Callable[[DeskVisit, Step, str], object]
    button: Words
    done: Words
    may: Callable[[LeadCase], bool]
    """Whether it makes sense as the case stands; for what its page offers."""
    ask: Callable[[DeskVisit], DeskQuestion | None] | None = None
    around: Callable[[DeskVisit], AbstractContextManager[None]] | None = None
    template: str = "lead/form.html"
    files: int = 0
    """How many files it may bring."""
    grave: bool = False
    """Whether its button is to look as what takes something away."""

    @property
    def page(self) -> DeskPage:
        """Return its page."""
        return DeskPage(f"/lead/case/{{number}}/{self.key}", self.title, self.template, self._view, every=0)

    @property
    def act(self) -> DeskAct:
        """Return what answers it."""
        most = FORM_MOST + self.files * ATTACHMENT_LIMIT
        return DeskAct(self.page.path, self.action, self._do, self.page, self.ask, self.files, most, self.around)

    def _view(self, visit: DeskVisit) -> Mapping[str, object]:
        case = lead_case(visit)
        fields = self.fields(visit, case)
        return {
            "case": case,
            "row": case.row,
            "number": case.row.number,
            "says": visit.words(self.says),
            "button": visit.words(self.button),
            "grave": self.grave,
            "may": visit.may(self.action),
            "fields": fields,
            "values": {
                one.name: visit.typed(one.name, one.otherwise or visit.query.get(one.name, "")) for one in fields
            },
            "ticked": [code for one in fields if one.kind == "boxes" for code in visit.chosen(one.name)],
            "mark": case.mark,
        }

    def _do(self, visit: DeskVisit, step: Step) -> str:
        number = expect_case_seen(visit, step)
        self.do(visit, step, number)
        return f"/lead/case/{number}?done={self.key}"


REASONS = CaseField("reasons", ("理由", "Reasons"), "long-text")


def whole(visit: DeskVisit, name: str, label: Words, *, required: bool = False) -> int | None:
    """Return a whole number that was typed; None where nothing was. Raises FormFaults."""
    text = visit.typed(name).strip()
    if not text and not required:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        what, remedy = visit.say("不是整数", "it is no whole number"), visit.say("填写工作日数", "give working days")
        raise FormFaults([FormFault(name, visit.words(label), what, remedy)])
    return int(text)


def lines(visit: DeskVisit, name: str) -> tuple[str, ...]:
    """Return what was typed, line by line."""
    return tuple(line.strip() for line in visit.typed(name).split("\n") if line.strip())


def texts(visit: DeskVisit, *fields: CaseField) -> list[str]:
    """Return what was typed into fields of which none may be empty. Raises FormFaults with all that are."""
    empty = [empty_fault(visit, one.name, one.label) for one in fields if not visit.typed(one.name).strip()]
    if empty:
        raise FormFaults(empty)
    return [visit.typed(one.name) for one in fields]


def one_of(visit: DeskVisit, name: str, label: Words, known: Sequence[str]) -> str:
    """Return what was chosen. Raises FormFaults where that is nothing, or nothing known."""
    chosen = visit.typed(name)
    if chosen not in known:
        what, remedy = visit.say("没有选择", "nothing is chosen"), visit.say("选择一项", "choose one")
        raise FormFaults([FormFault(name, visit.words(label), what, remedy)])
    return chosen


def file_sent(visit: DeskVisit, name: str, label: Words) -> tuple[str, bytes] | None:
    """Return name and octets of a file that came with the form; None where none did. Raises FormFaults, BadFile."""
    sent = visit.form.get(name) if visit.form is not None else None
    if not isinstance(sent, UploadFile) or not sent.filename:
        return None
    content = sent.file.read(ATTACHMENT_LIMIT + 1)
    if content and len(content) <= ATTACHMENT_LIMIT:
        return file_name(sent.filename).name, content
    what = visit.say("文件为空或过大", "it is empty, or too large")
    remedy = visit.say(f"不超过 {ATTACHMENT_LIMIT:,} 字节", f"up to {ATTACHMENT_LIMIT:,} bytes may travel inside")
    raise FormFaults([FormFault(name, visit.words(label), what, remedy)])


def moment_typed(visit: DeskVisit, name: str, label: Words) -> datetime:
    """Return a moment that was typed, in China Standard Time. Raises FormFaults."""
    try:
        found = datetime.fromisoformat(visit.typed(name).strip().replace(" ", "T", 1))
    except ValueError:
        raise _no_time(visit, name, label, "2026-03-20 09:30") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=CST)


def day_typed(visit: DeskVisit, name: str, label: Words) -> date:
    """Return a day that was typed. Raises FormFaults."""
    try:
        return date.fromisoformat(visit.typed(name).strip())
    except ValueError:
        raise _no_time(visit, name, label, "2026-03-20") from None


def day_given(
    visit: DeskVisit, name: str, label: Words, faults: list[FormFault], *, required: bool = True
) -> date | None:
    """Return a day that was typed; None where none was, and what is wrong with it is put to the faults."""
    if not required and not visit.typed(name).strip():
        return None
    try:
        return day_typed(visit, name, label)
    except FormFaults as wrong:
        faults += wrong.faults
        return None


def empty_fault(visit: DeskVisit, name: str, label: Words) -> FormFault:
    """Return what is said of a field that was left empty."""
    return FormFault(name, visit.words(label), visit.say("没有填写", "it is empty"), visit.say("填写", "fill it in"))


def _no_time(visit: DeskVisit, name: str, label: Words, example: str) -> FormFaults:
    what = visit.say("不是日期时间", "it is no such time")
    return FormFaults(
        [FormFault(name, visit.words(label), what, visit.say(f"例如 {example}", f"write it as {example}"))]
    )
