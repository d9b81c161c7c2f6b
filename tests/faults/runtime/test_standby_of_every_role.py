"""Every role runs twice: who serves is killed or frozen, the other one goes on, and never two are at work."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.log.checking import check_log
from exchange.messaging.log.store import MemberLog
from exchange.portal.view import FilingStanding
from tests.drills import drill
from tests.faults.approval.test_filings import file, seen
from tests.journeys.city import wait_until
from tests.postgres import own_database
from tests.processes import ProcessDomain, run
from tests.standing_pairs import PAIR, both, said_by, says, served_by, stand_by

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]

ROLES = ("monitor", "relay", "portal", "window", "planning")
_PATIENCE = 180.0

LETTER = """
number = "合规〔2026〕{serial}号"
kind = "函"
issuer = "规划局"
signatory = "王某"
title = "关于商请提供资料的函"
addressees = ["某机关"]
body = "正文"
"""


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str, postgres_url: str) -> Iterator[ProcessDomain]:
    """A domain with a member of every role, on PostgreSQL; nobody serves any yet."""
    with (
        own_database(postgres_url) as url,
        ProcessDomain(tmp_path, domain, broker, ("planning",), relay=True, portal=True, database_url=url) as city,
    ):
        yield city


def work_for_every_role(city: ProcessDomain, serial: int) -> None:
    """A filing goes from the portal by the window to a decision, watched by the monitor; the relay office has a letter;
    all of it is signed for."""
    paper = city.root / f"{serial}.toml"
    paper.write_text(LETTER.format(serial=serial), encoding="utf-8")
    to_relay = ("--to", city.address("relay"), "--as", city.address("planning"), "--json")
    letter = json.loads(run(city, "send", str(paper), *to_relay).stdout)["message_id"]
    (number,) = file(city)
    decided = lambda: seen(city, number).standing is FilingStanding.DECIDED  # noqa: E731
    wait_until(decided, _PATIENCE, "the decision at the portal", every=0.5)
    wait_until(lambda: city.undelivered() == 0, _PATIENCE, "all receipts", every=0.5)
    assert letter in run(city, "inbox", "--all", "--as", city.address("relay"), "--json").stdout


def assert_one_history(city: ProcessDomain, name: str) -> None:
    """The member's log is one, sealed by one process after the other; a monitor that had nothing to say has none."""
    opened = city.open(name)

    def sealed() -> bool:
        mark, broken = check_log(opened.store, opened.node.address, opened.node.directory, whole=True)
        assert broken is None
        with opened.store.reading() as tx:
            return not tx[MemberLog].entries_after(mark.last_id, 1)

    with closing(opened.store):
        wait_until(sealed, _PATIENCE, "all of the journal sealed", every=1.0)


def assert_serves(city: ProcessDomain, name: str, pid: int) -> None:
    """This process does, and operators see it."""
    found = served_by(city, name)
    assert found is not None
    assert found.pid == pid
    told = json.loads(run(city, "serving", "--json").stdout)
    (row,) = (one for one in told if one["member"] == city.address(name))
    assert row["served"]
    assert row["active"]["pid"] == pid


@pytest.mark.parametrize("role", [ROLES[0], *map(drill, ROLES[1:])])
def test_of_a_pair_one_serves_and_the_other_takes_over_when_it_is_killed(city: ProcessDomain, role: str) -> None:
    for name in city.names:
        if name != role:
            city.serve(name)
    active, other = both(city, role)
    assert_serves(city, role, active.pid)
    work_for_every_role(city, 1)
    assert "member.serving" not in said_by(city, role, PAIR[1]), "two at work"
    active.kill()
    says(city, role, PAIR[1], "member.serving")
    again = stand_by(city, role, "again")
    says(city, role, "again", "standby.waiting")
    work_for_every_role(city, 2)
    assert_serves(city, role, other.pid)
    assert "member.serving" not in said_by(city, role, "again"), "two at work"
    assert again.poll() is None
    assert_one_history(city, role)


@pytest.mark.drill  # the broker gives up the frozen process's consumers after twenty seconds and more
@pytest.mark.parametrize("role", ROLES)
def test_of_a_pair_one_that_was_frozen_ends_without_a_word_more(city: ProcessDomain, role: str) -> None:
    for name in city.names:
        if name != role:
            city.serve(name)
    active, other = both(city, role)
    work_for_every_role(city, 1)
    active.send_signal(signal.SIGSTOP)
    says(city, role, PAIR[1], "member.serving")
    active.send_signal(signal.SIGCONT)
    assert active.wait(120) == 11
    work_for_every_role(city, 2)
    assert_serves(city, role, other.pid)
    assert_one_history(city, role)
