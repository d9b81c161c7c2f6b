"""Numbers and codes as people type them, and how many wrong codes are looked at."""

from __future__ import annotations

import secrets

import pytest

from exchange.errors import TooManyRequests
from exchange.portal.codes import new_code
from exchange.web.access.typed import read_code, read_number
from exchange.web.door.attempts import Attempts


@pytest.mark.parametrize(
    "typed",
    [
        "7KQ4-M2XD-9T01",
        "7kq4m2xd9t01",
        " 7KQ4 m2xd 9TO1 ",
        "7KQ4—M2XD—9TOl",
        "７ＫＱ４－Ｍ２ＸＤ－９Ｔ０１",
        "7kq4.m2xd.9toi",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "7KQ4M2XD9T01"


@pytest.mark.parametrize(
    "typed", ["", "7KQ4-M2XD-9T0", "7KQ4-M2XD-9T011", "7KQ4-M2XD-9TU1", "七KQ4-M2XD-9T01", "x" * 9999]
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert read_code(typed) == ""


def test_every_code_that_is_made_is_read_as_it_is_shown() -> None:
    for _ in range(50):
        code = new_code(secrets.token_bytes(8))
        assert read_code(code.shown.lower()) == code.plain


@pytest.mark.parametrize("typed", ["2026-7KQ4-M2X0", " 2026 7kq4 m2xo ", "2026—7KQ4—M2XO", "２０２６-7kq4-m2x0"])
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_number(typed) == "2026-7KQ4-M2X0"


def test_five_failures_shut_one_place_for_a_quarter_of_an_hour_and_no_other() -> None:
    now = [0.0]
    tries = Attempts(lambda: now[0], 5, 30, 900.0)
    for _ in range(5):
        tries.check("192.0.2.1", "2026-7KQ4-M2X0")
        tries.failed("192.0.2.1", "2026-7KQ4-M2X0")
    with pytest.raises(TooManyRequests) as refused:
        tries.check("192.0.2.1", "2026-7KQ4-M2X0")
    assert refused.value.seconds == 901
    tries.check("192.0.2.2", "2026-7KQ4-M2X0")
    tries.check("192.0.2.1", "2026-0000-0000")
    now[0] = 900.0
    tries.check("192.0.2.1", "2026-7KQ4-M2X0")


def test_an_attempt_that_was_none_is_taken_back() -> None:
    tries = Attempts(lambda: 0.0, 1, 30, 900.0)
    tries.failed("192.0.2.1", "a")
    tries.forgive("192.0.2.1", "a")
    tries.check("192.0.2.1", "a")
