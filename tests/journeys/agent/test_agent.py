"""The exchange as a library: send, receive with explicit acknowledgement, reply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.agent import Agent, Amendment, Ruling
from exchange.approval.rules.states import CaseState
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import Conflict, Denied, IdentityInUse, IdentityLost
from exchange.messaging.records import OutboxState
from exchange.runtime.settings import Home
from exchange.schemas import (
    Applicant,
    Application,
    Consultation,
    Document,
    DocumentKind,
    DocumentNumber,
    EntryKind,
    Opinion,
    Outcome,
    Purpose,
    SubmittedMaterial,
    Verdict,
)
from exchange.store import identity_lock, open_store
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


def test_an_agent_works_beside_the_process_that_serves_its_member(city: ProcessDomain) -> None:
    city.serve("planning")
    city.serve("transport")
    home, transport = city.settings.home, city.address("transport")
    wait_until(lambda: city.is_served("planning") and city.is_served("transport"), what="both to be served")
    with (
        Agent.open(city.address("planning"), home) as sender,
        Agent.open(transport, home) as first,
        Agent.open(transport, home) as second,
    ):
        assert [one.serving for one in (sender, first, second)] == [False] * 3
        with pytest.raises(IdentityInUse, match="another process"):
            Agent.open(transport, home, serve=True)
        sent = [sender.send(notice(), [transport]) for _ in range(2)]
        (one,) = first.receive(wait=30, limit=1)
        (other,) = second.receive(wait=30, limit=1)
        assert [one.message_id, other.message_id] == sent, "each gets what the other one has not"
        (same,) = second.receive(limit=1)
        assert same.message_id == sent[1], "until it is acknowledged, the same one again"
        assert other.acknowledge()
        assert list(second.receive()) == []
        first.close()
        (again,) = second.receive()
        assert again.message_id == sent[0], "what was not acknowledged is anybody's when an agent ends"
        assert again.acknowledge()
        delivered = [OutboxState.DELIVERED]
        for message_id in sent:
            wait_until(
                lambda done=message_id: [c.state for c in sender.deliveries(done)] == delivered, what="the receipt"
            )


def test_what_a_killed_agent_had_in_hand_is_handed_out_by_the_next_at_once(city: ProcessDomain) -> None:
    home, planning, transport = city.settings.home, city.address("planning"), city.address("transport")
    with Agent.open(planning, home) as sender, Agent.open(transport, home) as receiver:
        message_id = sender.send(notice(), [transport])
        (had,) = receiver.receive(wait=30, hold=3600)
        receiver._seat.close()  # as a kill leaves it: the lease stays
        with Agent.open(transport, home, serve=False) as beside:
            assert list(beside.receive()) == [], "on lease"
        with Agent.open(transport, home) as again:
            assert again.serving
            (found,) = again.receive()
            assert found.message_id == had.message_id == message_id
            assert found.acknowledge()


def test_an_agent_whose_identity_another_process_took_sends_and_receives_nothing_more(
    city: ProcessDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_lock, "WATCHED_EVERY", 3600.0)
    home, planning = Home(city.settings.home), city.address("planning")
    file = home.database_file(planning)
    with Agent.open(planning, city.settings.home) as agent, open_store(f"sqlite:///{file}", member=planning) as other:
        agent.send(notice(), [city.address("transport")])
        lock = file.with_name(f"{file.name}.lock")
        with agent._opened.store._turn:  # it writes all the time, and would take a deleted lock anew at once
            lock.unlink()
            claimed = other.claim_identity(planning)
            claim = claimed.__enter__()
        with pytest.raises(IdentityLost):
            agent.send(notice(), [city.address("transport")])
        with pytest.raises(IdentityLost, match="another process"):
            list(agent.receive())
        assert claim.lost is None
        claimed.__exit__(None, None, None)


def test_a_windows_agent_hands_in_amends_decides_and_withdraws(city: ProcessDomain) -> None:
    rule = city.settings.home / "departments" / "window" / "rule.py"
    rule.write_text("def decide(docket):\n    return None\n")
    for name in ("monitor", "planning", "transport"):
        city.serve(name)
    planning, home = city.address("planning"), city.settings.home
    with Agent.open(city.address("window"), home) as window, Agent.open(planning, home) as desk:
        assert list(window.matters()) == ["works"]
        with pytest.raises(Denied, match="not a window"):
            desk.matters()
        application = Application(
            matter="works",
            applicant=Applicant(name="a", identifier="1", contact="-"),
            project="p",
            materials=(SubmittedMaterial(code="plan", note="on file"),),
            submitted_at=city.settings.clock.now(),
        )
        withdrawn, number = window.submit(application), window.submit(application)
        window.withdraw(withdrawn, "the applicant wishes so")
        assert [case.number for case in window.cases(CaseState.WITHDRAWN)] == [withdrawn]
        wait_until(lambda: bool(window.case(number).ledgers[planning]), what="the term to begin")
        entry = window.amend(number, planning, Amendment(EntryKind.EXTEND, "r", ("art. 42",), window.address, 5))
        assert window.case(number).ledgers[planning][-1] == entry
        with pytest.raises(Conflict, match="still waits"):
            window.decide(number, Ruling(Outcome.GRANT, "r"))
        consultations = [one for one in desk.receive(wait=30) if isinstance(one.body, Consultation)]
        (received,) = (one for one in consultations if getattr(one.body, "case_number", "") == number)
        desk.reply(
            Opinion(
                case_number=number,
                consultation_id=received.message_id,
                department=planning,
                verdict=Verdict.AGREE,
                officer="officer",
                decided_on=city.settings.clock.now().date(),
            )
        )
        wait_until(lambda: [case.number for case in window.cases(CaseState.READY)] == [number], what="it to be ready")
        message_id = window.decide(number, Ruling(Outcome.GRANT, "all were heard", officer="李四"))
        file = window.case(number)
        assert (file.status.state, file.status.decision_id) == (CaseState.DECIDED, message_id)
        assert file.decision is not None
        assert file.decision.officer == "李四"
