"""Who may do what: every role by every action, by every page and every form, over HTTP, really signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.console.section import File, FormAction, Page, Section, Visit
from exchange.console.sections import SECTIONS
from exchange.web.door.permissions import AccountRole, Action
from exchange.web.door.store import Accounts
from tests.web.house import ACCOUNTS, House, small_view

# Written out here once more, on purpose: whoever changes the table says so twice.
MAY = {
    AccountRole.OBSERVER: {"look"},
    AccountRole.OPERATOR: {"look", "redrive", "discard", "export", "hold", "drain", "diagnose"},
    AccountRole.SECURITY: {"look", "accounts", "audit"},
    # Roles of desks: whoever had such an account here by mistake could do nothing with it.
    AccountRole.CLERK: set(),
    AccountRole.REVIEWER: set(),
    AccountRole.SIGNER: set(),
    AccountRole.SUPERVISOR: set(),
}

ACTIONS = {"look", "redrive", "discard", "export", "hold", "drain", "diagnose", "accounts", "audit"}


def _nothing(visit: Visit) -> Mapping[str, object]:
    return {}


def _empty(visit: Visit) -> File:
    return File("some.csv", "text/csv", [b""])


def _went(visit: Visit) -> str:
    return "/went"


EVERY = Section(
    pages=[Page(f"/page/{action}", ("页", "page"), "base.html", _nothing, action) for action in Action],
    actions=[FormAction(f"/action/{action}", action, _went, None) for action in Action],
)
"""A page and a form for every action."""


def harmless(section: Section) -> Section:
    """The same doors with nothing behind them: whether one comes through is what is asked here."""
    pages = [replace(page, view=_nothing, template="base.html") for page in section.pages]
    actions = [replace(action, do=_went) for action in section.actions]
    return Section(pages, actions, [replace(one, make=_empty) for one in section.downloads])


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "some", path)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A console whose pages and actions do nothing."""
    view = small_view(Path(tmp_path_factory.mktemp("permissions")))
    yield House(view, sections=[*map(harmless, SECTIONS), EVERY])
    view.close()


PAGES = [page for section in (*SECTIONS, EVERY) for page in section.pages]
DOWNLOADS = [one for section in SECTIONS for one in section.downloads]
FORM_ACTIONS = [action for section in (*SECTIONS, EVERY) for action in section.actions]


def test_the_actions_and_roles_are_those_of_this_table() -> None:
    assert set(Action) == ACTIONS
    assert set(AccountRole) == set(MAY)


@pytest.mark.parametrize("role", list(AccountRole))
def test_every_page_is_shown_to_the_roles_that_may_see_it_and_to_no_other(behind: House, role: AccountRole) -> None:
    visitor = behind.signed_in(role)
    found = {page.path: visitor.http.get(filled(page.path)).status_code for page in PAGES}
    assert found == {page.path: 200 if page.action in MAY[role] else 403 for page in PAGES}
    told = {entry for entry in behind.logged() if entry[0] == ACCOUNTS[role].name and entry[3] == "denied"}
    for page in PAGES:
        denied = (ACCOUNTS[role].name, str(page.action), filled(page.path), "denied")
        assert (denied in told) == (page.action not in MAY[role])


@pytest.mark.parametrize("role", list(AccountRole))
def test_every_file_is_given_to_the_roles_that_may_have_it_and_to_no_other(behind: House, role: AccountRole) -> None:
    visitor = behind.signed_in(role)
    found = {one.path: visitor.http.get(filled(one.path)).status_code for one in DOWNLOADS}
    assert found == {one.path: 200 if one.action in MAY[role] else 403 for one in DOWNLOADS}
    assert DOWNLOADS


@pytest.mark.parametrize("role", list(AccountRole))
def test_every_deed_is_done_for_the_roles_that_may_do_it_and_recorded_for_all(behind: House, role: AccountRole) -> None:
    visitor = behind.signed_in(role)
    token, before = visitor.form_token(), len(behind.logged())
    went = {
        action.path: visitor.http.post(filled(action.path), data={"token": token, "sure": "yes"}).headers["location"]
        == "/went"
        for action in FORM_ACTIONS
    }
    assert went == {action.path: action.action in MAY[role] for action in FORM_ACTIONS}
    assert behind.logged()[before:] == [
        (ACCOUNTS[role].name, action.action, filled(action.path), "done" if action.action in MAY[role] else "denied")
        for action in FORM_ACTIONS
    ]


def test_nobody_sees_or_does_anything_without_signing_in(behind: House) -> None:
    stranger, before = behind.visitor(), len(behind.logged())
    shown = {stranger.http.get(filled(page.path)).headers.get("location", "").split("?")[0] for page in PAGES}
    live = {stranger.http.get(f"/live{filled(page.path)}").status_code for page in PAGES}
    done = {stranger.http.post(filled(action.path)).headers.get("location") for action in FORM_ACTIONS}
    assert (shown, live, done) == ({"/sign-in"}, {401}, {"/sign-in"})
    assert len(behind.logged()) == before


def test_the_menu_leads_only_where_one_may_go(behind: House) -> None:
    for role in AccountRole:
        page = behind.signed_in(role).http.get("/").text
        shown = set(re.findall(r'<a href="(/[^"?]*)"', page.partition("<nav")[2].partition("</nav>")[0]))
        assert shown == {page.path for page in PAGES if page.in_menu and page.action in MAY[role]}


def test_a_role_that_is_taken_away_counts_at_once(house: House) -> None:
    officer = house.signed_in(AccountRole.SECURITY)
    assert officer.http.get("/audit").status_code == 200
    with house.gate.store.transaction() as tx:
        tx[Accounts].set_role(ACCOUNTS[AccountRole.SECURITY].name, AccountRole.OBSERVER)
    assert officer.http.get("/audit").status_code == 403
