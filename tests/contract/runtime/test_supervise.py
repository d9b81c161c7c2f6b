"""Supervising: what is started again, what is not any more, and what is said of it. With real processes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from exchange.errors import IdentityInUse
from exchange.runtime.supervision import supervise
from exchange.runtime.supervision.sole import LOCK, sole_supervisor
from exchange.runtime.supervision.supervise import Supervisor
from exchange.runtime.supervision.supervised import Backoff

SLEEPS = ("sh", "-c", "exec sleep 60")


def ends(code: int) -> tuple[str, ...]:
    return ("sh", "-c", f"exit {code}")


class Watched:
    """A supervisor whose words are kept."""

    def __init__(self, folder: Path, **commands: tuple[str, ...]) -> None:
        self.said: list[str] = []
        self.supervisor = Supervisor(self.said.append, {})
        for name, command in commands.items():
            self.supervisor.add(name, command, folder / f"{name}.log")
        self.supervisor.start()

    def wait_for_end_of(self, name: str) -> None:
        process = self.supervisor.children[name].process
        assert process is not None
        process.wait(10)


@pytest.mark.parametrize("code", [2, 3, 6])
def test_what_restarting_does_not_repair_is_abandoned_and_its_log_named(tmp_path: Path, code: int) -> None:
    watched = Watched(tmp_path, broken=ends(code), healthy=SLEEPS)
    watched.wait_for_end_of("broken")
    watched.supervisor.watch_once()
    watched.supervisor.watch_once()
    assert watched.said == [f"broken cannot run here (exit {code}), tried again in 60 s; see {tmp_path / 'broken.log'}"]
    assert watched.supervisor.children["healthy"].alive
    watched.supervisor.shut_down()


def test_what_was_abandoned_is_tried_again_in_case_it_was_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "REPAIRED_AFTER", 0.0)
    watched = Watched(tmp_path, broken=("sh", "-c", f"test -e {tmp_path}/repaired || exit 2; exec sleep 60"))
    watched.wait_for_end_of("broken")
    (tmp_path / "repaired").touch()
    watched.supervisor.watch_once()
    watched.supervisor.watch_once()
    assert watched.said[-1] == "broken started again (restart 1)"
    assert watched.supervisor.children["broken"].alive
    assert not watched.supervisor.children["broken"].abandoned
    watched.supervisor.shut_down()


def test_what_dies_of_anything_else_is_started_again_and_its_log_named(tmp_path: Path) -> None:
    watched = Watched(tmp_path, weak=ends(7))
    watched.wait_for_end_of("weak")
    watched.supervisor.watch_once()
    assert watched.said == [f"weak died (exit 7), restarted in 0.5 s; see {tmp_path / 'weak.log'}"]
    assert not watched.supervisor.children["weak"].abandoned


def test_running_ends_when_no_role_can_run(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, {})
    for name, code in (("a", 2), ("b", 6)):
        supervisor.add(name, ends(code), tmp_path / f"{name}.log")
    assert supervisor.run() is False
    assert len(said) == 2


def test_running_ends_well_when_told_to_stop(tmp_path: Path) -> None:
    stop = threading.Event()
    supervisor = Supervisor(lambda text: None, {}, stop)
    supervisor.add("healthy", SLEEPS, tmp_path / "healthy.log")
    assert supervisor.run(beside=stop.set) is True
    assert not supervisor.children["healthy"].alive


def test_roles_that_are_to_start_anew_are_ended_and_started(tmp_path: Path) -> None:
    watched = Watched(tmp_path, healthy=SLEEPS)
    watched.supervisor.renew()
    watched.wait_for_end_of("healthy")
    watched.supervisor.watch_once()
    assert watched.said == [f"healthy died (killed by SIGTERM), restarted in 0.5 s; see {tmp_path / 'healthy.log'}"]


def test_patience_doubles_and_is_forgotten_after_a_calm_run() -> None:
    backoff = Backoff(first=1.0, most=4.0, calm_after=60.0)
    assert [backoff.after(lived) for lived in (1, 1, 1, 1, 61, 1)] == [1.0, 2.0, 4.0, 4.0, 1.0, 2.0]


def test_a_domain_has_one_supervisor_at_a_time(tmp_path: Path) -> None:
    with sole_supervisor(tmp_path), pytest.raises(IdentityInUse, match="another process"), sole_supervisor(tmp_path):
        pass
    with sole_supervisor(tmp_path):
        pass


def test_who_runs_a_domain_sees_that_its_lock_was_deleted_and_another_has_it(tmp_path: Path) -> None:
    with sole_supervisor(tmp_path) as hold:
        (tmp_path / LOCK).unlink()
        hold()
        with pytest.raises(IdentityInUse), sole_supervisor(tmp_path):
            pytest.fail("two processes run one domain")
        (tmp_path / LOCK).unlink()
        with sole_supervisor(tmp_path), pytest.raises(IdentityInUse, match="another process"):
            hold()


def test_what_fails_beside_the_roles_ends_them_too(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda text: None, {})
    supervisor.add("sleeper", SLEEPS, tmp_path / "log")

    def fail() -> None:
        raise IdentityInUse("lost")

    with pytest.raises(IdentityInUse):
        supervisor.run(fail, interval=0.01)
    assert not supervisor.children["sleeper"].alive
