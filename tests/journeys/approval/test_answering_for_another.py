"""Substitutes: B answers for A where the directory lets it, and A's term runs by A's own receipts alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.department.recalling import recall
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import term_of
from exchange.approval.monitor.recheck import recheck_case
from exchange.approval.rules.states import CaseState, DeskState, PartState
from exchange.approval.window.acting.substitutes import Substitutes
from exchange.approval.window.status import case_status, decision_on
from exchange.broker.admin.node_info import NodeInfo
from exchange.directory import Authority, load_authority_certificate, load_directory
from exchange.directory.authority import Ties
from exchange.directory.changes import revoked
from exchange.directory.substitutes import why_not
from exchange.directory.substitution_orders import add, revoke
from exchange.envelope import verify_signed
from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.operations.reconciliation.books import Balance
from exchange.operations.reconciliation.reconcile import RealTime, Reconciliation
from exchange.schemas import Member, Opinion, Substitution, Verdict
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker

DAY = timedelta(days=1)


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, ("planning", "transport", "fire"))
    with city.local:
        yield city


class Register:
    """The authority's side: what it signs, every member takes."""

    def __init__(self, city: City) -> None:
        self.city, self.path, self.look = city, city.local.folder / "directory.cose", Substitutes()
        self.folder = city.local.folder / "authority"
        self.authority = Authority.open_or_create(self.folder, city.local.domain, city.clock.now())

    def order(self, of: str, by: str, days: int = 30) -> int:
        """One acts for another from now on; returns the serial."""
        own, now = self.city.window.directory.directory, self.city.clock.now()
        wanted = Substitution(
            serial=1, department=self.city.address(of), substitute=self.city.address(by), begins_at=now,
            ends_at=now + days * DAY, matters=None, ordered_by=self.city.local.domain, order="机构改革方案",
        )  # fmt: skip
        ties = add(own, wanted, now)
        self._publish(ties)
        return ties.substitutions[-1].serial

    def end(self, serial: int) -> None:
        """A substitution is revoked now."""
        self._publish(revoke(self.city.window.directory.directory, serial, "over", self.city.clock.now()))

    def shut_out(self, name: str) -> None:
        """A member's certificate is revoked; who acts for whom stays as it is."""
        own, now = self.city.window.directory.directory, self.city.clock.now()
        address = self.city.address(name)
        members = [revoked(one, now, "key lost") if one.address == address else one for one in own.members]
        self._publish(None, members)

    def _publish(self, ties: Ties | None, members: Sequence[Member] | None = None) -> None:
        own, now = self.city.window.directory.directory, self.city.clock.now()
        assert self.authority.publish(self.path, members or own.members, now, own.expires_at, ties)
        view = load_directory(self.path.read_bytes(), load_authority_certificate(self.folder), now, 0)
        for node in self.city.local.nodes.values():
            node.directory = view
        self.look.look(self.city.window)
        self.city.wake("window")
        self.city.local.settle()


def on_desk(city: City, name: str, number: str) -> tuple[DeskState, str | None]:
    with city.node(name).store.reading() as tx:
        row = tx[DepartmentDesk].get(number)
    assert row is not None
    return row.state, row.acts_for


def has_on_desk(city: City, name: str, number: str) -> bool:
    with city.node(name).store.reading() as tx:
        return tx[DepartmentDesk].get(number) is not None


def balance(city: City) -> Balance:
    """The reconciliation over all members, once everything has arrived."""
    stores = {address: node.store for address, node in city.local.nodes.items()}
    at_once = RealTime(lambda: 0.0, lambda seconds: None)
    return Reconciliation(stores, lambda: dict.fromkeys(stores, 0), at_once, settling=0.0).reconcile()


def went_back(city: City, name: str, message_id: str) -> str:
    """Why a message came back."""
    with city.node(name).store.reading() as tx:
        (copy,) = tx[Outbox].rows(message_id)
    assert copy.state is OutboxState.RETURNED, copy
    return copy.last_error or ""


def test_one_answers_for_another_by_the_directory_alone_and_for_its_time(city: City) -> None:
    register = Register(city)
    city.matter(city.approver("planning"), city.approver("transport"))
    running = city.submit()
    serial = register.order("transport", "fire")

    assert on_desk(city, "fire", running.number) == (DeskState.WAITING, city.address("transport"))
    with city.node("fire").store.reading() as tx:
        row = tx[DepartmentDesk].get(running.number)
        assert row is not None
        term = term_of(city.node("fire"), tx, row)
    assert term.due_at == city.part(running, "transport").due_at, "the department's own receipt has begun it"
    assert term.told

    opinion_id = city.reply("fire", running, Verdict.AGREE_WITH_CONDITIONS, conditions="夜间施工")
    part = city.part(running, "transport")
    assert (part.state, part.given_by, part.opinion_id) == (PartState.ANSWERED, city.address("fire"), opinion_id)
    assert on_desk(city, "transport", running.number) == (DeskState.ANSWERED, None)
    with city.window.store.reading() as tx:
        stored = tx[Documents].get(city.address("fire"), opinion_id)
    assert stored is not None
    verified = verify_signed(stored.signed, city.window.directory)
    assert isinstance(verified.body, Opinion)
    assert verified.body.substitution == serial
    own, now = city.window.directory.directory, verified.header.created_at
    said = serial, city.address("fire"), city.address("transport"), running.matter
    assert why_not(own, *said, [now]) is None, "anybody who has the directory checks it again"

    with pytest.raises(Conflict, match="is recalled by"):
        recall(city.node("fire"), running.number, "officer", "again")
    recall(city.node("transport"), running.number, "officer", "我局自行答复")
    city.wake("transport")
    city.local.settle()
    assert city.part(running, "transport").state is PartState.SIGNED
    city.reply("transport", running)
    city.reply("planning", running)
    assert city.case(running).state is CaseState.DECIDED

    second = city.submit()
    assert on_desk(city, "fire", second.number) == (DeskState.WAITING, city.address("transport")), "at once"
    city.reply("fire", second)
    city.reply("planning", second)
    status = case_status(city.window, second.number)
    decision = decision_on(city.window, status)
    assert decision is not None
    assert {one.department: one.given_by for one in decision.considered} == {
        city.address("planning"): None, city.address("transport"): city.address("fire"),
    }  # fmt: skip
    for name in ("transport", "fire", "planning"):
        with city.node(name).store.reading() as tx:
            assert [one for one in tx.journal_of(second.number) if one.event == "protested"] == [], name

    third = city.submit()
    forged = city.opinion("planning", third).model_copy(
        update={"department": city.address("transport"), "substitution": serial}
    )
    with city.node("planning").step() as step:
        forged_id = step.send(forged, (city.address("window"),))
    city.wake("planning")
    city.local.settle()
    assert "lets" in went_back(city, "planning", forged_id)
    register.end(serial)
    assert on_desk(city, "fire", third.number)[0] is DeskState.CLOSED, "its request is taken from it again"
    late = city.opinion("fire", third).model_copy(
        update={"department": city.address("transport"), "substitution": serial}
    )
    with city.node("fire").step() as step:
        late_id = step.send(late, (city.address("window"),))
    city.wake("fire")
    city.local.settle()
    assert "not in force" in went_back(city, "fire", late_id)
    assert city.part(third, "transport").state is PartState.SIGNED
    assert balance(city).differences == (), "a copy asks nobody, and a substitute's answer is kept"

    register.order("transport", "fire")
    assert city.part(third, "transport").substitute == city.address("fire")
    register.shut_out("fire")
    fourth = city.submit()
    assert city.part(fourth, "transport").substitute is None, "a revoked member was sent nothing, and has nothing"


def test_naming_a_substitute_neither_escapes_a_default_nor_brings_one(city: City) -> None:
    register = Register(city)
    city.matter(city.approver("planning"), city.approver("transport", silent=True))
    register.order("transport", "fire")
    case = city.submit()
    assert on_desk(city, "fire", case.number)[0] is DeskState.WAITING
    city.reply("planning", case)
    city.through(4)
    assert city.part(case, "transport").state is PartState.DEEMED, "its own receipts prove request and reminder"
    assert on_desk(city, "fire", case.number)[0] is DeskState.DEFAULTED, "its substitute has heard of all of it"
    (checked,) = recheck_case(city.window, case.number)
    assert checked.error is None
    with city.node("fire").store.reading() as tx:
        assert [one for one in tx.journal_of(case.number) if one.event == "protested"] == []

    city.local.stop(city.address("transport"))
    deaf = city.submit(settle=False)
    wait_until(lambda: has_on_desk(city, "fire", deaf.number), what="the substitute's copy")
    city.signed_for("fire")
    part = city.part(deaf, "transport")
    assert (part.state, part.signed_at, part.due_at) == (PartState.ISSUED, None, None), "others begin nothing"
    city.reply("fire", deaf, settle=False)
    wait_until(lambda: city.part(deaf, "transport").state is PartState.ANSWERED, what="the substitute's opinion")
