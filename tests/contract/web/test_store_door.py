"""What the console keeps of who may come in, and its log, which the database itself lets nobody change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from exchange.audit.chain import EMPTY, START, ChainHead, check_chain
from exchange.audit.source import Source, SourceKind
from exchange.errors import BadAudit, Conflict
from exchange.operations.audit.store import AuditLog
from exchange.store import Store
from exchange.web.door.permissions import AccountRole
from exchange.web.door.records import AccountRow, FailureRow, LinkRow, SessionRow
from exchange.web.door.store import Accounts
from tests.contract.processes import others
from tests.contract.rows import LATER, NOW
from tests.contract.store.test_store_plans import plans

OTTO = AccountRow("otto", AccountRole.OPERATOR, "$argon2id$…", NOW, NOW)
HERE = Source(SourceKind.WEB, "192.0.2.7")
SVEN = AccountRow("sven", AccountRole.SECURITY, "$argon2id$…", NOW, NOW)


def filled(store: Store) -> Store:
    with store.transaction() as tx:
        tx[Accounts].add(OTTO)
        tx[Accounts].add(SVEN)
    return store


def test_accounts_come_back_as_they_were_kept(store: Store) -> None:
    with store.reading() as tx:
        assert not tx[Accounts].any()
    waiting = AccountRow("李明", AccountRole.OBSERVER, None, NOW)
    with filled(store).transaction() as tx:
        tx[Accounts].add(waiting)
    with store.reading() as tx:
        assert tx[Accounts].any()
        assert tx[Accounts].all() == [OTTO, SVEN, waiting]
        assert tx[Accounts].get("李明") == waiting
        assert tx[Accounts].get("nobody") is None


def test_a_name_is_taken_once(store: Store) -> None:
    with pytest.raises(Conflict), filled(store).transaction() as tx:
        tx[Accounts].add(OTTO)


def test_officers_are_those_who_can_sign_in(store: Store) -> None:
    with filled(store).transaction() as tx:
        tx[Accounts].add(AccountRow("waits", AccountRole.SECURITY, None, NOW))
        tx[Accounts].add(AccountRow("shut", AccountRole.SECURITY, "x", NOW, NOW, NOW))
        assert tx[Accounts].keepers(AccountRole.SECURITY) == {"sven"}
        tx[Accounts].set_locked("shut", None)
        tx[Accounts].set_role("sven", AccountRole.OBSERVER)
        tx[Accounts].set_password("waits", "y", LATER)
        assert tx[Accounts].keepers(AccountRole.SECURITY) == {"shut", "waits"}
        changed = tx[Accounts].get("waits")
        assert changed is not None
        assert (changed.password, changed.changed_at) == ("y", LATER)


def test_a_link_is_used_once_and_only_in_time(store: Store) -> None:
    with store.transaction() as tx:
        tx[Accounts].put_link(LinkRow("a" * 64, "otto", NOW, LATER))
        tx[Accounts].put_link(LinkRow("b" * 64, None, NOW, LATER))
        assert not tx[Accounts].use_link("c" * 64, NOW)
        assert not tx[Accounts].use_link("a" * 64, LATER)
        assert tx[Accounts].use_link("a" * 64, LATER - timedelta(microseconds=1))
        assert not tx[Accounts].use_link("a" * 64, NOW)
        assert tx[Accounts].link("a" * 64) == LinkRow("a" * 64, "otto", NOW, LATER, LATER - timedelta(microseconds=1))
        assert tx[Accounts].link("b" * 64) == LinkRow("b" * 64, None, NOW, LATER)


def test_a_new_link_replaces_those_of_the_same_account_that_were_not_used(store: Store) -> None:
    with store.transaction() as tx:
        for name, account in (("a", "otto"), ("b", "sven"), ("c", None), ("d", "otto"), ("e", None)):
            tx[Accounts].put_link(LinkRow(name * 64, account, NOW, LATER))
        assert [name for name in "abcde" if tx[Accounts].link(name * 64)] == ["b", "d", "e"]


def test_a_session_comes_with_its_account_as_it_is_now(store: Store) -> None:
    session = SessionRow("a" * 64, "otto", NOW, NOW, LATER)
    with filled(store).transaction() as tx:
        tx[Accounts].add_session(session)
        assert tx[Accounts].session("a" * 64) == (session, OTTO)
        tx[Accounts].set_role("otto", AccountRole.OBSERVER)
        tx[Accounts].seen("a" * 64, LATER)
        found = tx[Accounts].session("a" * 64)
        assert found is not None
        assert (found[0].seen_at, found[1].role) == (LATER, AccountRole.OBSERVER)
        assert tx[Accounts].session("b" * 64) is None


def test_sessions_end_one_or_all_but_one(store: Store) -> None:
    with filled(store).transaction() as tx:
        for name, account in (("a", "otto"), ("b", "otto"), ("c", "otto"), ("d", "sven")):
            tx[Accounts].add_session(SessionRow(name * 64, account, NOW, NOW, LATER))
        assert tx[Accounts].end_session("a" * 64)
        assert not tx[Accounts].end_session("a" * 64)
        assert tx[Accounts].end_sessions("otto", but="b" * 64) == 1
        assert [name for name in "abcd" if tx[Accounts].session(name * 64)] == ["b", "d"]
        assert tx[Accounts].end_sessions("otto") == 1


def test_what_is_over_is_swept_away_and_nothing_else(store: Store) -> None:
    after = LATER + timedelta(seconds=1)
    with filled(store).transaction() as tx:
        tx[Accounts].add_session(SessionRow("a" * 64, "otto", NOW, NOW, LATER))
        tx[Accounts].add_session(SessionRow("b" * 64, "otto", NOW, NOW, after))
        tx[Accounts].put_link(LinkRow("a" * 64, "otto", NOW, NOW))
        tx[Accounts].put_link(LinkRow("b" * 64, "sven", NOW, after))
        tx[Accounts].set_failure(FailureRow("a" * 64, 1, NOW, NOW))
        tx[Accounts].set_failure(FailureRow("b" * 64, 1, after, after))
        tx[Accounts].sweep(LATER, NOW)
        assert [bool(tx[Accounts].session(name * 64)) for name in "ab"] == [False, True]
        assert [bool(tx[Accounts].link(name * 64)) for name in "ab"] == [False, True]
        assert [bool(tx[Accounts].failure(name * 64)) for name in "ab"] == [False, True]


def test_failures_are_replaced_and_cleared(store: Store) -> None:
    with store.transaction() as tx:
        tx[Accounts].set_failure(FailureRow("a" * 64, 1, NOW, NOW))
        tx[Accounts].set_failure(FailureRow("a" * 64, 2, LATER, LATER))
        assert tx[Accounts].failure("a" * 64) == FailureRow("a" * 64, 2, LATER, LATER)
        tx[Accounts].clear_failure("a" * 64)
        assert tx[Accounts].failure("a" * 64) is None


def logged(store: Store, entries: int) -> ChainHead:
    with store.transaction() as tx:
        for number in range(entries):
            tx[AuditLog].append(NOW, "otto" if number % 2 else "sven", "redrive", f"letter {number}", "done", HERE)
        return tx[AuditLog].head()


def test_the_log_chains_what_is_appended_and_holds(store: Store) -> None:
    with store.reading() as tx:
        assert tx[AuditLog].head() == EMPTY
        assert check_chain(tx[AuditLog].entries(), tx[AuditLog].head()) == 0
    noted = logged(store, 3)
    head = logged(store, 1200)
    with store.reading() as tx:
        entries = list(tx[AuditLog].entries())
        assert [entry.seq for entry in entries] == list(range(1, 1204))
        assert check_chain(entries, head, noted) == 1203


def test_an_entry_is_kept_as_it_can_be_read_back_or_its_hash_would_not_hold(store: Store) -> None:
    with store.transaction() as tx:
        tx[AuditLog].append(
            LATER,
            "李明" * 30,
            "x" * 99,
            "nul \0, lone \ud800, long " + "y" * 900,
            "z" * 99,
            Source(SourceKind.REST, "nul \0 " + "o" * 900),
        )
    with store.reading() as tx:
        assert check_chain(tx[AuditLog].entries(), tx[AuditLog].head()) == 1


def test_the_log_is_read_page_by_page_newest_first(store: Store) -> None:
    logged(store, 7)
    with store.reading() as tx:
        assert [entry.seq for entry in tx[AuditLog].page(None, None, 3)] == [7, 6, 5]
        assert [entry.seq for entry in tx[AuditLog].page(5, None, 3)] == [4, 3, 2]
        assert [entry.seq for entry in tx[AuditLog].page(None, "otto", 9)] == [6, 4, 2]
        assert [entry.seq for entry in tx[AuditLog].page(4, "otto", 9)] == [2]


def test_the_log_is_read_by_the_kind_of_source(store: Store) -> None:
    kinds = (SourceKind.WEB, SourceKind.REST, SourceKind.COMMAND_LINE, SourceKind.REST)
    with store.transaction() as tx:
        for kind in kinds:
            tx[AuditLog].append(NOW, "otto", "redrive", "letter", "done", Source(kind, f"by {kind}"))
    with store.reading() as tx:
        assert [(one.seq, one.origin) for one in tx[AuditLog].page(None, None, 9, source="rest")] == [
            (4, "by rest"),
            (2, "by rest"),
        ]
        assert [one.seq for one in tx[AuditLog].page(4, "otto", 9, source="rest")] == [2]


FIRST = "d5571ca4d74119fb601f32b8a3a023de1fc6a1ee61b6638294eaa8ceb9ba804b"
OLD = (
    (1, "sven", "sign-in", "/sign-in", "done", START, FIRST),
    (2, "otto", "redrive", "/dead/7", "denied", FIRST,
     "a3b1e27c4ef45fae18cfe43b2e3917ad8865398bb0aaa253f4c1a3c5340362a2"),
)  # fmt: skip
"""Two entries as they were written on 2 March 2026, 09:00 UTC, when entries had no source."""
_OLD_COLUMNS = ("seq", "account", "action", "what", "outcome", "previous", "hash")


def test_entries_from_before_sources_were_kept_still_hold_and_others_follow_them(store: Store) -> None:
    with store._engine.begin() as connection:
        for row in OLD:
            connection.execute(
                text(
                    "INSERT INTO audit_entry (seq, account, action, what, outcome, previous, hash, at) VALUES "
                    "(:seq, :account, :action, :what, :outcome, :previous, :hash, 1772442000000000)"
                ),
                dict(zip(_OLD_COLUMNS, row, strict=True)),
            )
        head = {"key": "audit-head", "value": f"2:{OLD[-1][-1]}"}
        connection.execute(text("INSERT INTO meta (key, value) VALUES (:key, :value)"), head)
    newest = logged(store, 2)
    with store.reading() as tx:
        entries = list(tx[AuditLog].entries())
        assert [(one.version, one.source) for one in entries] == [(1, ""), (1, ""), (2, "web"), (2, "web")]
        assert check_chain(entries, newest) == 4
    without_triggers(store, "UPDATE audit_entry SET source = 'web' WHERE seq = 1")
    with store.reading() as tx, pytest.raises(BadAudit, match="entry 1"):
        check_chain(tx[AuditLog].entries(), newest)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET what = 'another' WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 3",
        "DELETE FROM audit_entry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(store: Store, change: str) -> None:
    logged(store, 3)
    with pytest.raises(Conflict), store.transaction() as tx:
        tx._db.execute(text(change))
    with store.reading() as tx:
        assert check_chain(tx[AuditLog].entries(), tx[AuditLog].head()) == 3


def without_triggers(store: Store, *changes: str) -> None:
    """What somebody can do who owns the database."""
    drop = {
        "sqlite": ["DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"],
        "postgresql": ["DROP TRIGGER audit_entry_stays ON audit_entry"],
    }
    with store._engine.begin() as connection:
        for statement in (*drop[store._engine.dialect.name], *changes):
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE audit_entry SET outcome = 'done ' WHERE seq = 2", "entry 2"),
        ("UPDATE audit_entry SET at = at + 1 WHERE seq = 4", "entry 4"),
        ("UPDATE audit_entry SET origin = '192.0.2.9' WHERE seq = 2", "entry 2"),
        ("UPDATE audit_entry SET source = 'rest' WHERE seq = 5", "entry 5"),
        ("UPDATE audit_entry SET version = 1 WHERE seq = 3", "entry 3"),
        ("UPDATE audit_entry SET version = 1, source = '', origin = '' WHERE seq = 3", "entry 3"),
        ("DELETE FROM audit_entry WHERE seq = 3", "entry 3 is missing"),
        ("DELETE FROM audit_entry WHERE seq > 3", "ends with entry 3, and had 5"),
        ("DELETE FROM audit_entry", "ends with entry 0"),
    ],
)
def test_what_an_owner_of_the_database_changes_all_the_same_is_found(store: Store, change: str, found: str) -> None:
    logged(store, 5)
    without_triggers(store, change)
    with store.reading() as tx, pytest.raises(BadAudit, match=found):
        check_chain(tx[AuditLog].entries(), tx[AuditLog].head())


def test_a_log_that_was_written_anew_as_a_whole_is_found_by_a_head_noted_elsewhere(store: Store) -> None:
    noted = logged(store, 3)
    without_triggers(store, "DELETE FROM audit_entry", "DELETE FROM meta WHERE key = 'audit-head'")
    with store.transaction() as tx:
        for number in range(3):
            tx[AuditLog].append(NOW, "sven", "look", f"nothing {number}", "done", HERE)
    with store.reading() as tx:
        assert check_chain(tx[AuditLog].entries(), tx[AuditLog].head()) == 3
        with pytest.raises(BadAudit, match="noted"):
            check_chain(tx[AuditLog].entries(), tx[AuditLog].head(), noted)


def test_processes_that_append_together_make_one_chain(database_url: str, member: str, store: Store) -> None:
    with others(3, "audit", database_url, member) as together:
        assert [other.hear() for other in together] == ["ready"] * 3
        for other in together:
            other.go_on()
        assert [other.hear() for other in together] == ["appended"] * 3
    with store.reading() as tx:
        assert check_chain(tx[AuditLog].entries(), tx[AuditLog].head()) == 15


def test_what_every_request_and_page_looks_up_is_never_searched_row_by_row(store: Store) -> None:
    def work(tx: Any) -> None:
        tx[Accounts].session("a" * 64)
        tx[Accounts].end_sessions("otto")
        tx[Accounts].failure("a" * 64)
        tx[Accounts].link("a" * 64)
        tx[AuditLog].head()
        tx[AuditLog].page(100, None, 50)
        tx[AuditLog].page(100, "otto", 50)
        tx[AuditLog].page(100, None, 50, source="rest")

    plan = plans(store, work)
    tables = ("account", "account_session", "account_failure", "account_link", "audit_entry", "meta")
    scanned = [table for table in tables if f"'SCAN {table}'" in plan or f"Seq Scan on {table} " in plan]
    assert not scanned, plan
    assert "audit_entry_of" in plan
    assert "audit_entry_from" in plan
