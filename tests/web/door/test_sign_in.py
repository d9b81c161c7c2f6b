"""Signing in and out: cookies, sessions and how long they last, lock-out, forms from elsewhere, where one may go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.requests import Request

from exchange.errors import Denied
from exchange.web.door import managing
from exchange.web.door.counting import ShutOut
from exchange.web.door.gate import UNKNOWN
from exchange.web.door.passwords import Passwords
from exchange.web.door.permissions import AccountRole
from exchange.web.door.roles import CONSOLE_DOOR
from exchange.web.door.sign_in import FREE_EVERYWHERE, FREE_FAILURES, IDLE, LASTS
from exchange.web.door.store import Accounts
from exchange.web.door.tokens import form_token, hashed
from tests.web.house import ACCOUNTS, QUICK, House

OTTO = ACCOUNTS[AccountRole.OPERATOR]
WRONG = "not what it is at all"


def test_signing_in_gives_a_cookie_that_scripts_other_sites_and_plain_lines_do_not_get(house: House) -> None:
    answer = house.visitor().http.post("/sign-in", data={"name": OTTO.name, "password": OTTO.password})
    cookie, *_ = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-yizhan-")
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly",
        "path=/",
        "samesite=strict",
        "secure",
    }


def test_of_tokens_only_hashes_are_kept(house: House) -> None:
    visitor = house.signed_in(AccountRole.OPERATOR)
    token = visitor.cookie or ""
    with house.gate.store.reading() as tx:
        assert tx[Accounts].session(hashed(token)) is not None
        assert tx[Accounts].session(token) is None
    store = house.view.home.database_file("console")
    kept = b"".join(file.read_bytes() for file in store.parent.iterdir())
    assert hashed(token).encode() in kept
    for secret in (token, form_token(token), OTTO.password):
        assert secret.encode() not in kept


def test_a_session_is_another_after_signing_in_and_the_earlier_one_ends(house: House) -> None:
    visitor = house.signed_in(AccountRole.OPERATOR)
    first = visitor.cookie or ""
    visitor.sign_in(OTTO.name, OTTO.password)
    assert visitor.cookie not in (None, first)
    assert house.gate.who(first) is None


def test_a_session_that_a_stranger_planted_is_not_taken_up(house: House) -> None:
    visitor = house.visitor()
    visitor.http.cookies.set(house.door.cookie, "planted", domain="console.test", path="/")
    visitor.sign_in(OTTO.name, OTTO.password)
    assert house.gate.who("planted") is None


def test_signing_out_ends_the_session_where_it_is_kept(house: House) -> None:
    visitor = house.signed_in(AccountRole.OPERATOR)
    token = visitor.cookie or ""
    assert visitor.do("/sign-out") == "/sign-in"
    assert house.gate.who(token) is None
    assert not visitor.is_in()
    assert house.logged()[-1] == (OTTO.name, "sign-out", "/sign-out", "done")


def test_another_site_cannot_sign_anybody_out(house: House) -> None:
    visitor = house.signed_in(AccountRole.OPERATOR)
    visitor.http.post("/sign-out", data={"token": "guessed"})
    assert visitor.is_in()


@pytest.mark.parametrize("role", list(CONSOLE_DOOR.names))
def test_a_session_that_is_not_used_ends(house: House, role: AccountRole) -> None:
    visitor = house.signed_in(role)
    house.step(IDLE[role] - timedelta(seconds=1))
    assert visitor.is_in()
    house.step(IDLE[role])
    assert not visitor.is_in()


def test_a_session_that_is_used_ends_all_the_same_after_a_shift(house: House) -> None:
    visitor = house.signed_in(AccountRole.OPERATOR)
    passed = timedelta()
    while passed + timedelta(minutes=20) < LASTS:
        house.step(timedelta(minutes=20))
        passed += timedelta(minutes=20)
        assert visitor.is_in()
    house.step(LASTS - passed)
    assert not visitor.is_in()


def request(house: House, path: str, token: str) -> Request:
    """A request of a session, as the door sees it."""
    cookie = (b"cookie", f"{house.door.cookie}={token}".encode())
    return Request({"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [cookie]})


@pytest.mark.parametrize(("path", "stays"), [("/live/", False), ("/live/audit", False), ("/audit", True)])
def test_an_open_page_that_keeps_itself_up_to_date_is_not_use(house: House, path: str, stays: bool) -> None:
    token = house.gate.sign_in(OTTO.name, OTTO.password)
    for _ in range(2):
        assert house.door.account(request(house, path, token)) is not None
        house.step(IDLE[AccountRole.OPERATOR] * 0.6)
    assert (house.door.account(request(house, path, token)) is not None) == stays


def test_a_locked_account_has_no_session_even_if_one_began_meanwhile(house: House) -> None:
    visitor = house.signed_in(AccountRole.OPERATOR)
    with house.gate.store.transaction() as tx:
        tx[Accounts].set_locked(OTTO.name, house.clock.now())
    assert not visitor.is_in()


def test_a_reset_while_the_password_is_being_compared_wins(house: House) -> None:
    class Slow(Passwords):
        """Compares so slowly that somebody resets the account meanwhile."""

        def verify(self, kept: str | None, password: str) -> bool:
            good = QUICK.verify(kept, password)
            managing.reset(house.gate, "sven", OTTO.name)
            return good

    house.gate.passwords = Slow()
    assert house.visitor().sign_in(OTTO.name, OTTO.password)[0] == 401


def test_after_repeated_failures_even_the_right_password_waits_and_the_wait_grows(house: House) -> None:
    visitor = house.visitor()
    for _ in range(FREE_FAILURES + 1):
        assert visitor.sign_in(OTTO.name, WRONG)[0] == 401
    assert visitor.sign_in(OTTO.name, OTTO.password)[0] == 429
    house.step(timedelta(seconds=30))
    assert visitor.sign_in(OTTO.name, WRONG)[0] == 401
    house.step(timedelta(seconds=59))
    assert visitor.sign_in(OTTO.name, OTTO.password)[0] == 429
    house.step(timedelta(seconds=1))
    assert visitor.sign_in(OTTO.name, OTTO.password) == (303, "/")
    for _ in range(FREE_FAILURES):
        visitor.sign_in(OTTO.name, WRONG)
    assert visitor.sign_in(OTTO.name, OTTO.password) == (303, "/"), "a success clears what was counted"


def test_who_fails_elsewhere_shuts_out_nobody_who_signs_in_where_he_always_does(house: House) -> None:
    def attempt(password: str, place: str) -> str:
        try:
            return "in" if house.gate.sign_in(OTTO.name, password, place=place) else ""
        except Denied as error:
            return error.code

    assert attempt(OTTO.password, "his desk") == "in"
    answers = [attempt(WRONG, f"place {number % 5}") for number in range(3 * FREE_EVERYWHERE)]
    assert set(answers) == {"denied", ShutOut.code}
    assert attempt(OTTO.password, "a place unknown so far") == ShutOut.code, "guesses from everywhere are bounded"
    assert attempt(OTTO.password, "his desk") == "in"
    for _ in range(FREE_FAILURES + 1):
        attempt(WRONG, "his desk")
    assert attempt(OTTO.password, "his desk") == ShutOut.code, "and so are those from here"
    assert attempt(OTTO.password, "another desk") == "in", "which shuts out nobody elsewhere"


def test_one_account_that_is_shut_shuts_no_other(house: House) -> None:
    visitor = house.visitor()
    for _ in range(FREE_FAILURES + 1):
        visitor.sign_in(OTTO.name, WRONG)
    assert house.signed_in(AccountRole.OBSERVER).is_in()


def test_an_account_that_does_not_exist_answers_as_one_that_does(house: House) -> None:
    def answers(name: str) -> list[tuple[int, str]]:
        visitor, found = house.visitor(), []
        for _ in range(FREE_FAILURES + 3):
            answer = visitor.http.post("/sign-in", data={"name": name, "password": WRONG})
            found.append((answer.status_code, answer.text.replace(name, "")))
        return found

    with house.gate.store.transaction() as tx:
        tx[Accounts].set_locked(ACCOUNTS[AccountRole.OBSERVER].name, house.clock.now())
    existing, locked, nobody = answers(OTTO.name), answers(ACCOUNTS[AccountRole.OBSERVER].name), answers("nobody")
    assert existing == locked == nobody
    assert {status for status, _ in existing} == {401, 429}


def test_many_spellings_of_a_name_are_one_name(house: House) -> None:
    visitor = house.visitor()
    for name in ("otto", "OTTO", " Otto ", "ｏｔｔｏ", "otto"):
        visitor.sign_in(name, WRONG)
    assert visitor.sign_in(OTTO.name, OTTO.password)[0] == 429


def test_failed_sign_ins_are_in_the_log_but_not_a_password_typed_as_a_name(house: House) -> None:
    visitor = house.visitor()
    visitor.sign_in(OTTO.name, WRONG)
    visitor.sign_in(OTTO.password, "")
    assert house.logged() == [
        (OTTO.name, "sign-in", "/sign-in", "denied"),
        (UNKNOWN, "sign-in", "/sign-in", "denied"),
    ]


@pytest.mark.parametrize(
    "then", ["//elsewhere.test/", "https://elsewhere.test/", "/\\elsewhere.test", "/\t/elsewhere", "x"]
)
def test_signing_in_leads_nowhere_else(house: House, then: str) -> None:
    assert house.visitor().sign_in(OTTO.name, OTTO.password, then) == (303, "/")


def test_signing_in_leads_to_the_page_that_was_asked_for(house: House) -> None:
    visitor = house.visitor()
    assert visitor.http.get("/account").headers["location"] == "/sign-in?next=/account"
    answer = visitor.http.get("/search?kind=opinion&number=A%261")
    assert answer.headers["location"] == "/sign-in?next=/search%3Fkind%3Dopinion%26number%3DA%25261"
    assert 'value="/search?kind=opinion&amp;number=A%261"' in visitor.http.get(answer.headers["location"]).text
    assert 'name="next" value="/account"' in visitor.http.get("/sign-in?next=/account").text
    assert visitor.sign_in(OTTO.name, OTTO.password, "/account") == (303, "/account")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_another_site_signs_nobody_in(house: House, headers: dict[str, str]) -> None:
    form = {"name": OTTO.name, "password": OTTO.password}
    answer = house.visitor().http.post("/sign-in", data=form, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_a_form_of_another_session_does_nothing(house: House) -> None:
    mine, another = house.signed_in(AccountRole.SECURITY), house.signed_in(AccountRole.SECURITY)
    sent = {"token": another.form_token(), "name": "new.one", "role": "observer"}
    answer = mine.http.post("/accounts/make", data=sent)
    assert "said=" in answer.headers["location"]
    assert house.logged()[-1] == ("sven", "accounts", "/accounts/make", "denied")
    with house.gate.store.reading() as tx:
        assert tx[Accounts].get("new.one") is None


def test_a_huge_form_of_a_stranger_is_not_read(house: House) -> None:
    answer = house.visitor().http.post("/sign-in", data={"name": "x" * 20_000, "password": "y"})
    assert answer.status_code == 403
    assert house.logged() == []


def test_a_link_from_elsewhere_hops_over_a_page_of_ours_so_that_the_strict_cookie_comes_along(house: House) -> None:
    answer = house.visitor().http.get("/sign-in?next=/account", headers={"sec-fetch-site": "cross-site"})
    assert 'http-equiv="refresh" content="0; url=/account"' in answer.text


def test_pages_of_the_door_are_strict_with_browsers_and_speak_both_languages(house: House) -> None:
    http = house.visitor().http
    for path in ("/sign-in", "/set-up/x"):
        headers = http.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
    assert "登录" in http.get("/sign-in", headers={"accept-language": "fr, zh-CN;q=0.9, en;q=0.8"}).text
    assert "Sign in" in http.get("/sign-in?language=en").text
    assert "Sign in" in http.get("/sign-in").text, "the choice is kept"


def test_a_password_is_changed_by_who_knows_it_and_other_sessions_end(house: House) -> None:
    here, elsewhere = house.signed_in(AccountRole.OPERATOR), house.signed_in(AccountRole.OPERATOR)
    new = "quite another sentence"
    assert "wrong" in here.do("/account/password", current=WRONG, new=new, again=new)
    assert "differ" in here.do("/account/password", current=OTTO.password, new=new, again=new + "!")
    assert "12+to+256" in here.do("/account/password", current=OTTO.password, new="short", again="short")
    assert elsewhere.is_in()
    here.do("/account/password", current=OTTO.password, new=new, again=new)
    assert (here.is_in(), elsewhere.is_in()) == (True, False)
    assert house.visitor().sign_in(OTTO.name, OTTO.password)[0] == 401
    assert house.visitor().sign_in(OTTO.name, new) == (303, "/")


def test_guessing_the_present_password_in_a_stolen_session_is_shut_out_too(house: House) -> None:
    visitor = house.signed_in(AccountRole.OPERATOR)
    for _ in range(FREE_FAILURES + 1):
        visitor.do("/account/password", current=WRONG, new="x" * 12, again="x" * 12)
    new = "quite another sentence"
    assert "locked-out" in visitor.do("/account/password", current=OTTO.password, new=new, again=new)
