"""What the door does when things go wrong: many guesses at once, a broken action, no database, a sudden end."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
from starlette.testclient import TestClient

from exchange.console.section import FormAction, Section, Visit
from exchange.errors import Denied
from exchange.operations.domain_view import DomainView
from exchange.web.door.permissions import AccountRole, Action
from exchange.web.door.sign_in import FREE_FAILURES, IDLE
from exchange.web.door.store import Accounts
from exchange.web.door.tokens import form_token
from tests.web.house import ACCOUNTS, House, served

OTTO = ACCOUNTS[AccountRole.OPERATOR]


def test_many_guesses_at_once_are_no_more_guesses(house: House) -> None:
    guesses = 12
    together = threading.Barrier(guesses)

    def guess(number: int) -> str:
        together.wait(30)
        try:
            house.gate.sign_in(OTTO.name, f"guess number {number}")
        except Denied as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(guesses) as pool:
        found = Counter(pool.map(guess, range(guesses)))
    tried = FREE_FAILURES + 1
    assert found == {"denied": tried, "locked-out": guesses - tried}
    assert Counter(outcome for *_, outcome in house.logged()) == found


def test_of_many_who_use_one_link_at_once_one_gets_in(empty_house: House) -> None:
    link = empty_house.gate.first_link() or ""
    users = 6
    together = threading.Barrier(users)

    def use(number: int) -> str:
        together.wait(30)
        try:
            return empty_house.gate.use_link(link, f"user{number}", "a sentence to get in by")
        except Denied as error:
            return error.code

    with ThreadPoolExecutor(users) as pool:
        found = Counter(pool.map(use, range(users)))
    assert found["link"] == users - 1
    with empty_house.gate.store.reading() as tx:
        assert len(tx[Accounts].all()) == 1


def test_a_deed_that_breaks_is_in_the_log_as_failed(view: DomainView) -> None:
    def breaks(visit: Visit) -> str:
        raise RuntimeError("a defect of ours")

    house = House(view, sections=[Section(actions=[FormAction("/break", Action.REDRIVE, breaks, None)])])
    token = house.gate.sign_in(OTTO.name, OTTO.password)
    http = TestClient(
        house.app, base_url="https://console.test", raise_server_exceptions=False, headers={"accept-language": "en"}
    )
    http.cookies.set(house.door.cookie, token)
    answer = http.post("/break", data={"token": form_token(token)})
    assert answer.status_code == 500
    assert "defect" not in answer.text
    assert house.logged()[-1] == (OTTO.name, "redrive", "/break", "failed")


def test_without_its_database_nobody_gets_in_and_the_page_says_what_to_do(house: House) -> None:
    visitor = house.signed_in(AccountRole.OPERATOR)
    house.gate.store.close()
    for file in house.view.home.database_file("console").parent.iterdir():
        file.write_bytes(b"this is no database" * 100)
    for answer in (visitor.http.get("/"), visitor.http.post("/sign-in", data={"name": OTTO.name, "password": "x"})):
        assert answer.status_code == 503
        assert "restore it from the backup" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_page_that_keeps_itself_up_to_date_ends_with_its_session(house: House) -> None:
    token = house.gate.sign_in(OTTO.name, OTTO.password)
    cookie = {"cookie": f"{house.door.cookie}={token}"}
    with served(house) as url, httpx.stream("GET", f"{url}/live/", headers=cookie, timeout=30, trust_env=False) as page:
        lines = page.iter_lines()
        assert next(line for line in lines if line.startswith("event")) == "event: live"
        house.step(IDLE[AccountRole.OPERATOR])
        assert not [line for line in lines if line.startswith("event")]
