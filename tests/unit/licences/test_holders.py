"""Organisations are shown in full by a code that is right; whatever else holds a licence is masked as a person."""

from __future__ import annotations

import pytest

from exchange.licences.rules.holders import (
    is_credit_code,
    is_identity_number,
    is_organisation,
    masked_identifier,
    masked_name,
    shown_holder,
)
from exchange.schemas import LicenceHolder
from tests.unit.licences.licences import COMPANY, PERSON


@pytest.mark.parametrize("code", ["91340100MA2RTLCW7X", "914403001922038216", "91330100799655058B"])
def test_a_code_with_the_right_check_digit_is_one(code: str) -> None:
    assert is_credit_code(code)


@pytest.mark.parametrize(
    "code",
    ["91340100MA2RTLCW7J", "9134010OMA2RTLCW7X", "91340100X", "", "91340100MA2RTLCW7x", "91340100MA2RTLCW7X1"],
    ids=["check digit", "letter O", "short", "empty", "small letter", "long"],
)
def test_no_other_text_is_a_code(code: str) -> None:
    assert not is_credit_code(code)


def test_an_identity_number_is_told_by_day_and_check_digit() -> None:
    assert is_identity_number("11010519491231002X")
    assert is_identity_number("11010519491231002x")
    assert not is_identity_number("110105194912310021")
    assert not is_identity_number("11010519491331002X"), "no such month"
    assert not is_identity_number("１１０１０５１９４９１２３１００２X"), "digits of another script"


def test_who_has_no_code_that_is_right_counts_as_a_person() -> None:
    assert is_organisation(COMPANY)
    assert is_organisation(LicenceHolder(name="某公司", identifier=" 91340100ma2rtlcw7x "))
    assert not is_organisation(PERSON)
    assert not is_organisation(LicenceHolder(name="热电公司", identifier="91340100X"))


def test_organisations_are_shown_in_full_and_persons_by_family_name_and_marks() -> None:
    assert shown_holder(COMPANY) == COMPANY
    assert shown_holder(PERSON) == LicenceHolder(name="张**", identifier="**************002X")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧*"),
        ("买买提·吐尔逊", "买**·***"),
        ("John Smith", "J*** *****"),
        ("李", "*"),
        (" ", "*"),
    ],
)
def test_a_persons_name_is_its_family_name_and_marks(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("11010519491231002X", "**************002X"), ("E123456", "******6"), ("123", "***"), (" ", "*")],
)
def test_of_a_persons_number_the_end_stays_where_it_is_long(text: str, shown: str) -> None:
    assert masked_identifier(text) == shown
