"""The handlers and rules that a member's profile asks for; apart, since it imports every feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event

from exchange.levels.spread import Take
from exchange.messaging.stamping.settings import StampSettings
from exchange.messaging.stamping.stamping import Stamping, forget_trouble
from exchange.portal.told.sending import ApplicantTeller
from exchange.portal.told.settings import ToldSettings
from exchange.runtime.home import OpenedMember
from exchange.runtime.profiles import Profile, decide_rule_of, opinion_rule_of
from exchange.runtime.rule_process.waiting import dismiss
from exchange.runtime.work import Work, work_for
from exchange.schemas import Role


def open_work(profile: Profile, take: Take | None = None) -> Work:
    """Return a member's handlers and rules, from its profile; a relay office needs ``take``.

    Its rules run in processes of their own, which `Work.close` ends. Raises BadConfiguration.
    """
    opinion_rule = opinion_rule_of(profile) if Role.DEPARTMENT in profile.roles and profile.rule else None
    decide_rule = decide_rule_of(profile) if Role.WINDOW in profile.roles and profile.rule else None
    rules = tuple(rule for rule in (opinion_rule, decide_rule) if rule is not None)
    work = work_for(
        profile.roles,
        opinion_rule,
        decide_rule,
        take,
        covering=profile.notices.cover,
        rule_decides=profile.rule_decides,
    )
    work.ends = tuple(rule.close for rule in rules)
    for rule in rules:
        rule.check()
    return work


def open_serving_work(opened: OpenedMember, env: Mapping[str, str]) -> Work:
    """Return what `open_work` does, with what goes on beside it where a member is served: a portal tells applicants,
    and everybody's log is time-stamped where authorities are named.

    Raises BadConfiguration.
    """
    loops: dict[str, Callable[[Event], None]] = {}
    stamps = StampSettings.read(env)
    if stamps.authorities:
        loops["time-stamps"] = Stamping(opened.node, stamps).run
    else:
        forget_trouble(opened.node)
    if Role.PORTAL in opened.profile.roles:
        told = ToldSettings.read(env)
        if told.posts:
            profile = opened.profile
            loops["applicants"] = ApplicantTeller(opened.node, told, (profile.name, profile.name_en)).run
    work = open_work(opened.profile, opened.take)
    dismiss()
    work.loops |= loops
    return work
