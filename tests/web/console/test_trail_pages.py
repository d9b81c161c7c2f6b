"""Trace, search and boards over a real small domain: what operators see of its messages, and what they never see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from exchange.broker.admin.node_info import NodeInfo
from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.operations.domain_view import DomainView
from exchange.operations.records.store import Search
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run
from tests.web.open_door import OpenDoor

SECRETS = ("applicant", "on file")
"""Words of the application, which no page may show."""


@dataclass
class Watched:
    """A domain with a case decided, and one whose consultation `transport` has not taken in."""

    city: ProcessDomain
    client: TestClient
    decided: str
    waiting: str

    def page(self, path: str, status: int = 200) -> str:
        """A page in English."""
        answer = self.client.get(path, headers={"accept-language": "en"})
        assert answer.status_code == status, answer.text
        return answer.text

    def sent(self, kind: str, case: str) -> str:
        """The id of the first message of a kind in a case."""
        found = json.loads(run(self.city, "trace", case, "--json").stdout)
        return next(str(one["message_id"]) for one in found["messages"] if one["kind"] == kind)


@pytest.fixture(scope="module")
def watched(broker: NodeInfo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with ProcessDomain(tmp_path_factory.mktemp("watched"), "ttrail", broker, relay=True) as city:
        city.serve_all()
        [decided] = city.submit(1)
        wait_until(lambda: city.decided() == 1, what="the decision")
        wait_until(lambda: city.undelivered() == 0, what="all receipts")
        city.kill("transport")
        [waiting] = city.submit(1)
        view = DomainView(city.settings, broker)
        client = TestClient(create_app(view, OpenDoor(), SECTIONS))
        wait_until(lambda: f"{city.domain}.planning" in _answered(view, city, waiting), what="planning's answer")
        yield Watched(city, client, decided, waiting)
        client.close()
        view.close()


def _answered(view: DomainView, city: ProcessDomain, number: str) -> set[str]:
    with view.store(city.address("window")).reading() as tx:
        return {part.department for part in tx[Search].parts(city.address("window"), number) if part.answered_at}


def test_a_message_is_shown_with_its_whole_way_for_every_addressee(watched: Watched) -> None:
    found = json.loads(run(watched.city, "trace", watched.sent("consultation", watched.decided), "--json").stdout)
    [trace] = found["traces"]
    assert trace["cases"] == [watched.decided]
    assert {way["addressee"] for way in trace["ways"]} == {watched.city.address(n) for n in ("planning", "transport")}
    for way in trace["ways"]:
        assert [step["mark"] for step in way["steps"]] == ["done"] * 8 + ["not-needed", "done"], (
            way
        )  # it has no system of its own
        assert way["findings"] == []
        # A confirm is written back after the copy has arrived, as likely as not.
        times = [step["at"] for step in way["steps"] if step["stage"] in ("written", "arrived", "taken", "handled")]
        assert times == sorted(times)
    page = watched.page(f"/trace/{trace['message_id']}")
    assert page.count("opened and verified") >= 2
    assert "contradiction" not in page


def test_what_has_not_come_is_marked_as_missing_and_looked_for_at_the_broker(watched: Watched) -> None:
    consultation = watched.sent("consultation", watched.waiting)
    assert "missing" in run(watched.city, "trace", consultation).stdout
    page = watched.page(f"/trace/{consultation}")
    assert "arrived: missing" in page
    queued = "probably still waiting there"
    wait_until(lambda: queued in watched.page(f"/trace/{consultation}"), what="the broker's figures")
    unsigned = watched.page("/unsigned")
    assert consultation in unsigned
    assert watched.city.address("transport") in unsigned


def test_a_case_leads_to_its_departments_and_messages_and_shows_nothing_of_its_content(watched: Watched) -> None:
    pages = [f"/case/{watched.decided}", f"/trace/{watched.decided}", "/cases", "/search", "/search?what=cases"]
    pages += ["/deadlines", "/unsigned", f"/trace/{watched.sent('consultation', watched.decided)}"]
    texts = {path: watched.page(path) for path in pages}
    for path, text in texts.items():
        assert not [word for word in SECRETS if word in text], path
    assert "decided" in texts[f"/case/{watched.decided}"]
    assert "Opinion" in texts[f"/case/{watched.decided}"]
    assert f"/case/{watched.waiting}" in texts["/cases"]


def test_messages_and_cases_are_found_by_what_an_address_says(watched: Watched) -> None:
    planning = watched.city.address("planning")
    found = json.loads(run(watched.city, "find", "--department", planning, "--kind", "opinion", "--json").stdout)
    assert len(found["messages"]) == 2
    assert {one["sender"] for one in found["messages"]} == {planning}
    page = watched.page(f"/search?department={planning}&kind=opinion")
    assert all(one["message_id"] in page for one in found["messages"])
    waiting = watched.page("/search?what=cases&state=open")
    assert watched.waiting in waiting
    assert watched.decided not in waiting
    sent = watched.page("/search?state=sent")
    assert watched.sent("consultation", watched.waiting) in sent
    assert watched.sent("consultation", watched.decided) not in sent
    assert "Nothing fits" in watched.page("/search?since=2001-01-01&until=2001-01-02")
    cases = json.loads(run(watched.city, "find", "--cases", "--json").stdout)["cases"]
    assert [one["number"] for one in cases] == [watched.waiting, watched.decided]


def test_the_board_counts_what_is_open_and_each_number_leads_to_its_cases(watched: Watched) -> None:
    board = watched.page("/deadlines")
    transport = watched.city.address("transport")
    link = f"/cases?department={transport}&amp;standing=undated"
    assert link in board
    assert watched.waiting in watched.page(link.replace("&amp;", "&"))


def test_what_there_is_not_is_said_clearly(watched: Watched) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert "no message or case" in watched.page(f"/trace/{nobody}", 404)
    assert "no case HF-9" in watched.page("/case/HF-9", 404)
    assert "no case HF-9" in run(watched.city, "trace", "HF-9", code=3).stderr
    assert "choose one of" in watched.page("/search?state=lost", 409)
    assert "2026-03-02" in watched.page("/search?since=monday", 409)
    assert run(watched.city, "find", "--state", "lost", code=2).stderr
