"""Who did it is the account that the process runs under, whatever the environment says."""

from __future__ import annotations

import os
import pwd

import pytest

from exchange.bootstrap.acting import acting_account


def test_no_setting_changes_who_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "somebody-else")
    assert acting_account() == pwd.getpwuid(os.getuid()).pw_name


def test_an_account_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)
    assert acting_account() == "uid 4000000001"
