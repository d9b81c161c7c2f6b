"""The audit log's head is signed and held by members, so that a log that was cut off or rewritten contradicts them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from exchange.audit.chain import check_chain
from exchange.audit.source import Source, SourceKind
from exchange.clock import RealClock
from exchange.directory.freshness import FreshnessKey, load_freshness_key
from exchange.directory.log_heads import sign_head
from exchange.errors import BadAudit
from exchange.messaging.freshness import HEAD, Carrier, heard
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery
from exchange.operations.audit.heads import LogWatch, check_log, sign_heads, state_head
from exchange.operations.audit.store import AuditLog
from exchange.operations.health.checkups.audit import audit
from exchange.runtime.stated.heads import held_in
from tests.web.town import Town

HERE = Source(SourceKind.COMMAND_LINE, "li")
PLANNING, TRANSPORT = "planning", "transport"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.view.close()


def write(town: Town, *what: str) -> None:
    with town.view.console.transaction() as tx:
        for one in what:
            tx[AuditLog].append(RealClock().now(), "li", "hold", one, "done", HERE)


def written_anew(town: Town, *what: str) -> None:
    """What somebody can do who owns the console's database: another log, whose chain verifies."""
    with town.view.console._engine.begin() as connection:
        for trigger in ("audit_entry_no_update", "audit_entry_no_delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        connection.execute(text("DELETE FROM audit_entry"))
        connection.execute(text("DELETE FROM meta WHERE key = 'audit-head'"))
    write(town, *what)
    with town.view.console.reading() as tx:
        assert check_chain(tx[AuditLog].entries(), tx[AuditLog].head()) == len(what), "nobody sees it by itself"


def send(sender: Node, receiver: Node) -> None:
    """What goes beside a message that goes anyway."""
    headers = Carrier(sender).headers(f"{receiver.address}.inbox")
    heard(receiver, [Delivery(f"{receiver.address}.inbox", b"", None, None, headers, False, None, False)])


def told(town: Town) -> list[str]:
    return [f"{one.level} {one.finding}" for one in audit(town.settings)]


def signed_and_held(town: Town) -> None:
    write(town, "one", "two", "three")
    assert state_head(town.view)
    with town.member(PLANNING) as planning, town.member(TRANSPORT) as transport:
        send(planning.node, transport.node)
        for one in (planning, transport):
            with one.store.reading() as tx:
                assert [head.seq for head in held_in(tx).heads] == [3]
    assert check_log(town.view, whole=True) == 3


@pytest.mark.parametrize("log", [("one", "two"), ("one", "two", "another"), ("other", "two", "three", "four"), ()])
def test_a_log_that_was_cut_or_rewritten_contradicts_what_members_hold(town: Town, log: tuple[str, ...]) -> None:
    signed_and_held(town)
    written_anew(town, *log)
    town.view.home.audit_head.unlink()  # whoever can write the database may have the folder, too
    with pytest.raises(BadAudit, match="entry 3"):
        check_log(town.view)
    assert LogWatch().contradicted(town.view)
    (finding,) = told(town)
    assert finding.startswith("bad ")
    assert "entry 3" in finding


def test_what_is_forgotten_here_comes_back_from_another_member(town: Town) -> None:
    signed_and_held(town)
    written_anew(town, "one", "two")
    town.view.home.audit_head.unlink()
    with town.member(PLANNING) as planning, town.member(TRANSPORT) as transport:
        elsewhere = transport.node.audit_head()
        for one in (planning, transport):
            with one.store.transaction() as tx:
                tx.set_meta("audit-heads", "")
        assert check_log(town.view) == 2, "nobody here knows any more"
        assert elsewhere is not None
        planning.node.take_audit_head(elsewhere)
    with pytest.raises(BadAudit, match="entry 3"):
        check_log(town.view)


def test_no_head_is_signed_for_a_log_without_the_entry_of_the_last(town: Town) -> None:
    signed_and_held(town)
    assert not state_head(town.view), "nothing new"
    write(town, "four")
    assert state_head(town.view)
    written_anew(town, "one", "two", "three", "another", "five")
    with pytest.raises(BadAudit, match="entry 4"):
        state_head(town.view)


def test_a_head_that_another_key_signed_is_nobodys(town: Town) -> None:
    with town.member(PLANNING) as planning:
        key = load_freshness_key(town.view.home.freshness_key)
        own = planning.node.identity.signing_key
        now = RealClock().now()
        for forged in (
            sign_head(FreshnessKey(key.certificate, own), "hefei", 9, "a" * 64, now),
            sign_head(key, "wuhu", 9, "a" * 64, now),
            b"none",
        ):
            planning.node.take_audit_head(forged)
            with planning.store.reading() as tx:
                assert held_in(tx).heads == ()
        planning.node.take_audit_head(sign_head(key, "hefei", 9, "a" * 64, now))
        assert planning.node.audit_head() is not None


def test_heads_are_in_the_log_stream_and_signing_ends_when_told(town: Town) -> None:
    write(town, "one")
    told_to_stop = threading.Event()
    told_to_stop.set()
    with capture_logs() as lines:
        sign_heads(town.settings, told_to_stop)
    (line,) = [one for one in lines if one["event"] == "audit.head"]
    with town.view.console.reading() as tx:
        head = tx[AuditLog].head()
    assert (line["entries"], line["hash"]) == (head.seq, head.hash)
    with town.member(PLANNING) as planning:
        assert HEAD in Carrier(planning.node).headers("hefei.window.inbox")


def test_an_honest_log_is_said_to_be_one(town: Town) -> None:
    signed_and_held(town)
    assert told(town) == ["good 3 entries, none changed or cut off since a head was signed"]
