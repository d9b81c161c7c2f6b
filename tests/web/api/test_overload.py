"""Doors under overload and with a full disk: 503 and when to come again, nothing kept, open again by themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from exchange.clock import RealClock
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.quotas.settings import DISK_RESERVE, WAITING_COPIES, WAITING_SECONDS
from tests.web.api.test_api import LETTER_TO, PLANNING
from tests.web.department import Bureau, bureau
from tests.web.window.wicket import Wicket, make_home


def until(condition: Callable[[], bool], what: str) -> None:
    until, pause = 60.0, threading.Event()
    while not condition():
        until -= 0.2
        assert until > 0, what
        pause.wait(0.2)


def sent(made: Bureau) -> int:
    with made.api.member(PLANNING).store.reading() as tx:
        return len(tx[Documents].recent("sent", "document", 50))


def send(client: TestClient, **headers: str) -> int:
    return client.post("/api/v1/documents", json=LETTER_TO, headers=headers).status_code


def test_the_api_refuses_new_documents_while_much_waits_and_takes_them_once_it_has_gone_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WAITING_COPIES, "3")
    monkeypatch.setenv(WAITING_SECONDS, "1")
    made = bureau(tmp_path)
    client = made.client(PLANNING)
    for _ in range(3):
        assert send(client) == 202
    until(lambda: send(client) == 503, "the door closed")
    before = sent(made)
    answer = client.post("/api/v1/documents", json=LETTER_TO, headers={"accept-language": "zh"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "intake-stopped"
    assert "more to send" in problem["detail"]
    assert "暂不受理" in problem["detail_zh"]
    assert "try again later" in problem["remedy"]
    assert "请稍后再试" in problem["remedy_zh"]
    assert sent(made) == before, "nothing is kept of it"
    assert client.get("/api/v1/documents").status_code == 200, "reading goes on"

    store = made.api.member(PLANNING).store
    with store.transaction() as tx:
        now = RealClock().now()
        tx[Outbox].mark_sent([one.id for one in tx[Outbox].due(now, 50, ())], now, now)
    until(lambda: send(client) == 202, "the door open again, by itself")
    made.view.close()


def test_with_a_full_disk_the_public_window_says_when_to_come_again_and_keeps_the_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_home(tmp_path)
    monkeypatch.setenv(DISK_RESERVE, "1000TiB")
    wicket = Wicket.of(settings)
    applicant = wicket.visitor("zh")
    applicant.begin()
    applicant.fill_in()
    answer = applicant.hand_in()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "120")
    assert "磁盘将满" in answer.text
    assert "请稍后再试" in answer.text
    monkeypatch.delenv(DISK_RESERVE)
    wicket.opened.store.close()
    again = Wicket.of(settings)
    assert again.opened.intake is not None
    assert again.opened.intake.stopped() is None
    again.opened.store.close()
