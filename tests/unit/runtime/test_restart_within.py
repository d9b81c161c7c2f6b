"""How long a process that died is waited with: doubling up to what EXCHANGE_RESTART_WITHIN says, or half a minute."""

from __future__ import annotations

import pytest

from exchange.errors import BadConfiguration
from exchange.runtime.supervision.supervised import RESTART_WITHIN, Backoff


def waits(backoff: Backoff, number: int = 8) -> list[float]:
    return [backoff.after(1.0) for _ in range(number)]


@pytest.mark.parametrize("env", [{}, {RESTART_WITHIN: ""}])
def test_without_a_setting_it_doubles_to_half_a_minute(env: dict[str, str]) -> None:
    assert waits(Backoff.read(env)) == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_no_wait_is_longer_than_the_setting_says_even_the_first() -> None:
    assert waits(Backoff.read({RESTART_WITHIN: "2"}), 4) == [0.5, 1.0, 2.0, 2.0]
    assert waits(Backoff.read({RESTART_WITHIN: "3"}), 5) == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert waits(Backoff.read({RESTART_WITHIN: "0.1"}), 3) == [0.1, 0.1, 0.1]


def test_a_calm_run_is_forgiven_under_it_as_well() -> None:
    backoff = Backoff.read({RESTART_WITHIN: "2"})
    waits(backoff)
    assert backoff.after(61.0) == 0.5


def test_the_process_own_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RESTART_WITHIN, "1")
    assert Backoff.read().most == 1.0


@pytest.mark.parametrize("text", ["0", "0.09", "-1", "3601", "nan", "inf", "soon", "1,5"])
def test_what_is_no_such_number_is_refused_and_named(text: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        Backoff.read({RESTART_WITHIN: text})
    assert repr(text) in str(caught.value)
    assert RESTART_WITHIN in str(caught.value)
