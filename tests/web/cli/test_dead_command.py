"""The command line does with dead letters what the console does."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.messaging.inbox import Inbox
from exchange.operations.audit.store import AuditLog
from exchange.operations.dead_letters.discard import propose_discard
from exchange.web.door.gate import gate_of
from tests.warm import run_warm
from tests.web.town import BODY, TITLE, Town

ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.view.close()


def run(town: Town, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = run_warm(words, {**os.environ, "EXCHANGE_HOME": str(town.settings.home)})
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_a_cause_is_counted_listed_and_redriven_whole(town: Town) -> None:
    letters = town.set_aside(3)
    town.take_in(letters[0])
    [cause] = json.loads(run(town, "dead", "--causes", "--json").stdout)
    assert (cause["member"], cause["reason_code"], cause["letters"]) == ("hefei.transport", "ZeroDivisionError", 3)
    assert "ZeroDivisionError" in run(town, "dead", "--causes").stdout
    listed = json.loads(run(town, "dead", "--cause", "ZeroDivisionError", "--json").stdout)
    assert {one["message_id"] for one in listed} == {one.message_id for one in letters}
    assert json.loads(run(town, "dead", "--cause", "forged", "--json").stdout) == []

    counts = json.loads(run(town, "dead", "--redrive-all", "ZeroDivisionError", "--json").stdout)

    assert counts == {"handled": 2, "repeat": 1, "failed": 0, "gone": 0}
    assert "no dead letter" in run(town, "dead", "--redrive-all", "ZeroDivisionError", code=3).stderr
    with gate_of(town.view).store.reading() as tx:
        logged = [(one.account, one.action, one.what, one.outcome, one.source) for one in tx[AuditLog].entries()]
    assert logged == [
        (ME, "redrive", "all ZeroDivisionError", outcome, "command-line") for outcome in ("done", "not-found")
    ]


def test_what_fails_again_is_told_and_stays(town: Town) -> None:
    [letter] = town.set_aside(1)
    with town.member("planning") as planning, planning.store.transaction() as tx:
        tx[Inbox].dead([letter], town.settings.clock.now())  # sealed for another member
    done = run(town, "dead", "--redrive-all", "ZeroDivisionError", "--as", "hefei.planning", code=8)
    assert "1 failed again" in done.stdout
    assert letter.id[:6] in done.stderr


def test_one_account_proposes_and_another_confirms(town: Town) -> None:
    mine, theirs = town.set_aside(2)
    run(town, "dead", "--propose-discard", mine.id, "--reason", "sent by a test")
    assert "sent by a test" in run(town, "dead").stdout
    assert "another person" in run(town, "dead", "--confirm-discard", mine.id, code=2).stderr
    assert "needs a reason" in run(town, "dead", "--propose-discard", theirs.id, code=2).stderr
    with town.member("transport") as transport:
        propose_discard(transport.node, theirs.id, "li", "sent by a test")
    told = json.loads(run(town, "dead", "--confirm-discard", theirs.id, "--json").stdout)
    assert told == {"id": theirs.id, "member": "hefei.transport", "state": "discarded"}
    assert [one["id"] for one in json.loads(run(town, "dead", "--json").stdout)] == [mine.id]
    rows = [json.loads(line) for line in run(town, "dead", "--export", "jsonl").stdout.splitlines()]
    assert [(row["proposed_by"], row["discarded_by"]) for row in rows] == [(ME, None), ("li", ME)]
    exported = run(town, "dead", "--export", "csv").stdout
    assert len(exported.splitlines()) == 3
    assert TITLE not in exported
    assert BODY not in exported


def test_the_bundle_is_written_for_its_owner_alone(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bundle.tar.gz"
    told = json.loads(run(town, "diagnostics", str(file), "--json").stdout)
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as tar:
        assert [name.partition("/")[2] for name in tar.getnames()] == told["contents"]


def test_a_drained_or_held_domain_is_told_by_the_doctor(town: Town) -> None:
    run(town, "drain", "hefei.planning", "--reason", "a new machine")
    run(town, "hold", "hefei.transport", "--reason", "its office moves")
    found = {one["check"]: one for one in json.loads(run(town, "doctor", "--json", code=6).stdout)}
    assert "hefei.planning" in found["drained"]["finding"]
    assert "exchange holds" in found["held"]["remedy"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("claims to be from", "came by the account of")),
        ("zh", ("自称来自", "的账户带来")),
    ],
)
def test_whoever_brought_it_is_named_beside_whom_it_claims_to_be(
    town: Town, language: str, said: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_LANGUAGE", language)
    [letter] = town.set_aside(1, account="hefei.transport")
    shown = run(town, "dead").stdout
    assert all(word in shown for word in said)
    assert "hefei.planning" in shown
    [told] = json.loads(run(town, "dead", "--json").stdout)
    assert (told["key_sender"], told["sender"]) == ("hefei.transport", "hefei.planning")
    failed = run(town, "dead", "--redrive", letter.id, code=5).stderr
    assert "hefei.transport" in failed
