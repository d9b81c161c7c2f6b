"""The fault proof as its command: a short one under five kinds of faults at once, and what its records would give away.

The domain that it leaves behind is opened again, first as it is, then with rows taken out or put in: the judge goes by
these records, so that each of these has to be found in them.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exchange.clock import AcceleratedClock
from exchange.operations.reconciliation.books import Balance
from exchange.runtime.home import open_member
from exchange.runtime.settings import Home, Settings
from exchange.store import open_store
from exchange.trials.prove.findings import Findings
from exchange.trials.prove.notebook import DocumentNote, Notebook, OpinionNote
from exchange.trials.prove.rules.judgement import ProofBreach, judge
from exchange.trials.prove.stage import MEMBERS, WINDOW, address_of, name_of
from exchange.trials.prove.time_of_run import TimeOfRun

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]  # of a machine that others keep busy

EXCHANGE = Path(sys.executable).with_name("exchange")
LOAD = ("--documents", "60", "--cases", "10")
FAULTS = ("--faults", "5", "--every", "0.8", "--seed", "12343")
"""A seed that draws a kill of a member and of the node, a freeze, a jump and a full disk, of five different targets."""
KINDS = ["clock-jump", "freeze-role", "full-disk", "kill-node", "kill-role"]


@dataclass(frozen=True)
class Proved:
    """A run: what its report says, and the domain that it has left behind."""

    report: dict[str, Any]
    page: str
    home: Path


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Proved:
    folder = tmp_path_factory.mktemp("proof")
    told = ("--report", folder / "proof.html", "--home", folder / "home")
    env = {**os.environ, "EXCHANGE_LANGUAGE": "en"}
    done = subprocess.run([EXCHANGE, "prove", *LOAD, *FAULTS, *told], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the law held" in done.stdout
    report = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    return Proved(report, (folder / "proof.html").read_text(encoding="utf-8"), folder / "home")


def test_the_law_holds_under_kills_a_freeze_a_jump_and_a_full_disk(proved: Proved) -> None:
    report = proved.report
    assert report["holds"]
    assert set(report["law"]) == {breach.value for breach in ProofBreach}
    assert set(report["law"].values()) == {0}
    assert report["documents"] == {"handed_in": 60, "completed": 60}
    assert report["cases"]["opened"] == 10
    assert sum(report["cases"]["parts"].values()) == 30
    assert sum(report["throughput"]) == 60


def test_every_fault_of_the_plan_has_struck_and_is_told_with_its_recovery(proved: Proved) -> None:
    faults = proved.report["faults"]
    assert sorted(one["kind"] for one in faults) == KINDS
    left_out = [] if os.geteuid() == 0 else ["full-disk"]
    assert [one["kind"] for one in faults if one["skipped"]] == left_out
    for one in faults:
        if not one["skipped"]:
            assert one["at"] <= one["lifted"] < one["recovered"]
    assert sorted(proved.report["recovery"]) == [kind for kind in KINDS if kind not in left_out]
    for told in ("a member&#x27;s clock jumped", "documents signed for a second", "<svg", "12343", "RabbitMQ"):
        assert told in proved.page


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system is mounted by root alone")
def test_the_small_disk_is_gone_and_what_lay_there_is_kept(proved: Proved) -> None:
    housing = Home(proved.home).member(address_of("housing"))
    assert not housing.is_mount()
    assert not (housing / "ballast").exists()
    assert Home(proved.home).database_file(address_of("housing")).is_file()


def found_in(home: Path) -> list[tuple[ProofBreach, str]]:
    """What the judge finds in the records of a domain, by documents of its outboxes and opinions of its departments."""
    settings, notebook = Settings.read({}, home), Notebook()
    assert isinstance(settings.clock, AcceleratedClock)
    folder, time = Home(home), TimeOfRun(settings.clock)
    for name in MEMBERS:
        for id, addressee in rows_of(home, name, DOCUMENTS):
            notebook.hand_in(id, DocumentNote(name, name_of(addressee), 0.0, True))
    for number, department in rows_of(home, WINDOW, "SELECT case_number, department FROM part WHERE opinion_id > ''"):
        notebook.opinions[number, name_of(department)] = OpinionNote(0.0)
    with ExitStack() as stack:
        window = open_member(settings, address_of(WINDOW))
        stack.callback(window.store.close)
        urls = {name: folder.database_url(address_of(name), None) for name in MEMBERS}
        stores = {name: stack.enter_context(open_store(url, member=address_of(name))) for name, url in urls.items()}
        findings = Findings(stores, window.node, notebook, time, [], False)
        return [(one.breach, one.what) for one in judge(findings.evidence(Balance({}, ())))]


DOCUMENTS = (
    "SELECT c.message_id, c.addressee FROM outbox_copy c JOIN outbox_message m USING (message_id) "
    "WHERE m.kind = 'document'"
)


def rows_of(home: Path, name: str, query: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(Home(home).database_file(address_of(name)))) as database:
        return database.execute(query).fetchall()


def put(home: Path, member: str, which: str, *statements: str) -> str:
    """Change the records of one message or case that there is; returns its id or number."""
    with closing(sqlite3.connect(Home(home).database_file(address_of(member)))) as database:
        what = database.execute(which).fetchone()[0]
        for statement in statements:
            assert database.execute(statement, [what]).rowcount > 0
        database.commit()
    return str(what)


@pytest.fixture
def copy(proved: Proved, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(proved.home, home, ignore=shutil.ignore_patterns("node", "logs", "run"))
    return home


DOCUMENT = "SELECT min(message_id) FROM register WHERE direction = 'received'"
DEEMED = "SELECT min(case_number) FROM part WHERE state = 'deemed'"
ANOTHER = (
    "INSERT INTO register SELECT direction, year, number + 1000, at, sender || '2', message_id, kind, document_number, "
    "title, correspondents FROM register WHERE message_id = ?"
)


def test_what_it_left_behind_breaks_no_law(copy: Path) -> None:
    assert found_in(copy) == []


def test_a_document_that_is_taken_out_afterwards_is_lost_and_one_put_in_is_doubled(copy: Path) -> None:
    gone = (f"DELETE FROM {table} WHERE message_id = ?" for table in ("register", "inbox"))
    lost = put(copy, "housing", DOCUMENT, *gone)
    doubled = put(copy, "planning", DOCUMENT, ANOTHER)
    assert sorted(found_in(copy)) == sorted([(ProofBreach.LOST, lost), (ProofBreach.DOUBLED, doubled)])


def test_a_default_before_its_term_and_one_that_is_taken_back_are_found(copy: Path) -> None:
    early = put(copy, WINDOW, DEEMED, "UPDATE part SET due_at = due_at + 864000000000 WHERE case_number = ?")
    found = found_in(copy)
    assert (ProofBreach.WRONG_DEFAULT, early) in found
    # a late answer to it that has come in would have been in time as well
    assert set(found) <= {(ProofBreach.WRONG_DEFAULT, early), (ProofBreach.IN_TIME_LOST, early)}
    put(copy, WINDOW, DEEMED, "UPDATE part SET state = 'issued' WHERE state = 'deemed' AND case_number = ?")
    assert (ProofBreach.UNSETTLED, early) in found_in(copy)
    assert (ProofBreach.WRONG_DEFAULT, early) not in found_in(copy)


def test_a_copy_that_came_back_is_found(copy: Path) -> None:
    consultation = "SELECT min(message_id) FROM outbox_copy JOIN outbox_message USING (message_id) WHERE kind = "
    back = "UPDATE outbox_copy SET state = 'returned', last_error = 'not-consulted: no request' WHERE message_id = ?"
    returned = put(copy, WINDOW, consultation + "'consultation'", back)
    assert (ProofBreach.SET_ASIDE, returned) in found_in(copy)
