"""What `exchange demo --hold` does after its story: a real console, its link said again, an undisturbed end."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.cli.domain.console_child import ConsoleChild
from exchange.cli.trials.demo_view import keep_open
from exchange.clock import SteppedClock
from exchange.operations.domain_view import CONSOLE
from exchange.runtime.settings import Settings
from exchange.runtime.supervision.supervise import Supervisor
from exchange.setup.init import init_files
from exchange.trials.demo import Demo
from exchange.trials.demo_script import BEGINS
from tests.journeys.city import wait_until
from tests.processes import write_departments


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """Ctrl-C is heard, also where the tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_held_demonstration_says_its_console_again_and_ends_with_all_it_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hears_ctrl_c: None
) -> None:
    write_departments(tmp_path / "departments", "hefei", ["planning"])
    settings = Settings.read({}, home=tmp_path / "home")
    calm = replace(settings, clock=SteppedClock(BEGINS - timedelta(days=30)))
    init_files(calm, lambda text: None, tmp_path / "departments")
    demo = Demo(settings.home, settings)  # without members: nothing but the console is served
    children: list[ConsoleChild] = []
    pids: list[int] = []
    answers: list[int] = []

    def beside(settings: Settings, supervisor: Supervisor) -> Callable[[], None]:
        child = ConsoleChild(settings, supervisor)
        children.append(child)

        def look() -> None:
            child.look()
            if child.is_said and len(children) == 2 and not answers:
                process = supervisor.children[CONSOLE].process
                assert process is not None
                pids.append(process.pid)
                with urllib.request.urlopen(child.url) as answer:
                    answers.append(answer.status)
                os.kill(os.getpid(), signal.SIGINT)

        return look

    def said() -> bool:
        demo.look()
        return children[0].is_said

    demo.beside = beside
    demo.start()
    demo._stack.callback(os.kill, os.getpid(), signal.SIGINT)  # Ctrl-C once more, while it ends
    try:
        wait_until(said, 60, "the story's console")
        assert capsys.readouterr().err.count("/set-up/") == 1
        keep_open(demo)
    finally:
        demo.close()
    assert answers == [200]
    assert capsys.readouterr().err.count("/set-up/") == 1
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
