"""Pure rules of the console's door: passwords, names, who manages whom, lock-out, sessions, ways back, the chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.audit.chain import EMPTY, AuditEntry, ChainHead, append, check_chain, parse_head
from exchange.audit.source import Source, SourceKind
from exchange.desk.permissions import DESK_PERMISSIONS, DeskAction
from exchange.errors import BadAccount, BadAudit, BadConfiguration, Denied, OperatorError
from exchange.web.door.accounts import account_name, check_keeper_left, check_manages, role_of
from exchange.web.door.password_rules import LONGEST, SHORTEST, check_password
from exchange.web.door.permissions import PERMISSIONS, AccountRole, Action
from exchange.web.door.roles import CONSOLE_DOOR, DESK_DOOR, DoorRoles
from exchange.web.door.sign_in import FREE_FAILURES, IDLE, LASTS, own_path, session_holds, wait_after
from exchange.web.listening import ListeningPlace, is_own_machine, listen, own_port, read_state, write_state

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOLD = st.tuples(*(st.text(max_size=20) for _ in range(4)))


@pytest.mark.parametrize("password", ["春江潮水连海平海上明月共潮生", "correct horse battery", "x1" * 4 + "abcd"])
def test_a_long_password_of_whatever_signs_is_taken(password: str) -> None:
    check_password(password, "otto")


@pytest.mark.parametrize(
    "password", ["", "elevencharac"[:11], "abcabcabcabcabc", "I am Otto and it is me", "x" * (LONGEST + 1)]
)
def test_a_password_that_is_short_plain_or_the_name_is_refused(password: str) -> None:
    with pytest.raises(BadAccount) as caught:
        check_password(password, "otto")
    assert caught.value.remedy
    assert password not in str(caught.value) or not password


def test_a_passwords_length_is_that_of_what_is_hashed() -> None:
    check_password("abcdefghijkl", "")
    with pytest.raises(BadAccount):
        check_password("ａｂｃｄｅ".ljust(SHORTEST - 1, "f"), "")


@pytest.mark.parametrize(
    ("typed", "kept"), [("Zhang.Wei", "zhang.wei"), (" otto ", "otto"), ("李明", "李明"), ("ＡＢ", "ab")]
)
def test_a_name_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert account_name(typed) == kept == account_name(kept)


@pytest.mark.parametrize("name", ["", "a", "a b", "-ab", "a/b", "../etc", "a?b", "a\nb", "x" * 41, "<b>", "?"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadAccount):
        account_name(name)


def test_only_roles_that_there_are_are_roles() -> None:
    doors = (CONSOLE_DOOR, DESK_DOOR)
    assert {role_of(role.value, door) for door in doors for role in door.names} == set(AccountRole)
    assert not set(CONSOLE_DOOR.names) & set(DESK_DOOR.names)
    for word, door in (("root", CONSOLE_DOOR), ("signer", CONSOLE_DOOR), ("operator", DESK_DOOR)):
        with pytest.raises(BadAccount):
            role_of(word, door)


@pytest.mark.parametrize("door", [CONSOLE_DOOR, DESK_DOOR])
@pytest.mark.parametrize("role", list(AccountRole))
def test_only_who_manages_accounts_manages_those_of_others_and_nobody_the_own(
    role: AccountRole, door: DoorRoles
) -> None:
    keepers = {role for role, may in PERMISSIONS.items() if Action.ACCOUNTS in may}
    keepers |= {role for role, may in DESK_PERMISSIONS.items() if DeskAction.ACCOUNTS in may}
    with pytest.raises(Denied):
        check_manages("me", role, "me", door)
    if role in keepers and role in door.names:
        check_manages("me", role, "you", door)
    else:
        with pytest.raises(Denied):
            check_manages("me", role, "you", door)


def test_no_role_both_manages_accounts_and_repairs() -> None:
    repairing = {Action.REDRIVE, Action.DISCARD, Action.EXPORT, Action.HOLD, Action.DRAIN, Action.DIAGNOSE}
    assert not [role for role, may in PERMISSIONS.items() if may & repairing and may & {Action.ACCOUNTS, Action.AUDIT}]


def test_the_last_officer_stays_and_nobody_is_no_officer() -> None:
    check_keeper_left("one", frozenset({"one", "two"}), DESK_DOOR)
    for officers in (frozenset({"one"}), frozenset[str]()):
        with pytest.raises(Denied):
            check_keeper_left("one", officers, CONSOLE_DOOR)


def test_the_wait_after_failures_grows_to_an_hour() -> None:
    waits = [wait_after(failures) for failures in range(40)]
    assert waits[: FREE_FAILURES + 1] == [timedelta()] * (FREE_FAILURES + 1)
    assert waits[FREE_FAILURES + 1 : FREE_FAILURES + 4] == [timedelta(seconds=s) for s in (30, 60, 120)]
    assert waits == sorted(waits)
    assert waits[-1] == wait_after(10**9) == timedelta(hours=1)


@given(st.sampled_from(AccountRole), st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_session_holds_while_it_is_neither_idle_nor_old(role: AccountRole, seen: int, later: int) -> None:
    seen_at, now = NOW + timedelta(seconds=seen), NOW + timedelta(seconds=seen + later)
    holds = session_holds(role, NOW + LASTS, seen_at, now)
    assert holds == (timedelta(seconds=later) < IDLE[role] and timedelta(seconds=seen + later) < LASTS)


def as_browsers_read_it(path: str) -> str:
    """The host that a browser would go to (WHATWG URL: tabs and newlines vanish, a backslash is a slash)."""
    plain = (
        "".join(sign for sign in path if sign not in "\t\n\r").replace("\\", "/").strip("".join(map(chr, range(33))))
    )
    return urlsplit(urljoin("https://console.test/sign-in", plain)).netloc


@given(st.text(alphabet="/\\.:@?#\t\n\r ahtps%\x00", max_size=12) | st.text(max_size=12))
def test_a_way_back_never_leads_elsewhere(text: str) -> None:
    found = own_path(text)
    assert found in (text, "/")
    try:
        assert as_browsers_read_it(found) == "console.test"
    except ValueError:
        pytest.fail(f"{found!r} is no path")


@pytest.mark.parametrize("path", ["/", "/audit?before=7&account=otto", "/trace/1#end", "/账号"])
def test_a_way_back_to_a_page_of_ours_is_kept(path: str) -> None:
    assert own_path(path) == path


def chain(told: list[tuple[str, str, str, str]]) -> tuple[list[AuditEntry], ChainHead]:
    entries, head = [], EMPTY
    for number, one in enumerate(told):
        entries.append(
            append(head, NOW + timedelta(microseconds=number), *one, Source(SourceKind.WEB, f"192.0.2.{number}"))
        )
        head = ChainHead(entries[-1].seq, entries[-1].hash)
    return entries, head


@given(st.lists(TOLD, min_size=1, max_size=6), st.data())
def test_whatever_is_changed_in_an_entry_or_taken_out_is_found(
    told: list[tuple[str, str, str, str]], data: st.DataObject
) -> None:
    entries, head = chain(told)
    assert check_chain(entries, head, ChainHead(1, entries[0].hash)) == len(told)
    assert parse_head(str(head)) == head
    place = data.draw(st.integers(0, len(entries) - 1))
    changes = {
        "what": data.draw(st.text(max_size=20)),
        "account": data.draw(st.text(max_size=20)),
        "at": NOW - timedelta(1),
        "source": data.draw(st.sampled_from(["", *SourceKind])),
        "origin": data.draw(st.text(max_size=20)),
        "version": data.draw(st.integers(1, 3)),
    }
    name = data.draw(st.sampled_from(sorted(changes)))
    changed = replace(entries[place], **{name: changes[name]})
    broken = [[*entries[:place], *entries[place + 1 :]]]
    if changed != entries[place]:
        broken.append([*entries[:place], changed, *entries[place + 1 :]])
    if len(entries) > 1:
        broken.append(entries[::-1])
    for one in broken:
        with pytest.raises(BadAudit):
            check_chain(one, head)


def test_words_that_move_from_one_field_to_the_next_are_another_entry() -> None:
    here = Source(SourceKind.WEB, "x")
    assert append(EMPTY, NOW, "a", "b", "cd", "e", here).hash != append(EMPTY, NOW, "a", "b", "c", "de", here).hash


@pytest.mark.parametrize("text", ["", "1", "1:abc", "x:" + "0" * 64, "1:" + "g" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_head(text)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_the_own_machine_needs_no_tls(host: str) -> None:
    assert is_own_machine(host)
    ListeningPlace(host).check()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "console.hefei.test", ""])
def test_elsewhere_it_does_not_listen_without_tls(host: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        ListeningPlace(host).check()
    assert "--tls-cert" in caught.value.remedy


def test_tls_files_that_do_not_hold_are_refused(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("no certificate")
    for cert, key in ((tmp_path / "cert.pem", tmp_path / "cert.pem"), (tmp_path / "none", tmp_path / "none")):
        with pytest.raises(BadConfiguration, match="TLS"):
            ListeningPlace("0.0.0.0", None, cert, key).check()
    with pytest.raises(BadConfiguration, match="both"):
        ListeningPlace("127.0.0.1", None, tmp_path / "cert.pem").check()


def test_a_port_that_is_taken_is_refused_where_it_was_asked_for_and_else_another_is_found() -> None:
    with listen(ListeningPlace(port=0)) as first:
        taken = first.getsockname()[1]
        with pytest.raises(OperatorError) as caught:
            listen(ListeningPlace(port=taken))
        assert "--port" in caught.value.remedy
        with listen(ListeningPlace(), before=taken) as second:
            assert second.getsockname()[1] != taken


def test_the_port_of_the_last_start_is_taken_again_and_kept_for_the_next_one_where_it_is_not_free(
    tmp_path: Path,
) -> None:
    with listen(ListeningPlace(port=0)) as first:
        own = first.getsockname()[1]
    with listen(ListeningPlace(), before=own) as again:
        assert again.getsockname()[1] == own
        with listen(ListeningPlace(), before=own) as other:
            port = other.getsockname()[1]
            write_state(tmp_path / "state.json", "http://127.0.0.1:1", port, own)
    found = read_state(tmp_path / "state.json")
    assert found is not None
    assert (found.elsewhere, found.wanted, found.port) == (True, own, port)
    with listen(ListeningPlace(), before=found.wanted) as third:
        assert third.getsockname()[1] == own


def test_a_second_domain_of_a_machine_has_a_port_of_its_own_at_every_start() -> None:
    with listen(ListeningPlace()) as first, listen(ListeningPlace()) as second:
        one, two = first.getsockname()[1], second.getsockname()[1]
        assert one != two
        assert own_port(ListeningPlace(), None, two) == two
    assert own_port(ListeningPlace(), before=two, port=one) == two, "taken this time only"
    assert own_port(ListeningPlace(port=7000), before=two, port=7000) == 7000


def test_where_it_is_served_is_noted_and_read(tmp_path: Path) -> None:
    assert read_state(tmp_path / "none") is None
    (tmp_path / "bad").write_text("{}")
    assert read_state(tmp_path / "bad") is None
    write_state(tmp_path / "state.json", "http://127.0.0.1:1", 1)
    found = read_state(tmp_path / "state.json")
    assert found is not None
    assert (found.url, found.port) == ("http://127.0.0.1:1", 1)


def test_addresses_are_written_so_that_they_can_be_opened() -> None:
    assert ListeningPlace("::1").url(8) == "http://[::1]:8"
    assert ListeningPlace("127.0.0.1").url(8) == "http://127.0.0.1:8"
    assert "0.0.0.0" not in ListeningPlace("0.0.0.0").url(8)
