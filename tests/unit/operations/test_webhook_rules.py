"""Webhooks: which places are taken, how signatures read, and when it is tried again. And tokens, which are as pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.rules.lead import LeadTask
from exchange.clock import CST
from exchange.errors import CallerError, Denied, Unauthenticated
from exchange.machine.posting.webhooks import Poster, again_after, check_reachable, check_url
from exchange.operations.systems.tokens import (
    Scope,
    check_entitled,
    check_scope,
    check_term,
    check_token,
    digest_of,
    scopes_of,
    split_token,
    token_text,
)
from exchange.operations.systems.webhooks import PATIENCE, Event, has_failed_long
from exchange.schemas import Role
from tests.api_page import awaited_tasks, event_fields

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=CST)


@pytest.mark.parametrize(
    "url",
    [
        "https://oa.example/x?y=1",
        "https://10.0.0.1:8443/",
        "http://localhost:8080/",
        "http://127.0.0.1/",
        "http://[::1]/",
    ],
)
def test_https_is_taken_and_http_to_this_machine(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://oa.example/",
        "http://127.0.0.1.example/",
        "http://localhost.example/",
        "https://user:word@oa.example/",
        "https://user@oa.example/",
        "https://oa.example/#part",
        "https:///nowhere",
        "https://oa.example:0/",
        "https://oa.example:99999/",
        "https://[::1/",
        "https://oa.example/a b",
        "https://oa.example/\r\nx: y",
        "https://办公.example/",
        "ftp://oa.example/",
        "file:///etc/passwd",
        "oa.example",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(CallerError):
        check_url(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "64:ff9b::a00:1", "2002:a00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_refused_unless_its_network_is_named(address: str) -> None:
    with pytest.raises(Denied):
        check_reachable([address], ())
    with pytest.raises(Denied):
        check_reachable(["93.184.216.34", address], ())
    check_reachable([address], ("0.0.0.0/0", "::/0"))


def test_public_addresses_are_reached_and_nothing_resolved_is_not() -> None:
    assert check_reachable(["93.184.216.34", "2606:2800:220:1::1"], ()) == "93.184.216.34"
    with pytest.raises(Denied):
        check_reachable([], ("0.0.0.0/0",))


def test_a_name_is_resolved_once_and_judged_before_anything_is_sent() -> None:
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["169.254.169.254"]

    poster = Poster((), resolve)
    assert "network" in (poster.post("https://metadata.example/x", {}, b"{}") or "")
    assert poster.post("http://oa.example/", {}, b"{}") is not None
    assert asked == [("metadata.example", 443)]
    poster.close()


@given(st.integers(1, 1000))
def test_patience_grows_and_has_an_end(attempts: int) -> None:
    assert timedelta(seconds=5) <= again_after(attempts) <= again_after(attempts + 1) <= timedelta(hours=1)


def test_long_failure_is_three_days_without_a_success() -> None:
    assert not has_failed_long(None, NOW)
    assert not has_failed_long(NOW - PATIENCE + timedelta(seconds=1), NOW)
    assert has_failed_long(NOW - PATIENCE, NOW)


# --- tokens -------------------------------------------------------------------------------------------------------

SECRET = "s" * 43


def test_a_token_is_taken_apart_as_it_was_put_together() -> None:
    assert split_token(token_text("0123456789ab", SECRET)) == ("0123456789ab", SECRET)


@given(st.text())
def test_nothing_else_is_a_token(text: str) -> None:
    with pytest.raises(Unauthenticated):
        split_token(text)


def test_a_token_holds_until_it_is_over_or_revoked() -> None:
    later = NOW + timedelta(days=1)
    check_token(SECRET, digest_of(SECRET), NOW, later, None)
    for secret, now, revoked in (("t" * 43, NOW, None), (SECRET, later, None), (SECRET, NOW, NOW)):
        with pytest.raises(Unauthenticated):
            check_token(secret, digest_of(SECRET), now, later, revoked)


def test_no_scope_is_no_token_and_no_scope_stands_for_another() -> None:
    assert scopes_of(["read", "send"]) == (Scope.SEND, Scope.READ)
    for words in ([], ["admin"], ["read", "all"]):
        with pytest.raises(CallerError):
            scopes_of(words)
    for given_ in Scope:
        for needed in Scope:
            if given_ is needed:
                check_scope((given_,), needed)
            else:
                with pytest.raises(Denied):
                    check_scope((given_,), needed)


def test_a_token_has_only_scopes_that_are_of_use_to_its_member() -> None:
    allowed = {
        Role.PORTAL: {Scope.FILE, Scope.READ, Scope.RECEIVE},
        Role.WINDOW: set(Scope) - {Scope.FILE},
        Role.DEPARTMENT: set(Scope) - {Scope.FILE, Scope.SUBMIT, Scope.DECIDE},
    }
    for role, scopes in allowed.items():
        check_entitled(scopes, "c.m", (role,))
        for scope in set(Scope) - scopes:
            with pytest.raises(CallerError):
                check_entitled((scope,), "c.m", (role,))


@pytest.mark.parametrize("days", [0, -1, 731])
def test_a_token_is_not_made_for_ever(days: int) -> None:
    check_term(730)
    with pytest.raises(CallerError):
        check_term(days)


def test_the_page_of_the_api_names_every_event_and_every_task_of_a_case_that_waits() -> None:
    assert event_fields().keys() == set(Event)
    assert all(event_fields().values())
    assert awaited_tasks() == set(LeadTask)
