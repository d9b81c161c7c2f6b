"""`exchange log`: heads of all members, the check that names a row, and a proof that holds without the exchange."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cbor2 import loads
from sqlalchemy import text

from exchange.audit.log.heads import read_log_head
from exchange.audit.log.leaves import read_leaf
from exchange.audit.log.receipts import verify_inclusion
from exchange.clock import RealClock
from exchange.messaging.log.scrubbing import scrub
from exchange.messaging.log.sealing import seal
from exchange.messaging.log.store import MemberLog
from exchange.messaging.stamping.store import KeptStamp, LogStamps
from exchange.messaging.stamping.trouble import note_trouble
from exchange.operations.health.checkups.logs import logs
from exchange.operations.health.checkups.stamps import stamps
from exchange.runtime.home import open_directory
from exchange.store.journal import JournalEntry
from tests.corpus.time_authority import PaperTimeAuthority
from tests.warm import run_warm
from tests.web.town import Town

PLANNING, URL = "hefei.planning", "https://tsa.example/tsr"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Planning has sealed seven rows, which were stamped half a minute later, and has one that is not sealed."""
    town = Town(tmp_path_factory.mktemp("town"))
    with town.member("planning") as member:
        for count in (3, 4, 1):
            with member.store.transaction() as tx:
                now = RealClock().now()
                tx.journal([JournalEntry(now, "noted", None, None, {"n": number}) for number in range(count)])
            if count > 1:
                seal(member.node)
        with member.store.transaction() as tx:
            head = tx[MemberLog].newest()
            assert head is not None
            at = head.issued_at + timedelta(seconds=30)
            tx[LogStamps].add(KeptStamp(head.size, PaperTimeAuthority().answer(head.signed, at), "CN=paper time", at))
        scrub(member.node)
    yield town
    town.view.close()


def run(town: Town, *words: str, code: int = 0, language: str = "en") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EXCHANGE_HOME": str(town.settings.home), "EXCHANGE_LANGUAGE": language}
    done = run_warm(("log", *words), environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def looked_at(town: Town, *words: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {one["member"]: one for one in json.loads(run(town, *words, "--json", code=code).stdout)}
    return found


def test_heads_and_what_is_not_sealed_are_told(town: Town) -> None:
    found = looked_at(town)
    assert set(found) == set(town.view.profiles())
    planning = found[PLANNING]
    assert [head["size"] for head in planning["heads"]] == [7, 3]
    assert {head["origin"] for head in planning["heads"]} == {PLANNING}
    assert (planning["head_count"], planning["unsealed"], planning["checked"]) == (2, 1, 7)
    assert planning["broken"] is None
    shown = run(town, PLANNING).stdout
    assert planning["heads"][0]["root"][:20] in shown
    assert PLANNING in run(town).stdout
    assert "no member here" in run(town, "hefei.nobody", code=3).stderr


def test_the_newest_one_is_told_with_authority_moment_and_lag_and_then_why_there_is_no_newer(town: Town) -> None:
    found = looked_at(town, PLANNING)[PLANNING]
    stamp = found["time_stamp"]
    assert (stamp["size"], stamp["authority"], stamp["lag_seconds"]) == (7, "CN=paper time", 30)
    assert found["time_stamps_failing"] is None
    shown = " ".join(run(town, PLANNING).stdout.split())
    assert "30 s after their head, by CN=paper time" in shown
    assert "time-stamp: none" in run(town, next(one for one in town.view.profiles() if one != PLANNING)).stdout
    assert [(one.level, one.check) for one in stamps(town.settings)] == [("good", "time-stamps")]
    with town.member("planning") as member, member.store.transaction() as tx:
        note_trouble(tx, {URL: "HTTP 503"}, RealClock().now())
    found = looked_at(town, PLANNING)[PLANNING]
    assert found["time_stamps_failing"]["reasons"] == {URL: "HTTP 503"}
    assert f"{URL}: HTTP 503" in " ".join(run(town, PLANNING).stdout.split())
    assert "未能取得时间戳" in run(town, PLANNING, language="zh").stdout
    bad, good = stamps(town.settings)
    assert (bad.level, good.level) == ("bad", "good")
    assert f"{URL}: HTTP 503" in bad.finding


def test_an_entry_is_proved_to_whoever_has_the_directory(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "entry.cbor"
    run(town, PLANNING, "--entry", "4", "--output", str(file))
    leaf, receipt = loads(file.read_bytes())
    trust = open_directory(town.view.home, town.settings)
    found, head = (
        verify_inclusion(receipt, leaf, trust),
        read_log_head((tmp_path / "entry.cbor.head").read_bytes(), trust),
    )
    assert (found.index, found.size, found.root.hex(), found.signer.address) == (4, 7, head.head.root, PLANNING)
    assert read_leaf(leaf).detail == '{"n": 1}'
    printed = json.loads(run(town, PLANNING, "--entry", "4", "--json").stdout)
    assert (printed["leaf"], printed["receipt"]) == (leaf.hex(), receipt.hex())
    assert "not in the log" in run(town, PLANNING, "--entry", "7", code=3).stderr
    assert "whose entry" in run(town, "--entry", "4", code=2).stderr
    assert "only a proof" in run(town, PLANNING, "--output", str(file), code=2).stderr


def test_a_row_that_was_changed_is_named_by_check_and_doctor_and_by_the_member_itself(town: Town) -> None:
    assert looked_at(town, "--check")[PLANNING]["checked"] == 7
    assert [one.level for one in logs(town.settings)] == ["good"]
    with town.member("planning") as member:
        with member.store.transaction() as tx:
            tx._db.execute(text("UPDATE journal SET detail = '{}' WHERE id = 6"))
        seal(member.node)
        assert [(one.level, "row 6" in one.finding) for one in logs(town.settings)] == [("bad", True)]
        broken = looked_at(town, "--check", code=8)[PLANNING]["broken"]
        assert (broken["fault"], broken["index"], broken["row"]) == ("changed", 5, 6)
        assert "row 6" in run(town, PLANNING, "--check", code=8).stdout
        assert "第 6 行" in run(town, "--check", code=8, language="zh").stdout
