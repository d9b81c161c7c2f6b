"""The ledger's page: figures, lights, and differences that lead to their messages."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from exchange.console.app import create_app
from exchange.console.pages.reconciliation import reconciler
from exchange.console.sections import SECTIONS
from exchange.operations.domain_view import DomainView
from exchange.operations.reconciliation.books import Balance
from exchange.operations.reconciliation.facts import BalanceTerm, Difference, DifferenceKind, Law
from exchange.runtime.settings import Home, Settings
from exchange.setup.init import init_files
from tests.journeys.city import wait_until
from tests.processes import write_departments
from tests.web.open_door import OpenDoor

ID = "11111111-1111-4111-8111-111111111111"


def _view(tmp_path: Path) -> DomainView:
    settings = Settings.read({}, home=tmp_path / "home")
    write_departments(tmp_path / "departments", "hefei", ["planning"])
    init_files(settings, lambda text: None, tmp_path / "departments")
    return DomainView(settings)


def _client(view: DomainView) -> TestClient:
    return TestClient(create_app(view, OpenDoor(), SECTIONS), headers={"accept-language": "en"})


def test_the_page_waits_for_no_count_and_says_when_something_could_not_be_read(tmp_path: Path) -> None:
    view = _view(tmp_path)
    client = _client(view)
    assert "Counting" in client.get("/reconciliation").text
    wait_until(lambda: reconciler(view).balance is not None, 60, "the count")
    shown = client.get("/reconciliation").text
    assert "neither balanced nor unbalanced" in shown
    assert "EXCHANGE_MANAGEMENT_URL" in shown, "the broker is not known here"


def test_a_difference_leads_to_its_message_and_shows_its_light_in_words_too(tmp_path: Path) -> None:
    view = _view(tmp_path)
    client = _client(view)
    client.get("/reconciliation")
    reconciler(view).wait(60)
    difference = Difference(Law.DISPATCHED, DifferenceKind.NOT_TAKEN, ID, "hefei.window", "hefei.planning")
    reconciler(view).balance = Balance(
        {BalanceTerm.WRITTEN: 1000, BalanceTerm.DISPATCHED: 1000, BalanceTerm.TAKEN: 999}, (difference,), 7
    )
    shown = client.get("/reconciliation").text
    assert f'href="/trace/{ID}"' in shown
    assert "signed for, but not in the inbox" in shown
    assert "the books do not balance" in shown
    assert shown.count("does not balance") == 1, "that law"
    assert "And 7 more" in shown
    assert "1,000" in shown
    assert "对账" in client.get("/reconciliation?language=zh").text


def test_a_folder_whose_profiles_do_not_hold_is_told_as_that(tmp_path: Path) -> None:
    view = _view(tmp_path)
    (Home(view.settings.home).departments / "planning" / "profile.toml").write_text("address = 1")
    client = _client(view)
    client.get("/reconciliation")
    reconciler(view).wait(60)
    answer = client.get("/reconciliation")
    assert answer.status_code == 409
    assert "profile.toml" in answer.text
