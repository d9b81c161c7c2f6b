"""Queues that answer nothing: what is said and done about them, by whose broker it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from exchange.broker.admin import silence
from exchange.clock import RealClock
from exchange.errors import BrokerUnavailable, OperatorError
from exchange.operations.health.checkups import silence as checkup
from exchange.runtime.settings import Settings

URL = "amqp://x:secret@broker/city"
QUEUES = ["city.a.inbox", "city.a.dead"]


def answers(monkeypatch: pytest.MonkeyPatch, *rounds: Sequence[str] | Exception) -> list[list[str]]:
    """Has queues be found silent, round by round; returns what was asked."""
    asked: list[list[str]] = []

    def look(url: str, names: Collection[str], patience: float = 0.0) -> list[str]:
        asked.append(list(names))
        found = rounds[len(asked) - 1]
        if isinstance(found, Exception):
            raise found
        return list(found)

    monkeypatch.setattr(silence, "silent_queues", look)
    monkeypatch.setattr(checkup, "silent_queues", look)
    return asked


def test_queues_that_answer_are_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    answers(monkeypatch, [])
    silence.rouse(URL, QUEUES, said.append, lambda queues: pytest.fail("nothing was to be elected"))
    assert said == []


def test_those_that_do_not_elect_a_leader_and_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    elected: list[Collection[str]] = []
    asked = answers(monkeypatch, QUEUES[:1], [])
    silence.rouse(URL, QUEUES, said.append, elected.append)
    assert elected == [QUEUES[:1]]
    assert asked == [QUEUES, QUEUES[:1]]
    assert "nothing was deleted" in said[-1]


def test_those_that_stay_silent_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    answers(monkeypatch, QUEUES, QUEUES[1:])
    silence.rouse(URL, QUEUES, said.append, lambda queues: None)
    assert "city.a.dead answer nothing; `exchange doctor`" in said[-1]
    assert "city.a.inbox" not in said[-1]


def test_at_anothers_broker_they_are_told_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    answers(monkeypatch, QUEUES)
    silence.rouse(URL, QUEUES, said.append, None)
    assert said == ["queues: city.a.inbox, city.a.dead answer nothing; `exchange doctor` says what to do"]


def test_what_cannot_be_found_out_or_done_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def fail(queues: Collection[str]) -> None:
        raise OperatorError("no rabbitmqctl", remedy="install it")

    answers(monkeypatch, BrokerUnavailable("gone"), QUEUES)
    silence.rouse(URL, QUEUES, said.append, None)
    silence.rouse(URL, QUEUES, said.append, fail)
    assert "not known (gone" in said[0]
    assert "not known (no rabbitmqctl" in said[-1]


def test_the_doctor_names_them_with_the_commands_for_anothers_broker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, broker_url=URL, management_url=None, database_url=None, clock=RealClock())
    answers(monkeypatch, [], QUEUES[1:])
    assert list(checkup.queues(settings, {URL: QUEUES})) == []
    (finding,) = checkup.queues(settings, {URL: QUEUES})
    assert (finding.level, finding.check) == ("bad", "topology")
    assert "city.a.dead" in finding.finding
    assert "city.a.inbox" not in finding.finding
    assert "`rabbitmq-queues quorum_status --vhost city city.a.dead`" in finding.remedy
    assert "`rabbitmqctl delete_queue --vhost city city.a.dead`, then `exchange init`" in finding.remedy
    assert "secret" not in finding.finding + finding.remedy
