"""Heads of an audit log in the order of their signing: what can follow what, what is held, what a log has to have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exchange.audit.heads import HeldHead, first_missing, stepped_back, with_head

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def head(minutes: int, seq: int, name: str = "") -> HeldHead:
    return HeldHead(NOON + timedelta(minutes=minutes), seq, name or f"{seq:064x}")


@pytest.mark.parametrize(
    ("heads", "back"),
    [
        ([], None),
        ([head(0, 3), head(1, 5), head(2, 5), head(3, 9)], None),
        ([head(0, 5), head(1, 3)], head(1, 3)),
        ([head(0, 5), head(1, 5, "f" * 64)], head(1, 5, "f" * 64)),
        ([head(2, 9), head(0, 5), head(1, 4), head(3, 10)], head(1, 4)),
    ],
)
def test_a_log_that_only_grows_never_steps_back(heads: list[HeldHead], back: HeldHead | None) -> None:
    assert stepped_back(heads) == back


def test_the_log_must_have_the_entry_of_every_head() -> None:
    log = {seq: f"{seq:064x}" for seq in range(1, 8)}
    held = [head(0, 3), head(1, 7)]
    assert first_missing(held, log.get) is None
    assert first_missing([*held, head(2, 9)], log.get) == head(2, 9)
    assert first_missing(held, {**log, 3: "e" * 64}.get) == head(0, 3)
    assert first_missing(held, {**log, 8: "e" * 64}.get) is None


def test_the_latest_are_held_and_of_earlier_ones_the_first_of_each_day() -> None:
    held: tuple[HeldHead, ...] = ()
    every = [head(minutes, seq) for seq, minutes in enumerate(range(0, 60 * 24 * 90, 360), 1)]
    for one in every:
        held = with_head(held, one)
    assert held[-32:] == tuple(every[-32:])
    assert len(held) == 32 + 64
    assert len({one.issued_at.date() for one in held[:64]}) == 64
    assert with_head(held, every[-1]) == held
