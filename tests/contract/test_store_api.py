"""The tables behind the REST API: answers under keys, leases, pages, tokens and webhooks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.errors import Conflict
from exchange.flow.ports import CaseState
from exchange.flow.ports.api import GivenAnswer
from exchange.flow.ports.tools import DeliveryRow, TokenRow, WebhookRow
from exchange.store import SqlStore
from tests.contract.rows import LATER, MUCH_LATER, NOW, PLANNING, case_row, desk_row, entry, new_id, outgoing, part_row
from tests.contract.test_store_plans import plans

EARLIER = NOW - timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def receive(store: SqlStore, count: int) -> list[str]:
    entries = [entry() for _ in range(count)]
    with store.transaction() as tx:
        tx.inbox.record(entries, NOW)
    return [one.header.message_id for one in entries]


def test_an_answer_is_kept_for_its_time_and_then_its_key_is_free_again(store: SqlStore) -> None:
    answer = GivenAnswer("key", "f" * 64, 202, b'{"a":1}', NOW)
    with store.transaction() as tx:
        tx.answers.keep(answer, EARLIER)
        assert tx.answers.get("key", EARLIER) == answer
        assert tx.answers.get("key", LATER) is None
        assert tx.answers.get("other", EARLIER) is None
    with store.transaction() as tx:
        tx.answers.keep(replace(answer, status=200, given_at=MUCH_LATER), LATER)
        found = tx.answers.get("key", LATER)
    assert found is not None
    assert found.status == 200


def test_a_key_has_one_answer_and_what_came_with_a_second_one_is_rolled_back(store: SqlStore) -> None:
    answer = GivenAnswer("key", "f" * 64, 202, b"{}", NOW)
    with store.transaction() as tx:
        tx.answers.keep(answer, EARLIER)

    def again() -> None:
        with store.transaction() as tx:
            tx.desk.put([desk_row()])
            tx.answers.keep(replace(answer, fingerprint="e" * 64), EARLIER)

    with pytest.raises(Conflict):
        again()
    with store.reading() as tx:
        assert tx.desk.get("HF-1") is None


def test_a_leased_message_is_nobody_elses_until_the_lease_is_over(store: SqlStore) -> None:
    first, second, third = receive(store, 3)
    with store.transaction() as tx:
        assert [one.message_id for one in tx.leases.lease("one", 2, NOW, LATER)] == [first, second]
        assert [one.message_id for one in tx.leases.lease("two", 5, NOW, LATER)] == [third]
        assert tx.leases.lease("three", 5, LATER - _MINUTE, MUCH_LATER) == []
        assert [one.message_id for one in tx.leases.lease("three", 1, LATER, MUCH_LATER)] == [first]
        assert [one.message_id for one in tx.leases.of("one")] == [second]


def test_what_was_acknowledged_does_not_come_back_and_what_was_released_does(store: SqlStore) -> None:
    ids = receive(store, 2)
    with store.transaction() as tx:
        (first, second) = tx.leases.lease("one", 5, NOW, LATER)
        assert tx.inbox.take(first.sender, first.message_id, NOW)
        tx.leases.acknowledge("one", [(first.sender, first.message_id)], NOW)
        assert tx.leases.release("one", NOW) == 1
        assert [one.acknowledged_at for one in tx.leases.of("one")] == [NOW, None]
        assert [one.message_id for one in tx.leases.waiting(0, 10)] == [ids[1]]
        assert [one.message_id for one in tx.leases.lease("two", 5, NOW, LATER)] == [second.message_id]


def test_pages_follow_one_another_without_gap_or_repetition(store: SqlStore) -> None:
    received = receive(store, 5)
    sent = outgoing()
    with store.transaction() as tx:
        tx.outbox.add([sent], NOW)
        newest = tx.pages.documents(None, 4)
        rest = tx.pages.documents(newest[-1].position, 4)
        assert [one.message_id for one in newest + rest] == [sent.header.message_id, *reversed(received)]
        assert [one.direction for one in newest[:2]] == ["sent", "received"]
        assert all(one.accepted for one in newest)
        forward = tx.pages.recorded_after(0, 4)
        forward += tx.pages.recorded_after(forward[-1].position, 4)
        assert [one.message_id for one in forward] == [*received, sent.header.message_id]
        assert tx.pages.last_position() == forward[-1].position


def test_cases_and_desk_rows_of_one_instant_are_told_apart_by_their_numbers(store: SqlStore) -> None:
    with store.transaction() as tx:
        for number in ("HF-1", "HF-2", "HF-3"):
            tx.cases.open(case_row(number), [part_row(number=number)])
            tx.desk.put([desk_row(number)])
        cases = tx.pages.cases(None, 2)
        assert [one.number for one in cases] == ["HF-3", "HF-2"]
        assert [one.number for one in tx.pages.cases((cases[-1].opened_at, "HF-2"), 2)] == ["HF-1"]
        assert [one.case_number for one in tx.pages.desk((NOW, "HF-3"), 1)] == ["HF-2"]
        tx.cases.move("HF-2", {CaseState.OPEN}, CaseState.READY)
        assert [one.number for one in tx.pages.cases(None, 9, CaseState.OPEN)] == ["HF-3", "HF-1"]
        assert [one.number for one in tx.pages.cases(None, 9, CaseState.READY)] == ["HF-2"]
        assert tx.pages.desk((EARLIER, "HF-9"), 1) == []


TOKEN = TokenRow("abc", PLANNING, "registry", ("read", "send"), "d" * 64, "cli", NOW, MUCH_LATER)


def test_a_token_is_found_by_its_id_and_revoked_once(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.tokens.add(TOKEN)
        tx.tokens.used("abc", LATER)
        assert tx.tokens.get("abc") == replace(TOKEN, last_used_at=LATER)
        assert tx.tokens.get("other") is None
        assert tx.tokens.revoke("abc", "officer", LATER)
        assert not tx.tokens.revoke("abc", "another", MUCH_LATER)
        assert [(one.revoked_at, one.revoked_by) for one in tx.tokens.every()] == [(LATER, "officer")]


HOOK = WebhookRow("hook", PLANNING, "https://a.example/", ("message.arrived",), "whsec_x", NOW, 0)


def delivery(**fields: object) -> DeliveryRow:
    given = {"delivery_id": new_id(), "webhook_id": "hook", "event": "message.arrived", "body": "{}"}
    return DeliveryRow(**{**given, "state": "waiting", "attempts": 0, "next_at": NOW, "made_at": NOW, **fields})


def test_a_webhooks_position_moves_once_and_takes_its_deliveries_along(store: SqlStore) -> None:
    row = delivery()
    with store.transaction() as tx:
        tx.webhooks.add(HOOK)
        assert tx.webhooks.advance("hook", 0, 7, [row])
        assert not tx.webhooks.advance("hook", 0, 7, [delivery()])
        assert tx.webhooks.due(NOW, 10) == [row]
        assert tx.webhooks.due(EARLIER, 10) == []
        assert [one.position for one in tx.webhooks.of_member(PLANNING)] == [7]


def test_a_secret_that_was_replaced_signs_for_a_while_and_the_one_before_it_no_more(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.webhooks.add(HOOK)
        for secret in ("whsec_y", "whsec_z"):
            tx.webhooks.replace_secret("hook", secret, LATER)
        (hook,) = tx.webhooks.enabled()
    assert hook.secrets(NOW) == ("whsec_z", "whsec_y")
    assert hook.secrets(LATER) == ("whsec_z",)
    assert HOOK.secrets(NOW) == ("whsec_x",)


def test_a_delivery_is_claimed_by_one_and_comes_again_after_a_failure(store: SqlStore) -> None:
    row = delivery()
    with store.transaction() as tx:
        tx.webhooks.add(HOOK)
        tx.webhooks.advance("hook", 0, 1, [row])
        assert tx.webhooks.claim(row, LATER)
        assert not tx.webhooks.claim(row, LATER)
        assert tx.webhooks.due(NOW, 10) == []
        tx.webhooks.failed(row, "HTTP 500", NOW, LATER)
        (again,) = tx.webhooks.due(LATER, 10)
        assert (again.attempts, again.last_error) == (1, "HTTP 500")
        assert tx.webhooks.claim(again, MUCH_LATER)
        tx.webhooks.failed(again, "HTTP 502", LATER, MUCH_LATER)
        (hook,) = tx.webhooks.enabled()
        assert (hook.failing_since, hook.last_error) == (NOW, "HTTP 502")
        tx.webhooks.delivered(again, MUCH_LATER)
        (hook,) = tx.webhooks.enabled()
        assert (hook.failing_since, hook.last_error, hook.succeeded_at) == (None, None, MUCH_LATER)
        assert tx.webhooks.due(MUCH_LATER, 10) == []


def test_a_disabled_webhook_gets_nothing_until_it_is_enabled_and_then_all_at_once(store: SqlStore) -> None:
    row = delivery(next_at=MUCH_LATER)
    with store.transaction() as tx:
        tx.webhooks.add(HOOK)
        tx.webhooks.advance("hook", 0, 1, [row])
        tx.webhooks.disable("hook", NOW)
        assert tx.webhooks.enabled() == []
        assert tx.webhooks.due(MUCH_LATER, 10) == []
        tx.webhooks.enable("hook", LATER)
        assert [one.delivery_id for one in tx.webhooks.due(LATER, 10)] == [row.delivery_id]
        tx.webhooks.remove("hook")
        assert tx.webhooks.deliveries("hook", None, 10) == []


def test_settled_deliveries_are_listed_in_pages_and_forgotten_when_old(store: SqlStore) -> None:
    rows = [delivery(made_at=NOW + n * _MINUTE) for n in range(3)]
    with store.transaction() as tx:
        tx.webhooks.add(HOOK)
        tx.webhooks.advance("hook", 0, 1, rows)
        tx.webhooks.delivered(rows[0], NOW)
        tx.webhooks.delivered(rows[1], LATER)
        newest = tx.webhooks.deliveries("hook", None, 2)
        assert [one.delivery_id for one in newest] == [rows[2].delivery_id, rows[1].delivery_id]
        rest = tx.webhooks.deliveries("hook", (newest[-1].made_at, newest[-1].delivery_id), 2)
        assert [one.delivery_id for one in rest] == [rows[0].delivery_id]
        assert tx.webhooks.forget(LATER, 10) == 1
        assert len(tx.webhooks.deliveries("hook", None, 10)) == 2


@pytest.mark.parametrize(
    ("index", "work"),
    [
        ("webhook_delivery_due", lambda tx: tx.webhooks.due(NOW, 10)),
        ("webhook_delivery_settled", lambda tx: tx.webhooks.forget(NOW, 10)),
        ("inbox_untaken", lambda tx: tx.leases.lease("one", 10, NOW, LATER)),
        ("desk_received", lambda tx: tx.pages.desk((NOW, "HF-1"), 10)),
        ("case_file_state_recent", lambda tx: tx.pages.cases((NOW, "HF-1"), 10, CaseState.READY)),
    ],
    ids=["due", "forget", "lease", "desk", "cases"],
)
def test_what_is_asked_all_day_goes_through_its_index(store: SqlStore, index: str, work: object) -> None:
    plan = plans(store, work)  # type: ignore[arg-type]
    assert index in plan, plan
