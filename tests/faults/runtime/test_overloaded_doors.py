"""Doors under overload, with real processes: more comes in than goes out, and nothing that was accepted is lost."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import monotonic
from exchange.messaging.documents import Documents
from exchange.runtime.settings import Home
from exchange.schemas import Document
from exchange.web.listening import read_state
from tests.journeys.city import wait_until
from tests.processes import KnownBroker, ProcessDomain, run
from tests.warm import start_warm
from tests.web.department import LETTER

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]

SECONDS, COPIES = 5, 20
"""From where on the door closes in this test; a deployment has thirty seconds, and 200 copies."""
SYSTEMS = 4
"""Department systems that send at the same time."""


class Door:
    """The API over one member, in a process of its own, and systems that send by it without a pause."""

    def __init__(self, city: ProcessDomain) -> None:
        self._city = city
        log = city.root / "api.log"
        env = {**city.environment(), "EXCHANGE_BROKER_URL": city.info.url}
        env |= {"EXCHANGE_WAITING_SECONDS": str(SECONDS), "EXCHANGE_WAITING_COPIES": str(COPIES)}
        city.served["api"] = start_warm(["console", "--port", "0"], env, log, log)
        state = Home(city.settings.home).console
        wait_until(lambda: read_state(state) is not None, 120, "the API", every=0.2)
        served = read_state(state)
        assert served is not None
        token = run(
            city, "token", "new", city.address("planning"), "--scope", "send", "--name", "system"
        ).stdout.strip()
        self._client = httpx.Client(base_url=served.url, headers={"authorization": f"Bearer {token}"}, timeout=60)
        self._serial = count(1)
        self.accepted: list[str] = []

    def send(self) -> httpx.Response:
        """One letter; what is taken is noted."""
        serial = next(self._serial)
        document = {**LETTER, "number": f"合规函〔2026〕{serial}号"}
        asked: dict[str, Any] = {"to": [self._city.address("transport")], "document": document}
        answer = self._client.post("/api/v1/documents", json=asked)
        if answer.status_code == 202:
            self.accepted.append(answer.json()["message_id"])
        return answer

    def press(self, until: threading.Event) -> httpx.Response | None:
        """Sends until it is refused, or enough was sent."""
        while not until.is_set():
            if (answer := self.send()).status_code != 202:
                return answer
        return None


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as city:
        for name in ("planning", "transport"):
            city.serve(name)
        yield city


def received(city: ProcessDomain) -> Counter[str]:
    """How often each letter is on its receiver's record."""
    with city._store_of("transport").reading() as tx:
        return Counter(one.message_id for one in tx[Documents].recent("received", Document.KIND, 10_000))


def test_a_door_closes_before_the_oldest_copy_waits_a_minute_and_opens_by_itself(city: ProcessDomain) -> None:
    door = Door(city)
    assert door.send().status_code == 202
    wait_until(lambda: city.undelivered() == 0, 60, "traffic as usual")
    sender = city.served["planning"]
    with city._store_of("planning").transaction():  # so that it is not stopped while it holds the database
        sender.send_signal(signal.SIGSTOP)  # nothing goes out any more, and everything is taken down still
    began, enough = monotonic(), threading.Event()
    with ThreadPoolExecutor(SYSTEMS) as systems:
        pressing = [systems.submit(door.press, enough) for _ in range(SYSTEMS)]
        wait_until(lambda: any(one.done() for one in pressing), 60, "a refusal", every=0.2)
        closed_after = monotonic() - began
        enough.set()
    refusals = [answer for one in pressing if (answer := one.result()) is not None]
    assert {answer.status_code for answer in refusals} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refusals)
    assert SECONDS <= closed_after < 60
    assert len(door.accepted) > COPIES

    sender.send_signal(signal.SIGCONT)
    wait_until(lambda: door.send().status_code == 202, 90, "the door open again, by itself", every=0.5)
    wait_until(lambda: city.undelivered() == 0, 120, "receipts for all that was accepted", every=0.5)
    assert received(city) == dict.fromkeys(door.accepted, 1)
    run(KnownBroker(city), "reconcile", "--settle", "1")
