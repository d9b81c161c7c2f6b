"""What is done with a filing: it is accepted, told once what is missing, or turned down (article 32)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.approval.acceptance.officers import (
    FilingStatus,
    accept_filing_in,
    filing_status,
    refuse_in,
    revision_in,
    tell_incomplete_in,
)
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.section import DeskQuestion
from exchange.desk.seen import expect_seen
from exchange.desk.visit import DeskVisit
from exchange.language import Language, Words
from exchange.messaging.node import Step
from exchange.schemas import AcceptanceOutcome, MissingItem

_SPARE = 3
"""Empty lines for what the form's own check does not find."""
_MOST = 40
_LONGEST = 500
TURNED_DOWN: Mapping[AcceptanceOutcome, Words] = {
    AcceptanceOutcome.REFUSED: ("补正后仍不齐全", "It was told what is missing, and is incomplete still"),
    AcceptanceOutcome.NOT_COMPETENT: ("不属于本机关职权范围", "Another authority is competent"),
    AcceptanceOutcome.NOT_NEEDED: ("依法不需要取得许可", "No licence is needed"),
}


def missing_rows(visit: DeskVisit, found: FilingStatus) -> list[tuple[str, str]]:
    """Return the lines of what is missing: as typed, else what the form's own check finds, in the applicant's Chinese,
    with empty ones behind.
    """
    typed = list(_typed_rows(visit))
    if typed:
        return typed
    chinese = Language.CHINESE
    faults = [(one.plain(chinese), one.remedy.written(chinese)) for one in found.lacking.lacking()]
    return [*faults[: _MOST - _SPARE], *[("", "")] * _SPARE]


def ask_accept(visit: DeskVisit) -> DeskQuestion:
    """Say what an acceptance brings about, before it is signed."""
    found = filing_status(visit.node, visit.path["number"], visit.path["portal"])
    names = {one.code: one.names for one in found.matter.materials}
    later = [names[code] for code in visit.chosen("promise") if code in names]
    asked = [one for one in found.matter.approvers if one.stage == min(two.stage for two in found.matter.approvers)]
    called = visit.face.names()
    who = [called.get(one.department, (one.department, one.department)) for one in asked]
    says: list[Words] = [
        (
            f"申请人收到由本窗口签名的受理通知书：{found.row.project}（{found.row.number}），自材料齐全之日起计算期限。",
            f"The applicant gets the signed notice of acceptance of {found.row.number}; terms count from the day on "
            "which the complete file came.",
        ),
        (
            f"案件成立，并同时送达：{'、'.join(zh for zh, _ in who)}。",
            f"A case is opened, and put at once to: {', '.join(en for _, en in who)}.",
        ),
    ]
    if later:
        says.append(
            (
                f"容缺受理，申请人承诺补交：{'、'.join(zh for zh, _ in later)}。",
                f"Accepted against the promise to hand in later: {', '.join(en for _, en in later)}.",
            )
        )
    return DeskQuestion(("受理？", "Accept it?"), tuple(says), ("签名并受理", "Sign and accept"))


def accept(visit: DeskVisit, step: Step) -> str:
    """Accept it, and open its case."""
    number, portal = _expect_same(visit, step)
    case = accept_filing_in(step, number, visit.who, promised=visit.chosen("promise"), portal=portal)
    return f"/lead/case/{case}?done=accepted"


def tell_missing(visit: DeskVisit, step: Step) -> str:
    """Tell, once, all that is missing."""
    number, portal = _expect_same(visit, step)
    tell_incomplete_in(step, number, _items(visit), visit.who, portal=portal)
    return f"/lead/filing/{portal}/{number}?done=told-missing"


def turn_down(visit: DeskVisit, step: Step) -> str:
    """Turn it down, with reasons."""
    number, portal = _expect_same(visit, step)
    faults = list(_faults_of_turning_down(visit))
    if faults:
        raise FormFaults(faults)
    outcome, competent = AcceptanceOutcome(visit.typed("outcome")), visit.typed("competent").strip() or None
    refuse_in(step, number, outcome, visit.typed("reasons"), visit.who, competent_body=competent, portal=portal)
    return f"/lead/filing/{portal}/{number}?done=turned-down"


def _faults_of_turning_down(visit: DeskVisit) -> Iterator[FormFault]:
    """What is wrong in the form, as far as it shows; whether the ground fits this filing its own rule says."""
    outcome, competent = visit.typed("outcome"), visit.typed("competent").strip()
    if outcome not in tuple(AcceptanceOutcome):
        ground, what = visit.say("理由类别", "On which ground"), visit.say("没有选择", "nothing is chosen")
        yield FormFault("outcome", ground, what, visit.say("选择一项", "choose one"))
    elif (outcome == AcceptanceOutcome.NOT_COMPETENT) != bool(competent):
        wrong: tuple[Words, Words] = (
            (("只在属于另一机关职权时填写", "it is named where another authority is competent, and only there"),
             ("清空，或者另选理由类别", "leave it empty, or choose the other ground"))
            if competent
            else (("没有填写", "it is empty"),
                  ("写明申请人应向哪个机关申请", "name the authority that the applicant should turn to"))
        )  # fmt: skip
        yield FormFault("competent", visit.say("有权机关", "Competent authority"), *map(visit.words, wrong))
    if not visit.typed("reasons").strip():
        yield FormFault("reasons", visit.say("理由", "Reasons"), visit.say("没有填写", "it is empty"),
                        visit.say("填写", "fill it in"))  # fmt: skip


def _expect_same(visit: DeskVisit, step: Step) -> tuple[str, str]:
    number, portal = visit.path["number"], visit.path["portal"]
    expect_seen(visit, revision_in(step, number, portal))
    return number, portal


def _typed_rows(visit: DeskVisit) -> Iterator[tuple[str, str]]:
    return zip(visit.chosen("what"), visit.chosen("remedy"), strict=False)


def _items(visit: DeskVisit) -> list[MissingItem]:
    """What was typed, line by line. Raises FormFaults for lines of which one half is missing or too long."""
    found, faults = [], []
    for place, (what, remedy) in enumerate(_typed_rows(visit)):
        what, remedy = " ".join(what.split()), " ".join(remedy.split())
        if not what and not remedy:
            continue
        label = visit.say(f"第 {place + 1} 行", f"Line {place + 1}")
        if not what or not remedy:
            why = visit.say("只填了一半", "only one half is there")
            faults.append(FormFault(f"what-{place}", label, why, visit.say("写明缺什么、怎么补", "say both")))
        elif max(len(what), len(remedy)) > _LONGEST:
            why = visit.say("过长", "it is too long")
            faults.append(
                FormFault(f"what-{place}", label, why, visit.say("不超过 500 字", "use up to 500 characters"))
            )
        else:
            found.append(MissingItem(what=what, remedy=remedy))
    if faults:
        raise FormFaults(faults)
    return found
