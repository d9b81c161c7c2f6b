"""The tables behind the REST API: answers under keys, leases, pages, tokens and webhooks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.states import CaseState
from exchange.approval.window.store import Cases
from exchange.errors import Conflict
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.operations.systems.member.records import GivenAnswer
from exchange.operations.systems.member.store import GivenAnswers, InboxPages, Leases
from exchange.operations.systems.records import DeliveryRow, TokenRow, WebhookRow
from exchange.operations.systems.store import Tokens, WebhookRecords
from exchange.store import Store
from tests.contract.rows import LATER, MUCH_LATER, NOW, PLANNING, case_row, desk_row, entry, new_id, outgoing, part_row
from tests.contract.store.test_store_plans import plans

EARLIER = NOW - timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def receive(store: Store, count: int) -> list[str]:
    entries = [entry() for _ in range(count)]
    with store.transaction() as tx:
        tx[Inbox].record(entries, NOW)
    return [one.header.message_id for one in entries]


def test_an_answer_is_kept_for_its_time_and_then_its_key_is_free_again(store: Store) -> None:
    answer = GivenAnswer("key", "f" * 64, 202, b'{"a":1}', NOW)
    with store.transaction() as tx:
        tx[GivenAnswers].keep(answer, EARLIER)
        assert tx[GivenAnswers].get("key", EARLIER) == answer
        assert tx[GivenAnswers].get("key", LATER) is None
        assert tx[GivenAnswers].get("other", EARLIER) is None
    with store.transaction() as tx:
        tx[GivenAnswers].keep(replace(answer, status=200, given_at=MUCH_LATER), LATER)
        found = tx[GivenAnswers].get("key", LATER)
    assert found is not None
    assert found.status == 200


def test_a_key_has_one_answer_and_what_came_with_a_second_one_is_rolled_back(store: Store) -> None:
    answer = GivenAnswer("key", "f" * 64, 202, b"{}", NOW)
    with store.transaction() as tx:
        tx[GivenAnswers].keep(answer, EARLIER)

    def again() -> None:
        with store.transaction() as tx:
            tx[DepartmentDesk].put([desk_row()])
            tx[GivenAnswers].keep(replace(answer, fingerprint="e" * 64), EARLIER)

    with pytest.raises(Conflict):
        again()
    with store.reading() as tx:
        assert tx[DepartmentDesk].get("HF-1") is None


def test_a_leased_message_is_nobody_elses_until_the_lease_is_over(store: Store) -> None:
    first, second, third = receive(store, 3)
    with store.transaction() as tx:
        assert [one.message_id for one in tx[Leases].lease("one", 2, NOW, LATER)] == [first, second]
        assert [one.message_id for one in tx[Leases].lease("two", 5, NOW, LATER)] == [third]
        assert tx[Leases].lease("three", 5, LATER - _MINUTE, MUCH_LATER) == []
        assert [one.message_id for one in tx[Leases].lease("three", 1, LATER, MUCH_LATER)] == [first]
        assert [one.message_id for one in tx[Leases].of("one")] == [second]


def test_what_was_acknowledged_does_not_come_back_and_what_was_released_does(store: Store) -> None:
    ids = receive(store, 2)
    with store.transaction() as tx:
        (first, second) = tx[Leases].lease("one", 5, NOW, LATER)
        assert tx[Inbox].take(first.sender, first.message_id, NOW)
        tx[Leases].acknowledge("one", [(first.sender, first.message_id)], NOW)
        assert tx[Leases].release("one", NOW) == 1
        assert [one.acknowledged_at for one in tx[Leases].of("one")] == [NOW, None]
        assert [one.message_id for one in tx[Leases].waiting(0, 10)] == [ids[1]]
        assert [one.message_id for one in tx[Leases].lease("two", 5, NOW, LATER)] == [second.message_id]


def test_pages_follow_one_another_without_gap_or_repetition(store: Store) -> None:
    received = receive(store, 5)
    sent = outgoing()
    with store.transaction() as tx:
        tx[Outbox].add([sent], NOW)
        newest = tx[InboxPages].documents(None, 4)
        rest = tx[InboxPages].documents(newest[-1].position, 4)
        assert [one.message_id for one in newest + rest] == [sent.header.message_id, *reversed(received)]
        assert [one.direction for one in newest[:2]] == ["sent", "received"]
        assert all(one.accepted for one in newest)
        forward = tx[InboxPages].recorded_after(0, 4)
        forward += tx[InboxPages].recorded_after(forward[-1].position, 4)
        assert [one.message_id for one in forward] == [*received, sent.header.message_id]
        assert tx[InboxPages].last_position() == forward[-1].position


def test_cases_and_desk_rows_of_one_instant_are_told_apart_by_their_numbers(store: Store) -> None:
    with store.transaction() as tx:
        for number in ("HF-1", "HF-2", "HF-3"):
            tx[Cases].open(case_row(number), [part_row(number=number)])
            tx[DepartmentDesk].put([desk_row(number)])
        cases = tx[InboxPages].cases(None, 2)
        assert [one.number for one in cases] == ["HF-3", "HF-2"]
        assert [one.number for one in tx[InboxPages].cases((cases[-1].opened_at, "HF-2"), 2)] == ["HF-1"]
        assert [one.case_number for one in tx[InboxPages].desk((NOW, "HF-3"), 1)] == ["HF-2"]
        tx[Cases].move("HF-2", {CaseState.OPEN}, CaseState.READY)
        assert [one.number for one in tx[InboxPages].cases(None, 9, CaseState.OPEN)] == ["HF-3", "HF-1"]
        assert [one.number for one in tx[InboxPages].cases(None, 9, CaseState.READY)] == ["HF-2"]
        assert tx[InboxPages].desk((EARLIER, "HF-9"), 1) == []


TOKEN = TokenRow("abc", PLANNING, "registry", ("read", "send"), "d" * 64, "cli", NOW, MUCH_LATER)


def test_a_token_is_found_by_its_id_and_revoked_once(store: Store) -> None:
    with store.transaction() as tx:
        tx[Tokens].add(TOKEN)
        tx[Tokens].used("abc", LATER)
        assert tx[Tokens].get("abc") == replace(TOKEN, last_used_at=LATER)
        assert tx[Tokens].get("other") is None
        assert tx[Tokens].revoke("abc", "officer", LATER)
        assert not tx[Tokens].revoke("abc", "another", MUCH_LATER)
        assert [(one.revoked_at, one.revoked_by) for one in tx[Tokens].every()] == [(LATER, "officer")]


HOOK = WebhookRow("hook", PLANNING, "https://a.example/", ("message.arrived",), "whsec_x", NOW, 0)


def delivery(**fields: object) -> DeliveryRow:
    given = {"delivery_id": new_id(), "webhook_id": "hook", "event": "message.arrived", "body": "{}"}
    return DeliveryRow(**{**given, "state": "waiting", "attempts": 0, "next_at": NOW, "made_at": NOW, **fields})


def test_a_webhooks_position_moves_once_and_takes_its_deliveries_along(store: Store) -> None:
    row = delivery()
    with store.transaction() as tx:
        tx[WebhookRecords].add(HOOK)
        assert tx[WebhookRecords].advance("hook", 0, 7, [row])
        assert not tx[WebhookRecords].advance("hook", 0, 7, [delivery(delivery_id="other")])
        assert tx[WebhookRecords].due(NOW, 10) == [row]
        assert tx[WebhookRecords].due(EARLIER, 10) == []
        assert [one.position for one in tx[WebhookRecords].of_member(PLANNING)] == [7]
        assert tx[WebhookRecords].advance("hook", 7, 7, [row]), "it is there already"
        assert tx[WebhookRecords].due(NOW, 10) == [row]


def test_a_secret_that_was_replaced_signs_for_a_while_and_the_one_before_it_no_more(store: Store) -> None:
    with store.transaction() as tx:
        tx[WebhookRecords].add(HOOK)
        for secret in ("whsec_y", "whsec_z"):
            tx[WebhookRecords].replace_secret("hook", secret, LATER)
        (hook,) = tx[WebhookRecords].enabled()
    assert hook.secrets(NOW) == ("whsec_z", "whsec_y")
    assert hook.secrets(LATER) == ("whsec_z",)
    assert HOOK.secrets(NOW) == ("whsec_x",)


def test_a_delivery_is_claimed_by_one_and_comes_again_after_a_failure(store: Store) -> None:
    row = delivery()
    with store.transaction() as tx:
        tx[WebhookRecords].add(HOOK)
        tx[WebhookRecords].advance("hook", 0, 1, [row])
        assert tx[WebhookRecords].claim(row, LATER)
        assert not tx[WebhookRecords].claim(row, LATER)
        assert tx[WebhookRecords].due(NOW, 10) == []
        tx[WebhookRecords].failed(row, "HTTP 500", NOW, LATER)
        (again,) = tx[WebhookRecords].due(LATER, 10)
        assert (again.attempts, again.last_error) == (1, "HTTP 500")
        assert tx[WebhookRecords].claim(again, MUCH_LATER)
        tx[WebhookRecords].failed(again, "HTTP 502", LATER, MUCH_LATER)
        (hook,) = tx[WebhookRecords].enabled()
        assert (hook.failing_since, hook.last_error) == (NOW, "HTTP 502")
        tx[WebhookRecords].delivered(again, MUCH_LATER)
        (hook,) = tx[WebhookRecords].enabled()
        assert (hook.failing_since, hook.last_error, hook.succeeded_at) == (None, None, MUCH_LATER)
        assert tx[WebhookRecords].due(MUCH_LATER, 10) == []


def test_a_disabled_webhook_gets_nothing_until_it_is_enabled_and_then_all_at_once(store: Store) -> None:
    row = delivery(next_at=MUCH_LATER)
    with store.transaction() as tx:
        tx[WebhookRecords].add(HOOK)
        tx[WebhookRecords].advance("hook", 0, 1, [row])
        tx[WebhookRecords].disable("hook", NOW)
        assert tx[WebhookRecords].enabled() == []
        assert tx[WebhookRecords].due(MUCH_LATER, 10) == []
        tx[WebhookRecords].enable("hook", LATER)
        assert [one.delivery_id for one in tx[WebhookRecords].due(LATER, 10)] == [row.delivery_id]
        tx[WebhookRecords].remove("hook")
        assert tx[WebhookRecords].deliveries("hook", None, 10) == []


def test_settled_deliveries_are_listed_in_pages_and_forgotten_when_old(store: Store) -> None:
    rows = [delivery(made_at=NOW + n * _MINUTE) for n in range(3)]
    with store.transaction() as tx:
        tx[WebhookRecords].add(HOOK)
        tx[WebhookRecords].advance("hook", 0, 1, rows)
        tx[WebhookRecords].delivered(rows[0], NOW)
        tx[WebhookRecords].delivered(rows[1], LATER)
        newest = tx[WebhookRecords].deliveries("hook", None, 2)
        assert [one.delivery_id for one in newest] == [rows[2].delivery_id, rows[1].delivery_id]
        rest = tx[WebhookRecords].deliveries("hook", (newest[-1].made_at, newest[-1].delivery_id), 2)
        assert [one.delivery_id for one in rest] == [rows[0].delivery_id]
        assert tx[WebhookRecords].forget(LATER, NOW, 10) == 1
        assert len(tx[WebhookRecords].deliveries("hook", None, 10)) == 2


@pytest.mark.parametrize(
    ("index", "work"),
    [
        ("webhook_delivery_due", lambda tx: tx[WebhookRecords].due(NOW, 10)),
        ("webhook_delivery_settled", lambda tx: tx[WebhookRecords].forget(NOW, NOW, 10)),
        ("inbox_untaken", lambda tx: tx[Leases].lease("one", 10, NOW, LATER)),
        ("desk_received", lambda tx: tx[InboxPages].desk((NOW, "HF-1"), 10)),
        ("case_file_state_recent", lambda tx: tx[InboxPages].cases((NOW, "HF-1"), 10, CaseState.READY)),
    ],
    ids=["due", "forget", "lease", "desk", "cases"],
)
def test_what_is_asked_all_day_goes_through_its_index(store: Store, index: str, work: object) -> None:
    plan = plans(store, work)  # type: ignore[arg-type]
    assert index in plan, plan
