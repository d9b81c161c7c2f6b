"""The first account and those of others: one-time links, roles, locks, resets; and the log of it all."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote_plus

import pytest

from exchange.audit.chain import check_chain
from exchange.errors import BadAudit, Denied
from exchange.operations.audit.store import AuditLog
from exchange.web.door import managing
from exchange.web.door.permissions import AccountRole
from exchange.web.door.sign_in import LINK_LASTS
from exchange.web.door.store import Accounts
from exchange.web.door.tokens import hashed
from tests.web.house import ACCOUNTS, House, Visitor

PASSWORD = "a sentence to get in by"


def use(visitor: Visitor, link: str, name: str = "", password: str = PASSWORD) -> int:
    form = {"link": link, "name": name, "password": password, "again": password}
    return visitor.http.post("/set-up", data=form).status_code


def first_link(house: House) -> str:
    link = house.gate.first_link()
    assert link is not None
    return link


def handed(officer: Visitor) -> str:
    """The one-time link that an officer is shown."""
    found = re.search(r"/set-up/([\w-]+)", officer.http.get("/accounts/link").text)
    assert found is not None
    return found[1]


def test_the_set_up_link_makes_the_first_account_a_security_officer_once(empty_house: House) -> None:
    link, visitor = first_link(empty_house), empty_house.visitor()
    assert 'name="link"' in visitor.http.get(f"/set-up/{link}").text
    assert use(visitor, link, "Wang.Fang") == 303
    assert visitor.sign_in("wang.fang", PASSWORD) == (303, "/")
    assert visitor.http.get("/accounts").status_code == 200
    assert use(empty_house.visitor(), link, "second") == 403, "replayed"
    assert empty_house.gate.first_link() is None
    with empty_house.gate.store.reading() as tx:
        assert [(row.name, row.role) for row in tx[Accounts].all()] == [("wang.fang", AccountRole.SECURITY)]
    assert ("?", "account.link", "/set-up", "denied") in empty_house.logged()


def test_a_set_up_link_that_is_forged_old_or_replaced_makes_nothing(empty_house: House) -> None:
    earlier, link = first_link(empty_house), first_link(empty_house)
    visitor = empty_house.visitor()
    assert [use(visitor, one, "mallory") for one in ("forged", earlier, hashed(link), "")] == [403] * 4
    empty_house.step(LINK_LASTS)
    assert visitor.http.get(f"/set-up/{link}").status_code == 403
    assert use(visitor, link, "mallory") == 403
    with empty_house.gate.store.reading() as tx:
        assert not tx[Accounts].any()


def test_a_second_set_up_link_is_void_once_there_is_an_account(empty_house: House) -> None:
    link = first_link(empty_house)
    with empty_house.gate.store.transaction() as tx:
        spare = empty_house.gate.new_link(tx, "somebody")  # as if it had been printed meanwhile
    assert use(empty_house.visitor(), link, "first") == 303
    with empty_house.gate.store.transaction() as tx:
        late = empty_house.gate.new_link(tx, None)
    assert use(empty_house.visitor(), late, "mallory") == 403
    assert spare != late


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "wang.fang is my name", "x" * 300])
def test_a_password_that_does_not_hold_leaves_the_link_usable(empty_house: House, password: str) -> None:
    link, visitor = first_link(empty_house), empty_house.visitor()
    assert use(visitor, link, "wang.fang", password) == 422
    assert use(visitor, link, "wang.fang") == 303


def test_an_officer_makes_accounts_whose_people_choose_their_own_passwords(house: House) -> None:
    officer = house.signed_in(AccountRole.SECURITY)
    assert officer.do("/accounts/make", name="李明", role="operator") == "/accounts/link"
    link = handed(officer)
    assert "/set-up/" not in officer.http.get("/accounts/link").text, "it is shown once"
    person = house.visitor()
    assert person.sign_in("李明", PASSWORD)[0] == 401
    assert "李明" in person.http.get(f"/set-up/{link}").text
    assert use(person, link, "somebody.else") == 303
    assert person.sign_in("李明", PASSWORD) == (303, "/")
    assert ("sven", "account.make", "李明 operator", "done") in house.logged()


def test_one_officer_is_not_shown_the_link_of_another(house: House) -> None:
    officer = house.signed_in(AccountRole.SECURITY)
    officer.do("/accounts/make", name="second", role="security-officer")
    link = handed(officer)
    second = house.visitor()
    use(second, link)
    second.sign_in("second", PASSWORD)
    officer.do("/accounts/make", name="third", role="observer")
    assert "/set-up/" not in second.http.get("/accounts/link").text
    assert handed(officer)


@pytest.mark.parametrize(
    ("name", "role"), [("x", "operator"), ("a b", "operator"), ("new", "root"), ("otto", "observer")]
)
def test_an_account_that_cannot_be_is_not_made(house: House, name: str, role: str) -> None:
    officer = house.signed_in(AccountRole.SECURITY)
    assert "said=" in officer.do("/accounts/make", name=name, role=role)
    assert house.logged()[-1][3] != "done"
    with house.gate.store.reading() as tx:
        assert {row.name: row.role for row in tx[Accounts].all()} == {who.name: role for role, who in ACCOUNTS.items()}


def test_a_lock_ends_sessions_at_once_and_holds_until_it_is_taken_away(house: House) -> None:
    officer, otto = house.signed_in(AccountRole.SECURITY), house.signed_in(AccountRole.OPERATOR)
    officer.do("/accounts/otto/lock")
    assert not otto.is_in()
    assert otto.sign_in("otto", ACCOUNTS[AccountRole.OPERATOR].password)[0] == 401
    officer.do("/accounts/otto/unlock")
    assert not otto.is_in(), "the session of before does not come back"
    assert otto.sign_in("otto", ACCOUNTS[AccountRole.OPERATOR].password) == (303, "/")


def test_another_role_ends_sessions_and_holds_from_then_on(house: House) -> None:
    officer, otto = house.signed_in(AccountRole.SECURITY), house.signed_in(AccountRole.OPERATOR)
    officer.do("/accounts/otto/role", role="observer")
    assert not otto.is_in()
    assert ("sven", "account.role", "otto observer", "done") in house.logged()


def test_a_reset_ends_the_old_password_and_opens_a_name_that_was_shut(house: House) -> None:
    officer, otto = house.signed_in(AccountRole.SECURITY), house.signed_in(AccountRole.OPERATOR)
    assert officer.do("/accounts/otto/reset") == "/accounts/link"
    assert not otto.is_in()
    for _ in range(9):
        otto.sign_in("otto", ACCOUNTS[AccountRole.OPERATOR].password)
    assert use(otto, handed(officer)) == 303
    assert otto.sign_in("otto", PASSWORD) == (303, "/")


@pytest.mark.parametrize("action", ["role", "lock", "unlock", "reset"])
def test_nobody_manages_the_own_account(house: House, action: str) -> None:
    officer = house.signed_in(AccountRole.SECURITY)
    said = unquote_plus(officer.do(f"/accounts/sven/{action}", role="operator"))
    assert "own account" in said
    assert officer.is_in()
    assert house.logged()[-1] == ("sven", "accounts", f"/accounts/sven/{action}", "denied")


def test_whoever_is_gone_meanwhile_changes_nothing(house: House) -> None:
    with house.gate.store.transaction() as tx:
        tx[Accounts].set_locked("sven", house.clock.now())
    with pytest.raises(Denied):
        managing.lock(house.gate, "sven", "otto")
    with pytest.raises(Denied):
        managing.change_role(house.gate, "otto", "olga", "security-officer")


def test_of_two_officers_who_would_remove_each_other_one_stays(house: House) -> None:
    link = managing.make(house.gate, "sven", "second", "security-officer")
    house.gate.use_link(link, "", PASSWORD)
    managing.lock(house.gate, "second", "sven")
    with pytest.raises(Denied):
        managing.lock(house.gate, "sven", "second")
    with house.gate.store.reading() as tx:
        assert tx[Accounts].keepers(AccountRole.SECURITY) == {"second"}


def test_the_log_is_shown_newest_first_page_by_page_and_by_account(house: House) -> None:
    for number in range(120):
        house.gate.record("otto" if number % 2 else "olga", "redrive", f"letter {number}", "done")
    officer = house.signed_in(AccountRole.SECURITY)
    seen, path = [], "/audit"
    while path:
        page = officer.http.get(path).text
        seen += [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == list(range(121, 0, -1))
    only = officer.http.get("/audit?account=otto").text
    assert "<td>otto</td>" in only
    assert "<td>olga</td>" not in only
    assert officer.http.get("/audit?before=x").status_code == 200


def test_what_is_logged_is_shown_as_text(house: House) -> None:
    house.gate.record("otto", "redrive", "<script>alert(1)</script>", "done")
    assert "<script>alert" not in house.signed_in(AccountRole.SECURITY).http.get("/audit").text


def test_sessions_and_links_of_long_ago_are_swept_away(house: House) -> None:
    old = house.signed_in(AccountRole.OBSERVER)
    link = managing.reset(house.gate, "sven", "otto")
    house.step(timedelta(days=3))
    house.signed_in(AccountRole.SECURITY)
    with house.gate.store.reading() as tx:
        assert tx[Accounts].session(hashed(old.cookie or "")) is None
        assert tx[Accounts].link(hashed(link)) is None


def test_a_log_that_was_tampered_with_is_found(house: House) -> None:
    for number in range(5):
        house.gate.record("otto", "redrive", f"letter {number}", "done")
    with house.gate.store.reading() as tx:
        entries, head = list(tx[AuditLog].entries()), tx[AuditLog].head()
    assert check_chain(entries, head) == 5
    with pytest.raises(BadAudit, match="entry 3 is missing"):
        check_chain(entries[:2] + entries[3:], head)
