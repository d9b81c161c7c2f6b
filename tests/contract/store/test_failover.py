"""A database that fails over: members go on at the new primary, one at a time, and never go back to the old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from exchange.errors import DatabaseUnavailable
from exchange.store import Store, open_store
from exchange.store.replication import ask_replication, hosts_of
from tests.contract.processes import others
from tests.journeys.city import wait_until
from tests.postgres_pair import Pair, pair


@pytest.fixture
def servers() -> Iterator[Pair]:
    with pair() as found:
        yield found


def _write(store: Store, value: str) -> None:
    with store.transaction() as tx:
        tx.set_meta("test", value)


def _read(store: Store) -> str | None:
    with store.reading() as tx:
        return tx.get_meta("test")


def _works(work: Callable[[], object]) -> bool:
    try:
        work()
    except DatabaseUnavailable:
        return False
    return True


def test_an_identity_is_taken_anew_at_a_promoted_standby_by_one_process_and_nothing_confirmed_is_lost(
    servers: Pair, member: str
) -> None:
    servers.wait_for_commits(servers.first)
    with open_store(servers.url, member=member) as store:
        store.migrate()
        with others(1, "stand-by", servers.url, member) as [active]:
            assert active.hear() == "serving"
            with others(1, "stand-by", servers.url, member) as [waiting]:
                assert waiting.hear() == "waiting"
                active.go_on()
                assert active.hear() == "wrote 1"
                servers.first.kill()
                servers.second.promote()
                servers.alone(servers.second)
                wait_until(lambda: _works(lambda: _read(store)), 60)
                wait_until(lambda: store.is_served(member), 60)
                said = "DatabaseUnavailable"
                while said == "DatabaseUnavailable":  # the lock is taken, and nobody has claimed it yet
                    active.go_on()
                    said = active.hear()
                if said == "IdentityLost":  # the other one asked first
                    assert waiting.hear() == "serving"
                    waiting.go_on()
                    said = waiting.hear()
                assert said == "wrote 2"


def test_an_old_primary_that_comes_back_as_it_was_is_not_written_to(servers: Pair, member: str) -> None:
    with open_store(servers.url, member=member) as store:
        store.migrate()
        with store.claim_identity(member):
            _write(store, "before")
            servers.until(servers.second, "SELECT pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()")
            servers.first.kill()
            servers.second.promote()
            wait_until(lambda: _works(lambda: _write(store, "after")), 60)
            servers.first.start()  # as somebody may do who knows of nothing
            store.close()
            with pytest.raises(DatabaseUnavailable, match="another one was promoted") as caught:
                _write(store, "nowhere")
            assert caught.value.code == "database-behind"
            assert "pg_rewind" in caught.value.remedy
            servers.first.stop()
            servers.first.rewind(servers.second)
            servers.first.start()
            _write(store, "at last")
            assert _read(store) == "at last"


def test_what_a_failover_would_lose_is_told_by_the_server(servers: Pair, member: str) -> None:
    def found() -> tuple[bool, bool, bool]:
        now = ask_replication(servers.url, member)
        return now.may_fail_over, now.keeps_all, now.confirmed_early

    assert hosts_of(servers.url) == 2
    assert found() == (True, False, False)
    assert ask_replication(servers.first.url, member).standbys == 1
    servers.wait_for_commits(servers.first)
    assert found() == (True, True, False)
    for setting, expected in (("local", (True, False, False)), ("off", (True, False, True))):
        servers.first.say(f"ALTER SYSTEM SET synchronous_commit = {setting}", "SELECT pg_reload_conf()")
        servers.until(servers.first, f"SELECT current_setting('synchronous_commit') = '{setting}'")
        assert found() == expected
