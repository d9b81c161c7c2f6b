"""Portal, window and broker die while people file: nothing is lost or doubled, and what is down is said plainly."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.store import Filings
from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.portal import drafting, handing_in
from exchange.portal.view import CaseView, FilingStanding, case_view
from exchange.schemas import Acceptance, Applicant, Filing, FilingReceipt
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain

pytestmark = pytest.mark.broker
APPLICANT = Applicant(name="热电公司", identifier="91340100X", contact="0551-0")


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker, portal=True) as city:
        yield city


def file(city: ProcessDomain, number_of: int = 1) -> list[str]:
    """Fill in and hand in, as the public window's process does: by the portal's store."""
    opened, numbers = city.open("portal"), []
    matter = opened.node.catalogue["works"]
    for _ in range(number_of):
        number = drafting.begin(opened.node, matter, "hash")
        drafting.save(opened.node, number, 1, applicant=APPLICANT, project="供热管道")
        drafting.attach(opened.node, number, "plan", "方案.txt", "text/plain", "方案".encode())
        handing_in.hand_in(opened.node, number, drafting.DECLARATION)
        numbers.append(number)
    opened.store.close()
    return numbers


def seen(city: ProcessDomain, number: str) -> CaseView:
    opened = city.open("portal")
    try:
        return case_view(opened.node, number)
    finally:
        opened.store.close()


def filings(city: ProcessDomain) -> list[FilingRow]:
    opened = city.open("window")
    try:
        with opened.store.reading() as tx:
            return tx[Filings].recent()
    finally:
        opened.store.close()


def all_decided(city: ProcessDomain, numbers: list[str]) -> None:
    """Each filing is one case, decided and told so, with one receipt and one acceptance; nobody set anything aside."""
    for number in numbers:
        wait_until(
            lambda number=number: seen(city, number).standing is FilingStanding.DECIDED, 90, f"{number} decided",
            every=0.5,
        )  # fmt: skip
        papers = [paper.body.KIND for paper in seen(city, number).papers]
        assert (papers.count(Filing.KIND), papers.count(FilingReceipt.KIND), papers.count(Acceptance.KIND)) == (1, 1, 1)
    cases = [row.case_number for row in filings(city)]
    assert len(cases) == len(numbers) == len(set(cases))
    for name in city.names:
        opened = city.open(name)
        with opened.store.reading() as tx:
            assert tx[Inbox].counts().get("dead", 0) == 0
        opened.store.close()


def test_what_is_handed_in_while_nobody_is_served_says_so_and_arrives_later(city: ProcessDomain) -> None:
    numbers = file(city, 2)
    assert [seen(city, number).standing for number in numbers] == [FilingStanding.SENT] * 2
    city.serve_all()
    all_decided(city, numbers)


def test_a_window_killed_between_commit_and_acknowledgement_has_each_filing_once(city: ProcessDomain) -> None:
    for name in ("portal", "monitor", *city.departments):
        city.serve(name)
    script = Path(__file__).parent.with_name("die_after_commit.py")
    doomed = city.serve("window", [sys.executable, str(script), city.address("window")])
    numbers = file(city, 3)
    assert doomed.wait(60) == -signal.SIGKILL
    city.serve("window")
    all_decided(city, numbers)


def test_a_portal_killed_with_papers_on_their_way_shows_them_all_in_the_end(city: ProcessDomain) -> None:
    for name in ("window", "monitor", *city.departments):
        city.serve(name)
    script = Path(__file__).parent.with_name("die_after_commit.py")
    doomed = city.serve("portal", [sys.executable, str(script), city.address("portal"), "2"])
    numbers = file(city, 3)
    assert doomed.wait(60) == -signal.SIGKILL
    city.serve("portal")
    all_decided(city, numbers)
    opened = city.open("portal")
    with opened.store.reading() as tx:
        kept = [(one.sender, one.message_id) for one in tx[Documents].recent("received", limit=500)]
    opened.store.close()
    assert len(kept) == len(set(kept))
