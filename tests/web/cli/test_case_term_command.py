"""The commands about the clocks of a whole case, as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.operations.audit.store import AuditLog
from exchange.web.door.gate import gate_of
from tests.journeys.commands import application
from tests.warm import run_warm
from tests.web.api.test_api_window import ready
from tests.web.department import Bureau, bureau


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Bureau]:
    made = bureau(tmp_path / "bureau")
    yield made
    made.view.close()


def run(city: Bureau, *words: str, code: int = 0, language: str = "en") -> subprocess.CompletedProcess[str]:
    home = str(city.view.settings.home)
    done = run_warm(words, {**os.environ, "EXCHANGE_HOME": home, "EXCHANGE_LANGUAGE": language})
    assert done.returncode == code, done.stdout + done.stderr
    return done


def status(city: Bureau, number: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(city, "status", number, "--json").stdout)
    return found


def test_the_term_is_stopped_and_runs_on_the_delivery_is_recorded_and_a_refusal_says_what_to_do(
    city: Bureau, tmp_path: Path
) -> None:
    number = json.loads(run(city, "submit", application(tmp_path), "--json").stdout)["case"]
    before, words = status(city, number)["due_at"], ("case-term", number)
    refused = run(city, *words, "extend", "--days", "5", "--reason", "复杂", code=2).stderr
    assert "government above the lead" in refused
    assert "profile" in refused
    heard = (*words, "stop", "--procedure", "hearing", "--reason", "申请听证")
    assert "停计程序须告知所需时间" in run(city, *heard, code=2, language="zh").stderr
    done = json.loads(run(city, *heard, "--days", "5", "--json").stdout)
    assert done["due_at"] == status(city, number)["due_at"] > before
    shown = run(city, "status", number, language="zh").stdout
    assert "案件办理期限的变更" in shown
    assert "申请听证" in shown
    assert "resumed: " in run(city, *words, "resume", "--reason", "听证已举行").stderr
    assert "no promise" in run(city, "explain", number, "--officer", "李四", "--reasons", "忙", code=4).stderr
    delivery = ("deliver", number, "--officer", "李四", "--to", "本人")
    assert "nothing is granted" in run(city, *delivery, code=4).stderr
    ready(city, f"/cases/{number}")
    run(city, "decide", number, "--confirm", "--officer", "李四")
    assert "delivered to 本人" in run(city, *delivery).stderr
    assert status(city, number)["case_term"]["delivered_to"] == "本人"
    with gate_of(city.view).store.reading() as tx:
        logged = [(one.action, one.outcome) for one in tx[AuditLog].entries()]
    assert ("case-term", "done") in logged
    assert ("deliver", "done") in logged
    assert [outcome for action, outcome in logged if action == "explain"] == ["conflict"]
