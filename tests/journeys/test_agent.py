"""The exchange as a library: send, receive with explicit acknowledgement, reply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.agent import Agent
from exchange.broker.node import NodeInfo
from exchange.errors import IdentityInUse
from exchange.flow.ports import OutboxState
from schemas import Consultation, Document, DocumentKind, DocumentNumber, Opinion, Purpose, Verdict
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as city:
        (city.settings.home / "departments" / "planning" / "rule.py").write_text(
            "def decide(consultation, today):\n    return None\n"
        )
        yield city


def notice() -> Document:
    return Document(
        number=DocumentNumber(agency="合规发", year=2026, serial=1),
        kind=DocumentKind.NOTICE,
        issuer="规划局",
        title="通知",
        body="正文",
        date=None,
        purpose=Purpose.INFORMATION,
    )


def test_a_document_is_handed_out_until_it_is_acknowledged(city: ProcessDomain) -> None:
    home = city.settings.home
    with Agent.open(city.address("planning"), home) as sender:
        message_id = sender.send(notice(), [city.address("transport")])
        with Agent.open(city.address("transport"), home) as receiver:
            (first,) = receiver.receive(wait=30)
            assert (first.sender, first.message_id) == (city.address("planning"), message_id)
            assert first.body == notice()
        with Agent.open(city.address("transport"), home) as receiver:
            (again,) = receiver.receive()
            assert again.message_id == message_id
            assert again.acknowledge()
            assert not again.acknowledge()
            assert list(receiver.receive()) == []
        delivered = [OutboxState.DELIVERED]
        wait_until(lambda: [c.state for c in sender.deliveries(message_id)] == delivered, what="the receipt")


def test_an_agent_answers_a_consultation_and_the_window_decides(city: ProcessDomain) -> None:
    for name in ("window", "monitor", "transport"):
        city.serve(name)
    (number,) = city.submit(1)
    with Agent.open(city.address("planning"), city.settings.home) as agent:
        (received,) = agent.receive(wait=30)
        assert isinstance(received.body, Consultation)
        opinion = Opinion(
            case_number=number,
            consultation_id=received.message_id,
            department=agent.address,
            verdict=Verdict.AGREE,
            officer="officer",
            decided_on=city.settings.clock.now().date(),
        )
        agent.reply(opinion)
        wait_until(lambda: city.decided() == 1, 60, "the decision")


def test_an_identity_that_is_served_cannot_be_opened_again(city: ProcessDomain) -> None:
    with (
        Agent.open(city.address("planning"), city.settings.home),
        pytest.raises(IdentityInUse, match="another process"),
    ):
        Agent.open(city.address("planning"), city.settings.home)
