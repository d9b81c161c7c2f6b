"""Whatever holds a licence: a person's name and number are never shown, and an organisation's always are."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from exchange.hand_codes import grouped, read_signs
from exchange.licences.rules.codes import verification_code
from exchange.licences.rules.holders import (
    CREDIT_SIGNS,
    is_credit_code,
    is_identity_number,
    is_organisation,
    masked_name,
    shown_holder,
)
from exchange.schemas import LicenceHolder

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """Numbers by the table of weights of GB 11643."""
    born = draw(st.dates(date(1900, 1, 1), date(2026, 12, 31)))
    body = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


@given(number=identity_numbers(), name=st.text(HAN, min_size=2, max_size=4))
def test_a_person_is_never_taken_for_an_organisation(number: str, name: str) -> None:
    holder = LicenceHolder(name=name, identifier=number)
    assert is_identity_number(number)
    assert not is_organisation(holder)
    shown = shown_holder(holder)
    assert number[:14] not in shown.identifier
    assert shown.identifier.count("*") == 14
    assert shown.name.count("*") >= 1
    assert name not in shown.name


@given(body=st.text(st.sampled_from(CREDIT_SIGNS), min_size=17, max_size=17))
def test_of_each_code_one_check_digit_is_right_and_no_two_signs_may_be_exchanged(body: str) -> None:
    (check,) = [sign for sign in CREDIT_SIGNS if is_credit_code(body + sign)]
    turned = body[1] + body[0] + body[2:]
    assert is_credit_code(turned + check) == (turned == body)


@given(name=st.text(min_size=1, max_size=30))
def test_what_is_kept_of_a_name_is_its_beginning_and_its_joints(name: str) -> None:
    shown = masked_name(name)
    text = name.strip()
    assert len(shown) == max(len(text), 1)
    assert "*" in shown or len(text) > 1
    assert all(sign == kept or kept == "*" for sign, kept in zip(text, shown, strict=False))
    assert all(sign in "·•・ .-*" for sign in shown[2:])


@given(digest=st.binary(min_size=32, max_size=32))
def test_a_code_survives_being_printed_and_typed(digest: bytes) -> None:
    code = verification_code(digest.hex())
    assert read_signs(grouped(code).lower().replace("0", "o").replace("1", "l")) == code
