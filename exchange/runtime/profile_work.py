"""The handlers and rules that a member's profile asks for; apart, since it imports every feature."""

from __future__ import annotations

from exchange.levels.spread import Take
from exchange.runtime.profiles import Profile, load_decide_rule, load_rule
from exchange.runtime.work import Work, work_for
from exchange.schemas import Role


def open_work(profile: Profile, take: Take | None = None) -> Work:
    """Return a member's handlers and rules, from its profile; a relay office needs ``take``.

    Raises BadConfiguration.
    """
    opinion_rule = load_rule(profile) if Role.DEPARTMENT in profile.roles and profile.rule else None
    decide_rule = load_decide_rule(profile) if Role.WINDOW in profile.roles and profile.rule else None
    return work_for(
        profile.roles,
        opinion_rule,
        decide_rule,
        take,
        covering=profile.notices.cover,
        rule_decides=profile.rule_decides,
    )
