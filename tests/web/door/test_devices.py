"""Known devices: who guesses from beside shuts out nobody, and what strangers do fills no log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.errors import Denied
from exchange.web.door import strangers
from exchange.web.door.devices import LASTS, Devices
from exchange.web.door.permissions import AccountRole
from exchange.web.door.records import FailureRow
from exchange.web.door.sessions import OF_ONE_SOURCE
from exchange.web.door.sign_in import FREE_FAILURES
from exchange.web.door.store import Accounts
from tests.web.house import ACCOUNTS, NOON, House

OTTO, OLGA = ACCOUNTS[AccountRole.OPERATOR], ACCOUNTS[AccountRole.OBSERVER]
WRONG = "not what it is at all"


def test_who_guesses_beside_a_known_device_does_not_shut_it_out_and_it_has_no_more_guesses(house: House) -> None:
    known, stranger = house.signed_in(AccountRole.OPERATOR), house.visitor()
    for _ in range(FREE_FAILURES + 2):
        last = stranger.sign_in(OTTO.name, WRONG)[0]
    assert last == 429
    assert stranger.sign_in(OTTO.name, OTTO.password)[0] == 429, "from the same place, and unknown"
    assert known.sign_in(OTTO.name, OTTO.password) == (303, "/")
    for _ in range(FREE_FAILURES + 1):
        assert known.sign_in(OTTO.name, WRONG)[0] == 401
    assert known.sign_in(OTTO.name, OTTO.password)[0] == 429
    assert known.sign_in(OLGA.name, OLGA.password) == (303, "/"), "it is known for one account, and shut for one"


def test_a_device_is_known_for_one_account_by_a_signed_cookie_that_ends() -> None:
    devices = Devices(b"k" * 32)
    cookie = devices.cookie("otto", NOON)
    device = devices.known("otto", cookie, NOON + LASTS - timedelta(seconds=1))
    assert device is not None
    assert devices.known("otto", devices.cookie("otto", NOON, device), NOON) == device
    for account, shown, at in [
        ("olga", cookie, NOON), ("otto", cookie, NOON + LASTS), ("otto", cookie[:-1] + "x", NOON), ("otto", "", NOON),
        ("otto", cookie.replace(cookie[:4], "0000", 1), NOON), ("otto", Devices(b"l" * 32).cookie("otto", NOON), NOON),
    ]:  # fmt: skip
        assert devices.known(account, shown, at) is None


def test_the_cookie_of_a_device_is_as_strict_as_a_sessions(house: House) -> None:
    answer = house.visitor().http.post("/sign-in", data={"name": OTTO.name, "password": OTTO.password})
    (cookie,) = (one for one in answer.headers.get_list("set-cookie") if "-device-" in one)
    assert cookie.startswith("__Host-")
    assert {"httponly", "samesite=strict", "secure", "path=/"} <= {one.strip().lower() for one in cookie.split(";")}


def test_a_wrong_password_typed_when_changing_it_is_counted_to_nobody_else(house: House) -> None:
    visitor, stranger = house.signed_in(AccountRole.OPERATOR), house.visitor()
    for _ in range(FREE_FAILURES + 2):
        stranger.sign_in(OTTO.name, WRONG)
    new = "another sentence altogether"
    visitor.do("/account/password", current=OTTO.password, new=new, again=new)
    assert house.logged()[-1][3] == "done"


def test_a_source_has_so_many_failures_a_minute_before_anything_is_written(house: House) -> None:
    stranger = house.visitor()
    answers = [stranger.sign_in(f"nobody{number}", WRONG)[0] for number in range(OF_ONE_SOURCE + 10)]
    assert answers == [401] * OF_ONE_SOURCE + [429] * 10
    assert stranger.http.get("/set-up/guessed").status_code == 429
    assert len(house.logged()) == strangers.OF_ONE_SOURCE


@pytest.mark.parametrize("sources", [1, 400])
def test_what_strangers_do_is_in_the_log_but_does_not_fill_it(house: House, sources: int) -> None:
    for number in range(600):
        one = number % sources
        with pytest.raises(Denied):
            house.gate.sign_in(f"nobody{number}", WRONG, place=f"198.51.{one // 200}.{one % 200}")
    written = len(house.logged())
    assert written == (strangers.OF_ONE_SOURCE if sources == 1 else strangers.OF_ALL)
    house.gate.write_sums(ended=True)
    *_, last = house.logged()
    more = f"/sign-in: {600 - written} more of {sources} sources within 10 min"
    assert last[1:] == ("sign-in", more, "denied")


def test_failures_that_are_forgotten_are_not_kept_though_nobody_signs_in(house: House) -> None:
    with house.gate.store.transaction() as tx:
        tx[Accounts].set_failure(FailureRow("f" * 64, 1, NOON, NOON))
    house.step(timedelta(days=2))
    with pytest.raises(Denied):
        house.gate.sign_in("somebody", WRONG, place="198.51.100.2")
    with house.gate.store.reading() as tx:
        assert tx[Accounts].failure("f" * 64) is None
