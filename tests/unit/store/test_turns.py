"""Turns are had in the order in which they were asked for, and by nobody twice while others wait."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from exchange.clock import monotonic
from exchange.store.turns import NoTurn, Turns

PATIENCE = 30.0


def wait_for(condition: Callable[[], bool]) -> None:
    until, pause = monotonic() + PATIENCE, threading.Event()
    while not condition():
        assert monotonic() < until
        pause.wait(0.001)


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_who_came_first_has_it_next() -> None:
    turns, order = Turns(), list[int]()

    def take(number: int) -> None:
        with turns:
            order.append(number)

    threads = []
    with turns:
        for number in range(5):
            threads.append(start(lambda number=number: take(number)))
            wait_for(lambda number=number: len(turns._waiting) == number + 1)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [0, 1, 2, 3, 4]


def test_who_asks_again_at_once_waits_behind_the_others() -> None:
    turns, order = Turns(), list[str]()

    def other() -> None:
        with turns:
            order.append("other")

    with turns:
        thread = start(other)
        wait_for(lambda: len(turns._waiting) == 1)
    with turns:
        order.append("again")
    thread.join(PATIENCE)
    assert order == ["other", "again"]


def test_nobody_is_let_in_beside_another() -> None:
    turns, inside, most = Turns(), [0], [0]

    def work() -> None:
        for _ in range(300):
            with turns:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [start(work) for _ in range(8)]
    for thread in threads:
        thread.join(PATIENCE)
    assert most == [1]
    assert not turns._taken


def test_an_error_inside_lets_the_next_one_in() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError
    with turns:
        pass


class Interrupted:
    """A gate at which Ctrl-C comes; ``meanwhile`` happens just before."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile = meanwhile
        self._asked = 0

    def acquire(self, timeout: float = -1) -> bool:
        self._asked += 1
        if self._asked == 2:
            self._meanwhile()
            raise KeyboardInterrupt
        return True

    def release(self) -> None:
        """It has the turn."""


@pytest.mark.parametrize("given", [False, True], ids=["waiting", "given the turn meanwhile"])
def test_who_is_interrupted_while_waiting_keeps_nobody_out(given: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns()
    turns.__enter__()
    leave = lambda: turns.__exit__(None, None, None)  # noqa: E731
    gate = Interrupted(leave if given else lambda: None)
    with monkeypatch.context() as patched:
        patched.setattr("exchange.store.turns.threading.Lock", lambda: gate)
        with pytest.raises(KeyboardInterrupt):
            turns.__enter__()
    if not given:
        leave()
    assert not turns._taken
    assert not turns._waiting


def test_who_waits_in_vain_goes_away_and_keeps_nobody_out() -> None:
    turns = Turns(patience=0.05)
    with turns:
        refused: list[bool] = []

        def ask() -> None:
            with pytest.raises(NoTurn), turns:
                pass
            refused.append(True)

        threads = [start(ask) for _ in range(3)]
        for thread in threads:
            thread.join(PATIENCE)
        assert refused == [True] * 3
    with turns:
        pass
