"""Holds and drains: what rests and why, what that endangers, and the diagnostics bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from exchange.approval.held import SHOWN, Endangered
from exchange.console.section import Download, File, FormAction, Group, Page, Question, Section, Visit
from exchange.errors import CallerError
from exchange.messaging.rules.holding import NEVER_HELD, Hold
from exchange.operations.health.diagnostics import archive, bundle
from exchange.operations.health.sampler import sampler_of
from exchange.operations.holds import domain
from exchange.operations.records.stores import provisional_by
from exchange.runtime import draining
from exchange.runtime.profiles import Profile
from exchange.schemas import MESSAGES, Role
from exchange.web.door.permissions import Action


@dataclass(frozen=True)
class _Held:
    """A hold with what rests behind it and what it endangers."""

    hold: Hold
    missing: tuple[str, ...]
    at_rest: int
    risks: list[Endangered]


def _holds(visit: Visit) -> Mapping[str, object]:
    view = visit.view
    profiles = view.profiles()
    found = domain.survey(profiles, view.store)
    there = {address: profile for address, profile in profiles.items() if address not in found.away}
    held = [
        _Held(one.hold, one.missing, found.kept(one.hold), domain.at_risk(there, view.store, one.hold))
        for one in found.standing
    ]
    return {
        "held": held,
        "drains": [(member, wish, left) for member, (wish, left) in found.drained.items()],
        "members": list(profiles.values()),
        "kinds": sorted(set(MESSAGES) - NEVER_HELD),
        "asked": _asked(visit),
        "away": found.away,
        "shown": SHOWN,
        "is_provisional": provisional_by(view.calendar()),
        "danger": lambda one: visit.say(*domain.IN_WORDS[one.danger]),
        "preview": _preview(visit, there),
    }


def _asked(visit: Visit) -> str:
    return visit.query.get("what", "")


def _preview(visit: Visit, profiles: Mapping[str, Profile]) -> list[Endangered] | None:
    """What holding the thing asked about would endanger; None where nothing is asked."""
    what = _asked(visit)
    if not what:
        return None
    addressee, kind = domain.hold_target(profiles, what)
    hold = Hold("", addressee, kind, "", "", visit.view.clock.now())
    return domain.at_risk(profiles, visit.view.store, hold)


def _hold(visit: Visit) -> str:
    view, what = visit.view, _sent(visit, "what")
    addressee, kind = domain.hold_target(view.profiles(), what)
    spread = domain.hold_everywhere(
        view.profiles(), view.store, addressee, kind, _sent(visit, "reason"), visit.account.name, view.clock.now()
    )
    away = ", ".join(spread.away)
    if away:
        return _said(
            visit, f"已暂停 {what}；尚未到达 {away}，请重做", f"{what} is held, but not yet at {away}: do it again"
        )
    return _said(visit, f"已暂停：{what}", f"held: {what}")


def _release(visit: Visit) -> str:
    view, what = visit.view, _sent(visit, "what")
    released = domain.release_named(view.profiles(), view.store, what, visit.account.name, view.clock.now())
    return _said(visit, f"已恢复：{', '.join(released)}", f"released: {', '.join(released)}")


def _drain(visit: Visit) -> str:
    view, member = visit.view, _sent(visit, "member")
    domain.check_member(view.profiles(), member)
    draining.ask_drain(view.store(member), visit.account.name, _sent(visit, "reason"), view.clock.now())
    return _said(visit, f"{member} 正在排空", f"{member} is being drained")


def _diagnostics(visit: Visit) -> File:
    return File("yizhan-diagnostics.tar.gz", "application/gzip", [archive(bundle(visit.view.settings))])


def _ask_hold(visit: Visit) -> Question:
    what, profiles = _sent(visit, "what"), visit.view.profiles()
    addressee, kind = domain.hold_target(profiles, what)
    touched = domain.at_risk(profiles, visit.view.store, Hold("", addressee, kind, "", "", visit.view.clock.now()))
    some = len(touched)
    return Question(
        ("暂停投递？", "Hold?"),
        ((f"{what}：今后的报文留在发送方，直到恢复；不丢失。",
          f"{what}: messages rest at their senders until the release; none is lost."),
         (f"将影响 {some} 件在办的征求意见。", f"It touches {some} open consultations.")),
        (f"暂停 {what}", f"Hold {what}"),
    )  # fmt: skip


def _ask_drain(visit: Visit) -> Question:
    member, profiles = _sent(visit, "member"), visit.view.profiles()
    domain.check_member(profiles, member)
    says = [
        (
            f"{member} 办完手头的即停止，不再接收，直到恢复。",
            f"{member} finishes what is in hand, then takes in nothing.",
        )
    ]
    ends = sampler_of(visit.view).latest().facts.ends
    if Role.MONITOR in profiles[member].roles:
        says.append((f"它是督办成员：其间没有期限被督办；现有 {ends.overdue} 个已届满，几天内 {ends.soon} 个届满。",
                     f"It is the monitor: no deadline is watched meanwhile; {ends.overdue} are over, {ends.soon} end "
                     "within days."))  # fmt: skip
    if Role.WINDOW in profiles[member].roles:
        says.append(("它是窗口：其间的意见在队列等候，案件不推进。",
                     "It is the window: opinions wait in its queue, and no case moves on."))  # fmt: skip
    if Role.DEPARTMENT in profiles[member].roles:
        says.append(
            ("其期限照常计算；不想起算请改用暂停。", "Its terms run on; hold it instead where they must not begin.")
        )
    return Question(("排空成员？", "Drain the member?"), tuple(says), (f"排空 {member}", f"Drain {member}"))


def _said(visit: Visit, chinese: str, english: str) -> str:
    return f"/holds?{urlencode({'said': visit.say(chinese, english)})}"


def _sent(visit: Visit, name: str) -> str:
    text = str(visit.form.get(name, "")).strip() if visit.form is not None else ""
    if not text:
        raise CallerError("{name} is missing", remedy=visit.say("请填写", "fill it in"), name=name)
    return text


SECTION = Section(
    pages=(
        Page(
            "/holds",
            ("暂停与排空", "Holds and drains"),
            "holds.html",
            _holds,
            in_menu=True,
            group=Group.MESSAGES,
            every=3.0,
        ),
    ),
    actions=(
        FormAction("/holds/hold", Action.HOLD, _hold, _ask_hold),
        FormAction("/holds/release", Action.HOLD, _release, None),
        FormAction("/holds/drain", Action.DRAIN, _drain, _ask_drain),
    ),
    downloads=(Download("/diagnostics.tar.gz", Action.DIAGNOSE, _diagnostics),),
)
