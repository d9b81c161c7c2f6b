"""Holds and drains: what rests and why, what that endangers, and the diagnostics bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from exchange.bootstrap import draining, holding
from exchange.bootstrap.diagnostics import archive, bundle
from exchange.console.section import Deed, Download, File, Page, Section, Visit
from exchange.errors import CallerError
from exchange.flow.holding import Endangered
from exchange.flow.ports import Hold
from exchange.profiles import Profile
from exchange.rules.holding import NEVER_HELD
from exchange.rules.permissions import Action
from schemas import MESSAGES


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
    found = holding.survey(profiles, desk.store)
    there = {address: profile for address, profile in profiles.items() if address not in found.away}
    held = [
        _Held(one.hold, one.missing, found.kept(one.hold), holding.at_risk(there, desk.store, one.hold))
        for one in found.standing
    ]
    return {
        "held": held,
        "drains": [(member, wish, left) for member, (wish, left) in found.drained.items()],
        "members": list(profiles.values()),
        "kinds": sorted(set(MESSAGES) - NEVER_HELD),
        "asked": _asked(visit),
        "away": found.away,
        "danger": lambda one: visit.say(*holding.IN_WORDS[one.danger]),
        "preview": _preview(visit, there),
    }


def _asked(visit: Visit) -> str:
    return visit.query.get("what", "")


def _preview(visit: Visit, profiles: Mapping[str, Profile]) -> list[Endangered] | None:
    """What holding the thing asked about would endanger; None where nothing is asked."""
    what = _asked(visit)
    if not what:
        return None
    addressee, kind = holding.hold_target(profiles, what)
    hold = Hold("", addressee, kind, "", "", visit.desk.clock.now())
    return holding.at_risk(profiles, visit.desk.store, hold)


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
