"""Whoever writes a served domain's databases by hand is named by `exchange reconcile` and by the doctor."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from exchange.clock import CST
from exchange.messaging.log.sealing import seal
from exchange.operations.health.checkups.doctor import examine
from tests.journeys.city import wait_until
from tests.processes import KnownBroker, ProcessDomain, run
from tests.warm import run_warm

pytestmark = pytest.mark.broker


def reconciled(city: ProcessDomain, *words: str, code: int) -> dict[str, Any]:
    """What the command says to machines, once the broker knows what lies in queues that are new."""
    said: list[Any] = []

    def is_known() -> bool:
        done = run_warm(["reconcile", "--settle", "1", "--json", *words], KnownBroker(city).environment())
        said[:] = [done.returncode, json.loads(done.stdout), done.stderr]
        return not said[1]["unread"]

    wait_until(is_known, 60, "the broker's figures")
    ended, found, error = said
    assert ended == code, error
    assert isinstance(found, dict)
    return found


def named(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["table"], one["column"]) for one in found["rows"]["contradictions"]}


def edit(city: ProcessDomain, name: str, statement: str) -> None:
    """What somebody with the database's password does."""
    with closing(city.open(name).store) as store, store.transaction() as tx:
        assert tx._db.execute(text(statement)).rowcount


def test_edited_rows_a_deleted_line_and_another_calendar_are_named_by_the_commands(city: ProcessDomain) -> None:
    city.serve_all()
    numbers = city.submit(2)
    wait_until(lambda: city.decided() == 2, 60, "the decisions")
    wait_until(lambda: city.undelivered() == 0, 60, "the receipts")
    sound = reconciled(city, code=0)
    assert sound["rows"]["rows"] > 20
    assert named(sound) == set()
    for name in ("window", "planning", "monitor"):
        city.kill(name)
    edit(city, "window", f"UPDATE case_file SET outcome = 'refuse' WHERE number = '{numbers[0]}'")
    edit(city, "planning", f"UPDATE desk SET reminded = 50 WHERE case_number = '{numbers[1]}'")
    edit(city, "window", f"INSERT INTO meta (key, value) VALUES ('calendar:{city.domain}', 'd284')")
    planning = city.open("planning")
    with closing(planning.store):
        seal(planning.node)
    edit(city, "planning", "DELETE FROM journal WHERE id = (SELECT min(id) FROM journal)")

    found = reconciled(city, code=8)
    expected = {("case_file", "outcome"), ("desk", "reminded"), ("meta", "value")}
    assert named(found) - {("journal", one) for _, one in named(found)} == expected
    assert "journal" in {table for table, _ in named(found)}, "a line that is gone"
    outcome = next(one for one in found["rows"]["contradictions"] if one["table"] == "case_file")
    assert (outcome["row"], outcome["signed"], outcome["key"]) == ("refuse", "grant", numbers[0])
    assert outcome["document"]["kind"] == "decision"
    assert outcome["document"]["sender"] == city.address("window")

    assert named(reconciled(city, "--case", numbers[0], code=8)) == {("case_file", "outcome")}
    assert named(reconciled(city, "--case", numbers[1], code=8)) == {("desk", "reminded")}
    tomorrow = (datetime.now(CST) + timedelta(days=1)).strftime("%Y-%m-%d")
    later = named(reconciled(city, "--since", tomorrow, code=8))
    assert ("case_file", "outcome") not in later, "a row of before, which has its moment"
    assert ("meta", "value") in later
    assert "rows" not in reconciled(city, "--no-rows", code=0)
    shown = run(KnownBroker(city), "reconcile", "--settle", "1", code=8).stdout
    assert "case_file" in shown
    assert "desk" in shown

    bad = [one for one in examine(city.settings) if one.check.startswith("rows of")]
    assert {city.address("window"), city.address("planning")} <= {one.check.rpartition(" ")[2] for one in bad}
    assert any("reminded" in one.finding for one in bad)
