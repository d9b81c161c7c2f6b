"""Signing in by a provider: a real one in a process of its own, well and badly; passwords go on working beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response

from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.console.serve import tag_of
from exchange.operations.domain_view import DomainView
from exchange.web.door import managing
from exchange.web.door.permissions import AccountRole
from exchange.web.door.provider.provider import Provider
from exchange.web.door.provider.settings import ProviderSettings
from exchange.web.door.sessions import SessionDoor
from tests.oidc_provider import CLIENT, SECRET, ProviderProcess, provider_process
from tests.web.house import ACCOUNTS, House, Visitor, real_house

OTTO, SVEN = ACCOUNTS[AccountRole.OPERATOR].name, ACCOUNTS[AccountRole.SECURITY].name
START, BACK = "/sign-in/provider", "/sign-in/provider/back"


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderProcess]:
    with provider_process() as found:
        yield found


@pytest.fixture
def house(view: DomainView, provider: ProviderProcess, tmp_path: Path) -> House:
    """A console by real time, into which people come by the provider too; u-1 there is Otto here."""
    found, file = real_house(view), tmp_path / "secret"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    settings = ProviderSettings(provider.issuer, CLIENT, file, "City ID")
    found.door = SessionDoor(found.gate, tag_of(view.settings.home), provider=Provider(settings))
    found.app = create_app(view, found.door, SECTIONS)
    managing.bind(found.gate, SVEN, OTTO, "u-1")
    provider.control(subject="u-1", alg="ES256")
    return found


def _there(visitor: Visitor, then: str = "/") -> str:
    answer = visitor.http.get(START, params={"next": then})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def _come_in(visitor: Visitor, provider: ProviderProcess, then: str = "/") -> Response:
    return visitor.http.get(provider.sign_in(_there(visitor, then)))


def test_who_is_bound_comes_in_as_the_own_account_where_they_wanted_to_be(
    house: House, provider: ProviderProcess
) -> None:
    for alg in ("ES256", "RS256"):
        provider.control(alg=alg)
        visitor = house.visitor()
        assert "Sign in by City ID" in visitor.http.get("/sign-in").text
        answer = _come_in(visitor, provider, "/audit")
        assert answer.status_code == 200
        assert 'url=/audit"' in answer.text, "from a page of ours, so that strict cookies come along"
        assert visitor.is_in()
        assert OTTO in visitor.http.get("/account").text
        cookies = {one.split("=")[0]: one.lower() for one in answer.headers.get_list("set-cookie")}
        assert "samesite=strict" in cookies[house.door.cookie]
    assert (OTTO, "sign-in", START, "done") in house.logged()
    answer = visitor.http.post("/sign-out", data={"token": visitor.form_token()})
    assert not visitor.is_in()
    left = visitor.http.get(answer.headers["location"]).text
    assert f'href="{provider.issuer}/left"' in left
    assert "may still be signed in at City ID" in left


WRONG = (
    "nonce", "no-nonce", "audience", "audiences", "party", "issuer", "expired", "future", "endless", "subject", "none",
    "symmetric", "key", "altered", "denied",
)  # fmt: skip


def test_a_word_that_does_not_hold_lets_nobody_in(house: House, provider: ProviderProcess) -> None:
    visitor = house.visitor()
    for wrong in WRONG:
        provider.control(wrong=wrong)
        assert _come_in(visitor, provider).status_code == 403, wrong
        assert not visitor.is_in(), wrong
        assert house.logged()[-1] == ("?", "sign-in", START, "provider-refused"), wrong
    provider.control()
    assert _come_in(visitor, provider).status_code == 200, "the same, with nothing wrong"


def test_what_came_back_comes_back_once_and_in_the_browser_that_began_it(
    house: House, provider: ProviderProcess
) -> None:
    visitor, other = house.visitor(), house.visitor()
    back = provider.sign_in(_there(visitor))
    assert other.http.get(back).status_code == 403, "another browser has not begun it"
    _there(other)
    assert other.http.get(back).status_code == 403, "nor has one that began another"
    assert not other.is_in()
    assert visitor.http.get(back).status_code == 200, "which has not used it up"
    again = visitor.http.get(back)
    assert again.status_code == 403
    assert "used already" in again.text

    code = back.partition("code=")[2].partition("&")[0]
    state = _there(visitor).partition("state=")[2].partition("&")[0]
    replayed = visitor.http.get(BACK, params={"code": code, "state": state})
    assert replayed.status_code == 403
    assert "does not take this sign-in" in replayed.text
    mixed = provider.sign_in(_there(visitor)).replace("iss=", "iss=https%3A%2F%2Felse.test&was=")
    assert visitor.http.get(mixed).status_code == 403, "another issuer's answer"
    assert visitor.http.get(BACK).status_code == 403


def test_who_is_bound_to_nothing_is_told_their_subject_and_a_security_officer_binds_it(
    house: House, provider: ProviderProcess
) -> None:
    provider.control(subject="u-new")
    visitor, sven = house.visitor(), house.signed_in(AccountRole.SECURITY)
    answer = _come_in(visitor, provider)
    assert answer.status_code == 403
    assert "<code>u-new</code>" in answer.text
    assert not visitor.is_in()
    assert house.logged()[-1] == ("?", "sign-in", START, "provider-unbound")
    olga = ACCOUNTS[AccountRole.OBSERVER].name
    sven.do("/accounts/subjects", bound=olga, subject="u-new")
    assert "<code>u-new</code>" in sven.http.get("/accounts").text
    assert _come_in(visitor, provider).status_code == 200
    assert olga in visitor.http.get("/account").text
    assert visitor.http.get("/accounts").status_code == 403, "with the account's role, whatever the provider says"

    token = sven.form_token()
    for name, subject in ((OTTO, "u-new"), (SVEN, "u-9")):
        sven.http.post("/accounts/subjects", data={"token": token, "bound": name, "subject": subject})
    bound = managing.bound_subjects(house.gate)
    assert bound == {OTTO: "u-1", olga: "u-new"}, "one account each, and nobody binds the own"
    sven.do(f"/accounts/{olga}/release")
    assert not visitor.is_in()
    assert _come_in(visitor, provider).status_code == 403


def test_a_locked_account_stays_out_whatever_the_provider_says(house: House, provider: ProviderProcess) -> None:
    managing.lock(house.gate, SVEN, OTTO)
    visitor = house.visitor()
    assert _come_in(visitor, provider).status_code == 403
    assert not visitor.is_in()
    assert house.logged()[-1] == (OTTO, "sign-in", START, "denied")


def test_keys_that_a_provider_has_changed_are_read_anew_but_not_again_and_again(
    house: House, provider: ProviderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.control(unpublished=["RS256"])
    visitor = house.visitor()
    assert _come_in(visitor, provider).status_code == 200
    provider.control(alg="RS256")
    assert _come_in(house.visitor(), provider).status_code == 403, "its keys were read within the minute"
    monkeypatch.setattr("exchange.web.door.provider.metadata.KEYS_AGAIN", 0.0)
    assert _come_in(house.visitor(), provider).status_code == 200


def test_a_provider_that_is_down_or_names_another_issuer_is_said_and_passwords_work(
    house: House, provider: ProviderProcess, view: DomainView
) -> None:
    provider.control(wrong="configuration")
    other = house.visitor().http.get(START)
    assert other.status_code == 503
    assert "another issuer" in other.text
    with provider_process() as gone:
        settings = ProviderSettings(gone.issuer, CLIENT, None, "City ID")
    house.door = SessionDoor(house.gate, tag_of(view.settings.home), provider=Provider(settings))
    house.app = create_app(view, house.door, SECTIONS)
    visitor = house.visitor()
    answer = visitor.http.get(START)
    assert answer.status_code == 503
    assert "cannot be used now" in answer.text
    assert "sign in with name and password" in answer.text
    assert visitor.sign_in(OTTO, ACCOUNTS[AccountRole.OPERATOR].password) == (303, "/")
    assert visitor.is_in()
