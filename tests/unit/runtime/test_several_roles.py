"""A member with several roles does the work of each of them."""

from __future__ import annotations

from itertools import combinations
from typing import Any, cast

import pytest

from exchange.levels import spread
from exchange.messaging.node import Step
from exchange.messaging.receipts import OnSigned
from exchange.runtime.work import Work, work_for
from exchange.schemas import Role

PAIRS = list(combinations(Role, 2))


def take(*_: object) -> spread.Taken:
    raise AssertionError("nothing is taken here")


def told(hook: OnSigned) -> str:
    """Whose a hook is: functions of modules, and methods of objects made anew for each member."""
    return f"{hook.__module__}.{getattr(hook, '__qualname__', '')}"


def work(*roles: Role) -> Work:
    return work_for(roles, take=cast(Any, take))


@pytest.mark.parametrize("roles", PAIRS, ids=["+".join(pair) for pair in PAIRS])
def test_every_role_of_two_gets_the_messages_the_rounds_and_the_receipts_that_are_its_own(
    roles: tuple[Role, Role],
) -> None:
    both = work(*roles)
    for role in roles:
        alone = work(role)
        assert set(alone.handlers) <= set(both.handlers)
        assert {told(one) for one in alone.signed} <= {told(one) for one in both.signed}
    assert len(both.signed) == sum(len(work(role).signed) for role in roles)


def test_all_who_wait_for_receipts_are_told_of_them_in_turn() -> None:
    heard: list[str] = []
    both = Work(signed=(lambda *_: heard.append("relay"), lambda *_: heard.append("window")))
    both.on_signed(cast(Step, None), [], [])
    assert heard == ["relay", "window"]
    assert len(work(Role.RELAY, Role.WINDOW, Role.DEPARTMENT).signed) == 5
