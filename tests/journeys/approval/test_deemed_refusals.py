"""Silence that is refusal has a name of its own: it vetoes as a refusal would, and who overrules it owes reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.monitor.recheck import recheck_case
from exchange.approval.rules.states import CaseState, DeskState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.decision import Ruling
from exchange.approval.window.status import case_status, decision_on
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import verify_signed
from exchange.errors import CallerError
from exchange.messaging.documents import Documents
from exchange.schemas import (
    Approver,
    Clearance,
    Completion,
    Decision,
    DeemedConsent,
    DefaultMode,
    Outcome,
    Overruling,
    Result,
    ResultStanding,
    Standing,
    WithoutConsent,
)
from tests.journeys.city import City, make_city

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, ("planning", "transport", "police"), rule_decides=False)
    with city.local:
        yield city


def refusing(city: City, name: str, days: int, **fields: object) -> Approver:
    """A department whose silence is refusal."""
    silent = {"default": DefaultMode.REFUSAL, "default_basis": ("缺席默认制",)}
    return Approver(department=city.address(name), term_days=days, **silent, **fields)


def test_a_silence_that_is_refusal_vetoes_is_told_and_is_overruled_with_reasons_alone(city: City) -> None:
    planning = city.address("planning")
    city.matter(
        refusing(city, "planning", 2, veto=True), city.approver("police", days=9), completion=Completion.VETO
    )  # fmt: skip
    city.matter(refusing(city, "planning", 2), city.approver("transport", after=(planning,)), code="chain")
    vetoed, chained = city.submit(), city.submit("chain")
    city.through(3)

    for case in (vetoed, chained):
        part = city.part(case, "planning")
        assert (part.state, part.verdict) == (PartState.REFUSED, None)
        with city.window.store.reading() as tx:
            stored = tx[Documents].get(city.address("monitor"), part.deemed_id or "")
        assert stored is not None
        deemed = verify_signed(stored.signed, city.window.directory).body
        assert isinstance(deemed, DeemedConsent)
        assert deemed.statement.startswith("依规则视为不同意")
        [checked] = recheck_case(city.window, case.number)
        assert checked.error is None

    assert city.part(vetoed, "police").state is PartState.MOOT, "a veto, as if it had refused"
    status = case_status(city.window, vetoed.number)
    assert status.state is CaseState.READY
    assert status.prepared is not None
    assert status.prepared.outcome is Outcome.REFUSE, "the lead's rule sees an objection"
    moot = (WithoutConsent(department=city.address("police"), reasons="it was not needed any more"),)
    grant = Ruling(Outcome.GRANT, "the plan is sound", without_consent=moot, officer="主任")
    with pytest.raises(CallerError, match="silence is refusal"):
        conclude.decide(city.window, vetoed.number, grant)
    reasons = (Overruling(department=planning, reasons="规划已有批复"),)
    conclude.decide(city.window, vetoed.number, replace(grant, overruled=reasons))
    city.wake("window")
    city.local.settle()
    decision = decision_on(city.window, case_status(city.window, vetoed.number))
    assert decision is not None
    assert [one.standing for one in decision.considered] == [Standing.DEEMED_REFUSAL, Standing.MOOT]
    with city.node("planning").store.reading() as tx:
        told = [doc for doc in tx[Documents].recent("received") if doc.kind == Decision.KIND]
        desk = tx[DepartmentDesk].get(vetoed.number)
        protests = [entry for entry in tx.journal_of(vetoed.number) if entry.event == "protested"]
    assert len(told) == 1, "and it reads it"
    assert desk is not None
    assert (desk.state, protests) == (DeskState.DEFAULTED, [])

    with city.node("transport").store.reading() as tx:
        [stored] = tx[Documents].of_conversation(chained.conversation_id, Clearance.KIND)
    clearance = verify_signed(stored.signed, city.window.directory).body
    assert isinstance(clearance, Clearance)
    assert clearance.results == (Result(department=planning, verdict=None, standing=ResultStanding.DEEMED_REFUSAL),)
    city.reply("transport", chained)
    assert city.case(chained).state is CaseState.READY
