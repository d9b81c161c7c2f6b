"""Who stands in for whom: recorded by whoever will be away, or by the supervisor, and over by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskGroup, DeskPage, DeskSection
from exchange.desk.visit import DeskVisit
from exchange.language import Words, language
from exchange.messaging.node import Step
from exchange.schemas import Role
from exchange.web.door.store import Accounts
from exchange.web.stand_ins.recording import (
    check_may_record,
    end_stand_in,
    faults_of_wanted,
    record_stand_in,
    stand_in_matters,
)
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.rules import WantedStandIn
from exchange.web.stand_ins.store import StandIns

_SHOWN = 60
_LABELS: Mapping[str, Words] = {
    "absent": ("谁外出", "Who is away"),
    "stand_in": ("由谁代办", "Who stands in"),
    "since": ("自", "From"),
    "until": ("至（含当日）", "Until, that day too"),
    "matter": ("限于事项", "Only in these matters"),
}


def _page(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.store.reading() as tx:
        records = tx[StandIns].latest(_SHOWN)
        names = [row.name for row in tx[Accounts].all() if row.locked_at is None]
    return {
        "records": [(one, *_standing(visit, one)) for one in records],
        "may_end": lambda one: _may_end(visit, one),
        "names": names,
        "own": visit.who,
        "for_others": visit.may(DeskAction.ACCOUNTS),
        "matters": sorted(_matters(visit).items()),
        "labels": {name: visit.words(words) for name, words in _LABELS.items()},
        "typed": {
            name: visit.typed(name, otherwise)
            for name, otherwise in (
                ("absent", visit.who), ("stand_in", ""), ("since", visit.now.date().isoformat()), ("until", ""),
            )
        },
        "chosen": visit.chosen("matter"),
    }  # fmt: skip


def _standing(visit: DeskVisit, one: StandIn) -> tuple[str, str]:
    """Tone and word of how a record stands today."""
    today = visit.now.date()
    if one.ended_at is not None:
        return "", visit.say(f"{one.ended_by} 提前结束", f"ended by {one.ended_by}")
    if one.holds_on(today):
        return "good", visit.say("代办中", "now")
    return ("info", visit.say("尚未开始", "to come")) if today < one.since else ("", visit.say("已到期", "over"))


def _may_end(visit: DeskVisit, one: StandIn) -> bool:
    open_ = one.ended_at is None and visit.now.date() <= one.until
    return open_ and (one.absent == visit.who or visit.may(DeskAction.ACCOUNTS))


def _matters(visit: DeskVisit) -> dict[str, str]:
    """The matters in which this member is asked, or may be, by code."""
    found = stand_in_matters(visit.node, visit.face.catalogue())
    return {code: visit.words(words) for code, words in found.items()}


def _record(visit: DeskVisit, step: Step) -> str:
    """Record it: for others the supervisor alone does."""
    absent = visit.typed("absent", visit.who) or visit.who
    check_may_record(visit.who, absent, supervises=visit.may(DeskAction.ACCOUNTS))
    since, until = (_day(visit.typed(name)) for name in ("since", "until"))
    wanted = WantedStandIn(absent, visit.typed("stand_in"), since, until, visit.chosen("matter"))
    faults = faults_of_wanted(step.tx, wanted, _matters(visit), visit.now.date())
    if faults or since is None or until is None:
        raise FormFaults(
            [
                FormFault(field, visit.words(_LABELS[field]), what.written(language()), remedy.written(language()))
                for field, what, remedy in faults
            ]
        )
    record_stand_in(step.tx, wanted, since, until, visit.who, visit.face.gate.clock.now())
    return "/stand-ins?done=recorded"


def _told(visit: DeskVisit) -> str:
    """Who, for whom and when, as it was recorded."""
    names = f"{visit.typed('stand_in')} / {visit.typed('absent', visit.who) or visit.who}"
    return " ".join((names, visit.typed("since"), visit.typed("until"), *visit.chosen("matter")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _end(visit: DeskVisit, step: Step) -> str:
    typed = visit.path["number"]
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0
    at, supervises = visit.face.gate.clock.now(), visit.may(DeskAction.ACCOUNTS)
    end_stand_in(step.tx, number, visit.who, at, supervises=supervises)
    return "/stand-ins?done=stand-in-ended"


PAGE = DeskPage(
    "/stand-ins", ("代办", "Stand-ins"), "stand_ins.html", _page, DeskAction.STAND_IN, in_menu=True,
    group=DeskGroup.OFFICE, every=0,
)  # fmt: skip

SECTION = DeskSection(
    pages=(PAGE,),
    acts=(
        DeskAct("/stand-ins", DeskAction.STAND_IN, _record, PAGE, about=_told),
        DeskAct("/stand-ins/{number}/end", DeskAction.STAND_IN, _end, PAGE),
    ),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "recorded": ("代办已登记。", "It is recorded who stands in."),
        "stand-in-ended": ("代办已结束。", "It is ended."),
    },
)
