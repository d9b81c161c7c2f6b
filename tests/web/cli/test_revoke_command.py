"""`exchange revoke` closes what a member comes in by, says what remains, and lists what rests on its key."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.clock import RealClock
from exchange.operations.health.checkups.revoked import revoked
from exchange.operations.systems.issuing import make_token
from exchange.operations.systems.records import WebhookRow
from exchange.operations.systems.store import Tokens, WebhookRecords
from exchange.runtime.draining import drained
from exchange.store.journal import JournalEntry
from exchange.web.door.gate import gate_of
from exchange.web.door.permissions import AccountRole
from exchange.web.door.records import AccountRow
from exchange.web.door.store import Accounts
from tests.warm import run_warm
from tests.web.town import Town

MEMBER = "hefei.planning"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.view.close()


def revoke(town: Town, *words: str, code: int) -> dict[str, object]:
    environment = {**os.environ, "EXCHANGE_HOME": str(town.settings.home)}
    done = run_warm(("revoke", MEMBER, "--reason", "stolen", "--json", *words), environment)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_tokens_webhooks_and_named_console_accounts_end_and_what_remains_is_named(town: Town) -> None:
    now = RealClock().now()
    make_token(town.view.console, town.view.profiles(), MEMBER, "its system", ["read"], 30, "li")
    with town.view.console.transaction() as tx:
        tx[WebhookRecords].add(WebhookRow("w-1", MEMBER, "https://example.org/", ("received",), "s" * 40, now, 0))
        tx[Accounts].add(AccountRow("zhang", AccountRole.OPERATOR, None, now))

    told = revoke(town, "--account", "zhang", "--account", "nobody", code=8)

    assert told["closed"] == [
        "API tokens: 1", "webhooks: 1", "its service: drained, and not started before it has a new certificate",
        "console account zhang",
    ]  # fmt: skip
    remains = told["remains"]
    assert isinstance(remains, list)
    assert [one["what"] for one in remains] == ["its account at the broker", "console account nobody"]
    assert "EXCHANGE_MANAGEMENT_URL" in remains[0]["remedy"]
    with town.view.console.reading() as tx:
        assert all(one.revoked_at is not None for one in tx[Tokens].every())
        assert tx[WebhookRecords].enabled() == []
        account = tx[Accounts].get("zhang")
    assert account is not None
    assert account.locked_at is not None
    with town.member("planning") as planning:
        assert drained(planning.store) is not None
    assert revoke(town, code=8)["closed"] == [], "done again, it does what remained"
    assert gate_of(town.view).clock is not None


def test_the_doctor_names_what_is_still_open(town: Town) -> None:
    assert list(revoked(town.settings)) == []
    revoke(town, code=8)
    make_token(town.view.console, town.view.profiles(), MEMBER, "its system", ["read"], 30, "li")
    findings = [(one.level, one.check, one.finding) for one in revoked(town.settings)]
    assert [(level, subject) for level, subject, _ in findings] == [("note", "revoked"), ("bad", f"revoked {MEMBER}")]
    assert "API token" in findings[1][2]


def test_a_document_signed_after_a_revocation_dated_back_is_listed_and_noted_once(town: Town) -> None:
    [letter] = town.set_aside(1)
    town.take_in(letter)
    at = town.settings.clock.now() - timedelta(hours=1)
    for _ in range(2):
        rests = revoke(town, "--at", at.isoformat(), "--since", f"{at:%Y-%m-%d}", code=8)["rests"]
        assert isinstance(rests, list)
        assert [(one["holder"], one["kind"], one["ground"]) for one in rests] == [
            ("hefei.transport", "document", "undone")
        ]
    with town.member("transport") as transport, transport.store.reading() as tx:
        noted: list[JournalEntry] = [one for one in tx.recent_journal() if one.event == "rests-on-revoked"]
    assert [one.message_id for one in noted] == [letter.message_id]
