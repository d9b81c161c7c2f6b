"""Licence information is asked of a window, read over before it is signed, and what windows have answered is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.pages.lead.forms import CaseField, empty_fault, lines
from exchange.desk.pages.lead.licensing import no_licence_number
from exchange.desk.pages.licences.reading import faults_of_basis
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskGroup, DeskPage, DeskQuestion
from exchange.desk.visit import DeskVisit
from exchange.language import Words, name_of
from exchange.language.licences import ANSWER_RESULTS, LICENCE_STANDINGS
from exchange.licences.asking import AnsweredQuery, QueryWanted, answers, ask_in
from exchange.licences.rules.issuing import is_licence_number
from exchange.messaging.node import Step
from exchange.schemas import Role

_WINDOW: Words = ("向哪个窗口", "Which window is asked")
_NUMBER: Words = ("许可证件编号", "Number of the licence")
_HOLDER: Words = ("持有人代码", "Code of the holder")
_PURPOSE: Words = ("用途", "What it is needed for")
_BASIS: Words = ("依据", "The law that lets you ask")
_CASE: Words = ("相关案号", "The case that it is needed for")
_UNTOLD: Words = ("不告知持有人的依据", "By which rule the holder is not told")
_FIELDS = (
    CaseField("number", _NUMBER, required=False,
              hint=("编号或持有人代码，二者填一", "its number or its holder's code, one of the two")),
    CaseField("holder", _HOLDER, required=False),
    CaseField("purpose", _PURPOSE, "long-text",
              hint=("窗口留档，持有人可以看到", "on record at the window; the holder reads it")),
    CaseField("basis", _BASIS, "long-text", hint=("每行一条", "one a line")),
    CaseField("case", _CASE, required=False),
    CaseField("untold", _UNTOLD, required=False),
)  # fmt: skip
TONES = {"found": "good", "none": "", "refused": "warn"}
"""Of what came of a query."""
_LONGEST = {"purpose": 2_000, "holder": 500, "case": 64, "untold": 500}
"""As signed queries hold them."""


def _windows(visit: DeskVisit) -> Sequence[str]:
    """Windows that may be asked: all but the own one."""
    found = (one.address for one in visit.node.directory.with_role(Role.WINDOW))
    return sorted(address for address in found if address != visit.node.address)


def _fields(visit: DeskVisit) -> Sequence[CaseField]:
    windows = _windows(visit)
    if len(windows) < 2:
        return _FIELDS
    names = visit.face.names()
    choices = [(address, names.get(address, (address, address))) for address in windows]
    return (CaseField("window", _WINDOW, "choice", choices=choices), *_FIELDS)


def _page(visit: DeskVisit) -> Mapping[str, object]:
    fields = _fields(visit)
    return {
        "fields": fields,
        "values": {one.name: visit.typed(one.name) for one in fields},
        "answers": [_shown(visit, one) for one in answers(visit.node)],
        "may_ask": visit.may(DeskAction.LICENCE_QUERY),
        "askable": bool(_windows(visit)),
    }


def _shown(visit: DeskVisit, one: AnsweredQuery) -> dict[str, object]:
    told = [
        (each.number, f"{each.holder.name} {each.holder.identifier}",
         visit.words(LICENCE_STANDINGS[each.standing]))
        for each in one.answer.licences
    ]  # fmt: skip
    result = one.answer.result.value
    return {
        "id": one.message_id,
        "window": one.window,
        "at": one.answer.at,
        "tone": TONES.get(result, ""),
        "result": name_of(ANSWER_RESULTS, result),
        "about": one.answer.number or one.answer.holder or "",
        "reason": one.answer.reason or "",
        "more": one.answer.more,
        "licences": told,
    }


def _ask(visit: DeskVisit) -> DeskQuestion:
    wanted, window = _wanted(visit)
    told = (
        "窗口自动签名答复；查询的用途和依据由窗口留档，并告知持有人。",
        "The window answers by itself, signed. Purpose and basis stay on record there, and the holder is told of it.",
    )
    untold = (
        "窗口自动签名答复；查询的用途和依据由窗口留档，依所列规定不告知持有人。",
        "The window answers by itself, signed. Purpose and basis stay on record there; by the rule that you name the "
        "holder is not told of it.",
    )
    return DeskQuestion(
        ("签名前请核对查询", "Read the query before it is signed"),
        (told if wanted.untold is None else untold,),
        ("签名并查询", "Sign it, and ask"),
        tuple(_rows(visit, wanted, window)),
    )


def _rows(visit: DeskVisit, wanted: QueryWanted, window: str) -> Iterator[tuple[Words, object]]:
    names = visit.face.names()
    yield _WINDOW, visit.words(names[window]) if window in names else window
    if wanted.number is not None:
        yield _NUMBER, wanted.number
    if wanted.holder is not None:
        yield _HOLDER, wanted.holder
    yield _PURPOSE, wanted.purpose
    yield _BASIS, list(wanted.basis)
    if wanted.case_number is not None:
        yield _CASE, wanted.case_number
    if wanted.untold is not None:
        yield _UNTOLD, wanted.untold


def _send(visit: DeskVisit, step: Step) -> str:
    wanted, window = _wanted(visit)
    ask_in(step, wanted, window)
    return "/licences?done=licence-asked"


def _wanted(visit: DeskVisit) -> tuple[QueryWanted, str]:
    """Return what was typed, and of which window it is asked. Raises FormFaults with all that is wrong."""
    faults, windows = list(_faults(visit)), _windows(visit)
    window = windows[0] if len(windows) == 1 else visit.typed("window")
    if window not in windows:
        what, remedy = visit.say("没有选择", "nothing is chosen"), visit.say("选择一个窗口", "choose a window")
        faults.insert(0, FormFault("window", visit.words(_WINDOW), what, remedy))
    if faults:
        raise FormFaults(faults)
    said = {name: visit.typed(name).strip() or None for name in ("number", "holder", "case", "untold")}
    wanted = QueryWanted(
        visit.typed("purpose").strip(), lines(visit, "basis"), said["number"], said["holder"], said["case"],
        said["untold"],
    )  # fmt: skip
    return wanted, window


def _faults(visit: DeskVisit) -> Iterator[FormFault]:
    number = visit.typed("number").strip()
    if bool(number) == bool(visit.typed("holder").strip()):
        what = visit.say("编号和持有人代码须填且只填一项", "a licence or a holder is asked about, one of the two")
        yield FormFault("number", visit.words(_NUMBER), what, visit.say("填写其中一项", "fill in one of them"))
    elif number and not is_licence_number(number):
        yield no_licence_number(visit, "number", _NUMBER)
    if not visit.typed("purpose").strip():
        yield empty_fault(visit, "purpose", _PURPOSE)
    yield from faults_of_basis(visit, required=True)
    for one in _FIELDS:
        most = _LONGEST.get(one.name)
        if most is not None and len(visit.typed(one.name).strip()) > most:
            what, remedy = visit.say("太长", "it is too long"), visit.say(f"至多 {most} 字", f"up to {most} signs")
            yield FormFault(one.name, visit.words(one.label), what, remedy)


PAGE = DeskPage("/licences", ("许可信息查询", "Licence information"), "licences/asking.html", _page, in_menu=True,
                group=DeskGroup.CASES, every=0)  # fmt: skip
ASK = DeskAct("/licences", DeskAction.LICENCE_QUERY, _send, PAGE, _ask)
