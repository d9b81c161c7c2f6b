"""Who writes to whom where one of the two is a portal, and what of a portal is taken in."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from exchange.clock import CST
from exchange.directory import Authority, DirectoryView, load_directory
from exchange.directory.view import sign_directory
from exchange.errors import Denied, Returned
from exchange.messaging.rules.portals import (
    FILINGS,
    check_addressees,
    check_reader,
    check_written,
    fault_of_portal,
    may_write,
    window_of_portal,
)
from exchange.schemas import MESSAGES, Directory, FilingReceipt, ReceiptBatch, Role

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
MEMBERS: dict[str, tuple[tuple[Role, ...], str | None]] = {
    "window": ((Role.WINDOW,), None),
    "other": ((Role.WINDOW,), None),
    "fire": ((Role.DEPARTMENT,), "c.window"),
    "relay": ((Role.RELAY,), None),
    "portal": ((Role.PORTAL,), "c.window"),
    "lost": ((Role.PORTAL,), None),
    "under-fire": ((Role.PORTAL,), "c.fire"),
    "both": ((Role.PORTAL, Role.DEPARTMENT), "c.window"),
    "abroad": ((Role.PORTAL,), "d.window"),
}


@cache
def directory() -> DirectoryView:
    """A domain with portals as they should be, and as no profile makes them."""
    with TemporaryDirectory() as folder:
        authority = Authority.open_or_create(Path(folder), "c", NOW, timedelta(days=90))
    members = tuple(
        authority.member(authority.certify(f"c.{name}", NOW), "甲", "A", roles, superior)
        for name, (roles, superior) in MEMBERS.items()
    )
    plain = Directory(domain="c", version=1, issued_at=NOW, expires_at=NOW + timedelta(days=9), members=members)
    return load_directory(sign_directory(plain, authority.key, authority.certificate), authority.certificate, NOW, 0)


def test_the_kinds_that_a_portal_writes_are_those_of_its_applicants() -> None:
    assert {kind for kind in MESSAGES if kind.startswith("filing")} == FILINGS | {FilingReceipt.KIND}


def test_a_portal_has_the_window_that_is_its_superior_and_only_as_a_portal_alone() -> None:
    assert {name: window_of_portal(directory(), f"c.{name}") for name in (*MEMBERS, "nobody")} == {
        **dict.fromkeys((*MEMBERS, "nobody")), "portal": "c.window",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sender", "addressee", "may"),
    [
        ("portal", "window", True), ("window", "portal", True), ("fire", "window", True), ("fire", "nobody", True),
        ("portal", "other", False), ("other", "portal", False), ("portal", "fire", False), ("fire", "portal", False),
        ("relay", "portal", False), ("portal", "relay", False), ("portal", "nobody", False), ("portal", "lost", False),
        ("lost", "window", False), ("window", "lost", False), ("under-fire", "fire", False),
        ("both", "window", False), ("abroad", "window", False),
    ],
)  # fmt: skip
def test_a_portal_and_its_window_write_to_each_other_and_nobody_else_to_a_portal(
    sender: str, addressee: str, may: bool
) -> None:
    assert may_write(directory(), f"c.{sender}", f"c.{addressee}") is may
    if may:
        check_addressees(directory(), f"c.{sender}", [f"c.{addressee}"])
        return
    with pytest.raises(Denied, match=rf"c\.{sender} does not write to c\.{addressee}"):
        check_addressees(directory(), f"c.{sender}", [f"c.{addressee}"])


def test_a_portal_writes_filings_and_receipts_to_its_window_and_nothing_else() -> None:
    for kind in (*FILINGS, ReceiptBatch.KIND):
        check_written(directory(), "c.portal", kind, ["c.window"])
        with pytest.raises(Denied):
            check_written(directory(), "c.portal", kind, ["c.window", "c.fire"])
    for kind in MESSAGES.keys() - FILINGS - {ReceiptBatch.KIND}:
        with pytest.raises(Denied, match="sends filings alone"):
            check_written(directory(), "c.portal", kind, ["c.window"])
        check_written(directory(), "c.fire", kind, ["c.window"])


def test_a_portal_reads_nobody_but_its_window() -> None:
    check_reader(directory(), "c.portal", "c.window")
    check_reader(directory(), "c.fire", "c.other")
    for sender in ("c.fire", "c.other", "c.relay", "c.portal"):
        with pytest.raises(Returned, match="does not write to the online window") as error:
            check_reader(directory(), "c.portal", sender)
        assert error.value.code == "not-entitled"


def test_nothing_but_filings_is_taken_of_a_portal_whatever_else_it_is() -> None:
    for kind in MESSAGES:
        for portal in ("c.portal", "c.lost", "c.both"):
            found = fault_of_portal(directory(), portal, kind)
            assert (found.code if found else None) == (None if kind in FILINGS else "not-entitled")
        assert fault_of_portal(directory(), "c.fire", kind) is None
        assert fault_of_portal(directory(), "c.nobody", kind) is None
