"""Loops that end unasked are reported, however they end; and every thread of the exchange that loops is one of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import exchange
from exchange.errors import PartEnded
from exchange.machine.crew import Ended, Loop, report_to
from exchange.runtime.supervision.ends import LoopsWatched


@pytest.fixture
def ended() -> Iterator[list[Ended]]:
    found: list[Ended] = []
    take_back = report_to(found.append)
    yield found
    take_back()


def run(work: Callable[[], None], asked: bool) -> None:
    loop = Loop("a:work", work, lambda: asked)
    loop.start()
    loop.join(10)


def fail(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize("error", [ValueError("secret"), OSError(28, "full"), SystemExit(0), KeyboardInterrupt()])
@pytest.mark.parametrize("asked", [True, False])
def test_whatever_breaks_a_loop_is_reported_without_its_text(
    ended: list[Ended], error: BaseException, asked: bool
) -> None:
    run(fail(error), asked)
    assert [one.error for one in ended] == [error]
    assert ended[0].reason == f"a:work: {type(error).__name__}"


def test_a_loop_that_returns_is_reported_unless_it_was_asked_to(ended: list[Ended]) -> None:
    run(lambda: None, asked=True)
    assert ended == []
    run(lambda: None, asked=False)
    assert [one.reason for one in ended] == ["a:work: it returned"]


def test_a_process_learns_of_the_first_end_and_says_which_loop_it_was() -> None:
    told = threading.Event()
    with LoopsWatched(told.set) as loops:
        loops.check()
        run(fail(ValueError()), asked=False)
        assert told.is_set()
        with pytest.raises(PartEnded, match="a:work: ValueError") as caught:
            loops.check()
    assert caught.value.exit_code == 10
    ends = [one for one in threading.enumerate() if isinstance(one, threading.Timer) and not one.finished.is_set()]
    assert ends == [], "a process that was left in good order must not be ended later"


def test_every_thread_of_the_exchange_is_watched_or_ends_by_itself() -> None:
    root = Path(exchange.__file__).parent
    found = {
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if re.search(r"\bThread\(|\bTimer\(", file.read_text(encoding="utf-8"))
    }
    once = {  # pieces of work that end by themselves, and whose end is looked at
        "console/pages/last_report.py",
        "console/pages/reconciliation.py",
        "machine/lanes.py",
        "machine/posting/mail.py",
        "machine/web_client.py",
        "operations/health/checkups/database.py",
        "operations/health/checkups/findings.py",
        "operations/jobs.py",
        "runtime/supervision/ends.py",
        "store/identity_lock.py",
    }
    assert once <= found, "what is excepted must be there"
    assert found - once == set(), "loops are `exchange.machine.crew.Loop`"
