"""Dead letters at the console: by cause, redriven as a job that one may leave, discarded by two, exported."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from exchange.machine.spreadsheet import MARK
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import DeadLetter
from exchange.web.door.permissions import AccountRole
from tests.web.open_door import TOKEN
from tests.web.town import BODY, TITLE, Town

CAUSE = "/dead/hefei.transport?code=ZeroDivisionError&stage=handle"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.view.close()


def follow(town: Town, job: str) -> str:
    """The page of a job once it has ended."""
    assert town.view.jobs.wait(job.rpartition("/")[2], 60)
    return town.get(job)


def test_all_of_a_cause_are_redriven_in_a_job_that_ends_with_what_came_of_them(town: Town) -> None:
    letters = town.set_aside(5)
    town.take_in(letters[0])
    assert "ZeroDivisionError" in town.get("/dead")
    assert "Redrive all" in town.get(CAUSE)

    job = town.post("/dead/hefei.transport/redrive-all", code="ZeroDivisionError", stage="handle")

    page = follow(town, job)
    assert "4 handled · 1 harmless repeats · 0 failed again" in page.replace("\n", " ")
    assert job in town.get("/dead"), "one may leave and come back"
    assert "No letter of this cause is left" in town.get(CAUSE)
    with town.member("transport") as transport, transport.store.reading() as tx:
        assert tx[Inbox].counts() == {"document": 5, "dead": 0}
        assert {one.message_id for one in tx[Documents].recent("received")} == {one.message_id for one in letters}
    assert ("tester", "redrive", "/dead/hefei.transport/redrive-all", "done") in town.door.recorded


def test_the_marked_are_redriven_and_the_rest_stay(town: Town) -> None:
    letters = town.set_aside(3)
    job = town.post("/dead/hefei.transport/redrive", id=[letters[0].id, letters[2].id])
    assert "2 handled" in follow(town, job)
    assert letters[1].id in town.get(CAUSE)
    assert letters[0].id not in town.get(CAUSE)
    assert "nothing is chosen" in unquote_plus(town.post("/dead/hefei.transport/redrive"))


def test_a_cause_is_shown_page_by_page(town: Town) -> None:
    letters = town.set_aside(53)
    first = town.get(CAUSE)
    shown = [one.id for one in letters if one.id in first]
    assert shown == [one.id for one in letters[3:]]
    older = town.get(f"{CAUSE}&below={letters[3].serial}")
    assert [one.id for one in letters if one.id in older] == [one.id for one in letters[:3]]


def test_a_letter_shows_its_clear_header_and_nothing_of_its_content(town: Town) -> None:
    [letter] = town.set_aside(1)
    page = town.get(f"/dead/hefei.transport/letters/{letter.id}")
    assert letter.message_id in page
    assert "hefei.planning" in page
    everything = page + town.get("/dead") + town.get(CAUSE) + town.get("/dead.csv") + town.get("/dead.jsonl")
    assert TITLE not in everything
    assert BODY not in everything


def test_discarding_takes_two_accounts_and_a_reason_and_keeps_the_row(town: Town) -> None:
    [letter] = town.set_aside(1)
    here = f"/dead/hefei.transport/letters/{letter.id}"
    town.sign_in("li")
    assert "needs a reason" in unquote_plus(town.post(f"{here}/propose-discard", reason=" "))
    town.post(f"{here}/propose-discard", reason="sent by a test")
    assert "Another person has to confirm" in town.get(here)
    assert "another person" in unquote_plus(town.post(f"{here}/confirm-discard"))
    town.sign_in("wang", AccountRole.OBSERVER)
    town.post(f"{here}/confirm-discard")
    town.sign_in("zhao", AccountRole.SECURITY)
    town.post(f"{here}/confirm-discard")
    assert letter.id in town.get(CAUSE), "neither may"
    town.sign_in("wang")

    town.post(f"{here}/confirm-discard")

    assert letter.id not in town.get(CAUSE)
    page = town.get("/dead/hefei.transport/discarded")
    assert all(word in page for word in (letter.id, "li", "wang", "sent by a test"))
    assert "discarded" in town.get(here)
    outcomes = [entry[3] for entry in town.door.recorded if entry[1] == "discard"]
    assert outcomes == ["caller", "done", "denied", "denied", "denied", "done"]
    with town.member("transport") as transport, transport.store.reading() as tx:
        assert [tx[Inbox].envelope_of(one) for one in tx[DeadLetters].discarded()] == [letter.envelope]


def test_a_proposal_can_be_withdrawn(town: Town) -> None:
    [letter] = town.set_aside(1)
    here = f"/dead/hefei.transport/letters/{letter.id}"
    town.post(f"{here}/propose-discard", reason="why")
    town.post(f"{here}/withdraw-discard")
    assert "Propose to discard" in town.get(here)


def test_headers_and_reasons_are_exported_and_no_cell_becomes_a_formula(town: Town) -> None:
    [letter] = town.set_aside(1, code="=cmd")
    written = town.get("/dead.csv")
    assert written.startswith(MARK)
    [row] = csv.DictReader(io.StringIO(written.removeprefix(MARK)))
    assert row["reason_code"] == "'=cmd"
    assert (row["member"], row["id"], row["message_id"]) == ("hefei.transport", letter.id, letter.message_id)
    [told] = [json.loads(line) for line in town.get("/dead.jsonl").splitlines()]
    assert told["reason_code"] == "=cmd"
    town.sign_in("li", AccountRole.OBSERVER)
    assert town.client.get("/dead.csv").status_code == 403
    assert [entry[1:] for entry in town.door.recorded][-1] == ("export", "/dead.csv", "denied")


def test_what_is_not_there_is_said(town: Town) -> None:
    for path in ("/dead/hefei.nobody", "/dead/hefei.transport/letters/000000000000", "/dead/jobs/none"):
        assert town.client.get(path).status_code == 404
    assert "no dead letter" in unquote_plus(town.post("/dead/hefei.transport/redrive-all", code="x", stage="handle"))


def test_every_page_is_there_in_chinese_with_a_block_that_is_kept_up_to_date(town: Town) -> None:
    [letter] = town.set_aside(1)
    for path in (
        "/dead",
        CAUSE,
        "/dead/hefei.transport/discarded",
        f"/dead/hefei.transport/letters/{letter.id}",
        "/holds",
    ):
        page = town.get(f"{path}{'&' if '?' in path else '?'}language=zh")
        assert "<h1>" in page
        assert 'id="live"' in page


def test_every_page_names_the_account_that_brought_a_letter_beside_whom_it_claims_to_be(town: Town) -> None:
    [framed] = town.set_aside(1, account="hefei.window")
    [own] = town.set_aside(1, "OSError", account="hefei.planning")
    [old] = town.set_aside(1, "KeyError")

    def page(letter: DeadLetter) -> str:
        return town.get(f"/dead/hefei.transport/letters/{letter.id}")

    assert "Came by the account of <b>hefei.window</b>" in page(framed)
    assert "claims to be <b>hefei.planning</b>" in page(framed)
    assert "claims to be" not in page(own).partition("Clear header")[0]
    assert "is not on record" in page(old)
    assert "account of <b>hefei.window</b><br>claims to be hefei.planning" in town.get(CAUSE)
    export = town.get("/dead.csv")
    [row] = [one for one in csv.DictReader(io.StringIO(export.lstrip(MARK))) if one["id"] == framed.id]
    assert (row["key_sender"], row["sender"]) == ("hefei.window", "hefei.planning")

    town.post(f"/dead/hefei.transport/letters/{framed.id}/propose-discard", reason="冒名")
    asked = town.client.post(f"/dead/hefei.transport/letters/{framed.id}/confirm-discard", data={"token": TOKEN}).text
    assert "came by the account of hefei.window, claims to be hefei.planning" in asked
