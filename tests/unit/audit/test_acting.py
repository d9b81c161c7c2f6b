"""Who did it is the account that the process runs under, whatever the environment says."""

from __future__ import annotations

import os
import pwd

import pytest

from exchange.audit.acting import acting_account, acting_source
from exchange.errors import Denied
from exchange.operations.dead_letters.rules import check_second


@pytest.fixture(autouse=True)
def without_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may be run through sudo themselves."""
    for name in ("SUDO_USER", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)


def as_account(monkeypatch: pytest.MonkeyPatch, uid: int, sudo_uid: str | None) -> str:
    monkeypatch.setattr(os, "getuid", lambda: uid)
    monkeypatch.setenv("SUDO_USER", "somebody-else")
    if sudo_uid is not None:
        monkeypatch.setenv("SUDO_UID", sudo_uid)
    return acting_account()


def test_no_setting_changes_who_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "somebody-else")
    assert acting_account() == pwd.getpwuid(os.getuid()).pw_name


def test_an_account_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)
    assert acting_account() == "uid 4000000001"


def test_root_behind_sudo_is_named_with_who_called_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert as_account(monkeypatch, 0, "4000000001") == "root (sudo by uid 4000000001)"
    assert as_account(monkeypatch, 0, "1") == f"root (sudo by {pwd.getpwuid(1).pw_name})"


@pytest.mark.parametrize("number", [None, "", "0", "-1", "x", "１", "4" * 40])
def test_what_names_no_other_account_leaves_root_itself(monkeypatch: pytest.MonkeyPatch, number: str | None) -> None:
    assert as_account(monkeypatch, 0, number) == "root"


def test_nobody_but_root_is_believed_to_be_behind_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    assert as_account(monkeypatch, 1, "4000000001") == pwd.getpwuid(1).pw_name


@pytest.mark.parametrize(
    ("proposed", "confirmed", "is_one"),
    [
        ("root (sudo by alice)", "root (sudo by bob)", False),
        ("root (sudo by alice)", "root (sudo by Alice)", True),
        ("root (sudo by alice)", "alice", True),
        ("alice", "root (sudo by alice)", True),
        ("root (sudo by alice)", "bob", False),
        ("root (sudo by alice)", "root", False),
        ("root (sudo by uid 1234)", "uid 1234", True),
        ("alice", "Alice", True),
        ("alice", "ａｌｉｃｅ", True),
        ("ａｌｉｃｅ", "root (sudo by Alice)", True),
        ("alice", " alice\u3000\n", True),
        ("root (sudo by alice) ", "root （sudo by alice ）", True),
        ("Ren\u00e9", "rene\u0301", True),
        ("ren\u00e9", "rene", False),
    ],
)
def test_two_people_are_two_whatever_accounts_they_use(proposed: str, confirmed: str, is_one: bool) -> None:
    if not is_one:
        check_second(proposed, confirmed)
        return
    with pytest.raises(Denied):
        check_second(proposed, confirmed)


def test_a_command_comes_from_its_account_and_whom_sudo_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    as_account(monkeypatch, 0, None)
    assert acting_source().origin == "root"
    as_account(monkeypatch, 0, "1")
    assert acting_source().origin == f"root via sudo by {pwd.getpwuid(1).pw_name}"
    as_account(monkeypatch, 1, "4000000001")
    assert acting_source().origin == pwd.getpwuid(1).pw_name
