"""Who stands in for whom: recorded by whoever will be away, or by the supervisor, and over by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskGroup, DeskPage, DeskSection
from exchange.desk.visit import DeskVisit
from exchange.errors import Conflict, Denied, NotFound
from exchange.language import Words, language
from exchange.messaging.node import Step
from exchange.schemas import Role
from exchange.web.door.store import Accounts
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.rules import MOST, WantedStandIn, stand_in_faults
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
    here = visit.node.address
    return {
        code: visit.words(matter.names)
        for code, matter in visit.face.catalogue().items()
        if any(one.department == here for one in (*matter.approvers, *matter.further))
    }


def _record(visit: DeskVisit, step: Step) -> str:
    """Record it: for others the supervisor alone does."""
    absent = visit.typed("absent", visit.who) or visit.who
    if absent != visit.who and not visit.may(DeskAction.ACCOUNTS):
        raise Denied("only a supervisor says who stands in for others", remedy="ask a supervisor of this office")
    days = [_day(visit.typed(name)) for name in ("since", "until")]
    wanted = WantedStandIn(absent, visit.typed("stand_in"), days[0], days[1], visit.chosen("matter"))
    today = visit.now.date()
    accounts = frozenset(row.name for row in step.tx[Accounts].all() if row.locked_at is None)
    recorded = len(step.tx[StandIns].open(today, MOST))
    faults = list(stand_in_faults(wanted, accounts, frozenset(_matters(visit)), today, recorded))
    if faults or wanted.since is None or wanted.until is None:
        raise FormFaults(
            [
                FormFault(field, visit.words(_LABELS[field]), what.written(language()), remedy.written(language()))
                for field, what, remedy in faults
            ]
        )
    number, at = step.tx[StandIns].next_number(), visit.face.gate.clock.now()
    record = StandIn(
        number, absent, wanted.stand_in, wanted.since, wanted.until, tuple(sorted(set(wanted.matters))), visit.who, at
    )
    step.tx[StandIns].add(record)
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
    number = visit.path["number"]
    one = step.tx[StandIns].get(int(number)) if number.isascii() and number.isdecimal() and len(number) < 9 else None
    if one is None:
        raise NotFound("there is no such record", remedy="choose one of the list")
    if one.absent != visit.who and not visit.may(DeskAction.ACCOUNTS):
        raise Denied("only a supervisor says who stands in for others", remedy="ask a supervisor of this office")
    if not step.tx[StandIns].end(one.number, visit.who, visit.face.gate.clock.now()):
        raise Conflict("it was ended before", remedy="nothing is to be done")
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
