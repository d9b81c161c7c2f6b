"""Ids that two monitors derive alike: from every fact, and for ever in the same way, or a message would come twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from exchange.approval.rules.derived_ids import clock_reminder_id, deemed_id, escalation_id, reminder_id
from exchange.clock import CST

BEGAN = datetime(2026, 3, 2, 9, 0, 0, 123456, CST)
Derivation = tuple[Callable[..., str], tuple[object, ...], tuple[object, ...], str]
DUE = datetime(2026, 3, 10, 0, 0, 0, 0, CST)
DERIVED: list[Derivation] = [
    (
        reminder_id,
        ("HF-2026-000017", "hefei.water", 50, BEGAN, DUE),
        ("HF-2026-000018", "hefei.fire", 90, BEGAN + timedelta(microseconds=1), DUE + timedelta(days=1)),
        "1a388e65-603f-5aa1-8283-1ba2a0f0ced9",
    ),
    (
        clock_reminder_id,
        ("HF-2026-000017", "hefei.water", 2, BEGAN),
        ("HF-2026-000018", "hefei.fire", 3, BEGAN + timedelta(microseconds=1)),
        "3c118116-843a-5e0c-b519-ec97867ce303",
    ),
    (
        deemed_id,
        ("HF-2026-000017", "hefei.water", 3),
        ("HF-2026-000018", "hefei.fire", 4),
        "12f4e38d-9ecd-59ee-9ad4-367d8c75eda7",
    ),
    (
        escalation_id,
        ("HF-2026-000017", "hefei.water", 3),
        ("HF-2026-000018", "hefei.fire", 4),
        "ac7acd38-d122-550a-a862-952596c992d6",
    ),
]


@pytest.mark.parametrize(("derive", "facts", "others", "known"), DERIVED)
def test_an_id_is_what_earlier_releases_derived(
    derive: Callable[..., str], facts: tuple[object, ...], others: tuple[object, ...], known: str
) -> None:
    assert derive(*facts) == known


@pytest.mark.parametrize(("derive", "facts", "others", "known"), DERIVED)
def test_every_fact_makes_another_id(
    derive: Callable[..., str], facts: tuple[object, ...], others: tuple[object, ...], known: str
) -> None:
    assert len(inspect.signature(derive).parameters) == len(facts) == len(others)
    changed = [derive(*facts[:place], other, *facts[place + 1 :]) for place, other in enumerate(others)]
    assert len({known, *changed}) == 1 + len(others)


def test_the_same_moment_on_another_clock_is_the_same_reminder() -> None:
    elsewhere = BEGAN.astimezone()
    assert clock_reminder_id("HF-1", "hefei.water", 1, elsewhere) == clock_reminder_id("HF-1", "hefei.water", 1, BEGAN)
    due = DUE.astimezone()
    assert reminder_id("HF-1", "hefei.water", 1, elsewhere, due) == reminder_id("HF-1", "hefei.water", 1, BEGAN, DUE)


def test_kinds_of_messages_never_share_an_id() -> None:
    assert deemed_id("HF-1", "hefei.water", 1) != escalation_id("HF-1", "hefei.water", 1)
