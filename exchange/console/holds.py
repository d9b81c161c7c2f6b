"""Holds and drains: what rests and why, what that endangers, and the diagnostics bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from exchange.bootstrap import draining, holding
from exchange.bootstrap.diagnostics import archive, bundle
from exchange.bootstrap.draining import Drain, Left
from exchange.console.section import Deed, Download, File, Page, Section, Visit
from exchange.errors import CallerError, DatabaseUnavailable
from exchange.flow.holding import Endangered, resting
from exchange.flow.ports import Hold
from exchange.rules.holding import NEVER_HELD
from exchange.rules.permissions import Action
from schemas.export import json_schemas


@dataclass(frozen=True)
class _Held:
    """A hold with what rests behind it and what it endangers."""

    hold: Hold
    missing: tuple[str, ...]
    at_rest: int
    risks: list[Endangered]


def _holds(visit: Visit) -> Mapping[str, object]:
    desk = visit.desk
    profiles = desk.profiles()
    there = [address for address in profiles if _is_there(visit, address)]
    rests = resting([desk.store(address) for address in there])
    reachable = {address: profiles[address] for address in there}
    held = [
        _Held(
            one.hold,
            tuple(address for address in profiles if address in one.missing or address not in there),
            sum(copies for key, copies in rests.items() if one.hold.covers(*key)),
            holding.at_risk(reachable, desk.store, one.hold),
        )
        for one in holding.standing(reachable, desk.store)
    ]
    return {
        "held": held,
        "drains": _drains(visit, there),
        "members": list(profiles.values()),
        "kinds": sorted(set(json_schemas()) - NEVER_HELD),
        "asked": _asked(visit),
        "away": [address for address in profiles if address not in there],
        "danger": lambda one: visit.say(*holding.IN_WORDS[one.danger]),
        "preview": _preview(visit, reachable),
    }


def _is_there(visit: Visit, address: str) -> bool:
    try:
        visit.desk.store(address).ping()
    except DatabaseUnavailable:
        return False
    return True


def _drains(visit: Visit, addresses: list[str]) -> list[tuple[str, Drain, Left | None]]:
    found = [(one, draining.drained(visit.desk.store(one))) for one in addresses]
    return [(one, wish, draining.left_when_stopped(visit.desk.store(one))) for one, wish in found if wish is not None]


def _asked(visit: Visit) -> str:
    return visit.query.get("what", "")


def _preview(visit: Visit, profiles: Mapping[str, object]) -> list[Endangered] | None:
    """What holding the thing asked about would endanger; None where nothing is asked."""
    what, all_of_them = _asked(visit), visit.desk.profiles()
    if not what:
        return None
    addressee, kind = holding.hold_target(all_of_them, what)
    hold = Hold("", addressee, kind, "", "", visit.desk.clock.now())
    return holding.at_risk({one: all_of_them[one] for one in profiles}, visit.desk.store, hold)


def _hold(visit: Visit) -> str:
    desk, what = visit.desk, _sent(visit, "what")
    addressee, kind = holding.hold_target(desk.profiles(), what)
    spread = holding.hold_everywhere(
        desk.profiles(), desk.store, addressee, kind, _sent(visit, "reason"), visit.account.name, desk.clock.now()
    )
    away = ", ".join(spread.away)
    if away:
        return _said(
            visit, f"已暂停 {what}；尚未到达 {away}，请重做", f"{what} is held, but not yet at {away}: do it again"
        )
    return _said(visit, f"已暂停：{what}", f"held: {what}")


def _release(visit: Visit) -> str:
    desk, what = visit.desk, _sent(visit, "what")
    released = holding.release_named(desk.profiles(), desk.store, what, visit.account.name, desk.clock.now())
    return _said(visit, f"已恢复：{', '.join(released)}", f"released: {', '.join(released)}")


def _drain(visit: Visit) -> str:
    desk, member = visit.desk, _sent(visit, "member")
    holding.check_member(desk.profiles(), member)
    draining.ask_drain(desk.store(member), visit.account.name, _sent(visit, "reason"), desk.clock.now())
    return _said(visit, f"{member} 正在排空", f"{member} is being drained")


def _diagnostics(visit: Visit) -> File:
    return File("yizhan-diagnostics.tar.gz", "application/gzip", [archive(bundle(visit.desk.settings))])


def _said(visit: Visit, chinese: str, english: str) -> str:
    return f"/holds?{urlencode({'said': visit.say(chinese, english)})}"


def _sent(visit: Visit, name: str) -> str:
    text = str(visit.form.get(name, "")).strip() if visit.form is not None else ""
    if not text:
        raise CallerError(f"{name} is missing", mend=visit.say("请填写", "fill it in"))
    return text


SECTION = Section(
    pages=(Page("/holds", ("暂停与排空", "Holds and drains"), "holds.html", _holds, in_menu=True, every=3.0),),
    deeds=(
        Deed("/holds/hold", Action.HOLD, _hold),
        Deed("/holds/release", Action.HOLD, _release),
        Deed("/holds/drain", Action.DRAIN, _drain),
    ),
    downloads=(Download("/diagnostics.tar.gz", Action.DIAGNOSE, _diagnostics),),
)
