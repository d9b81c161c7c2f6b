"""Answers to a matter's fields: every fault at once, each with its field and its remedy, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.catalogue.answers import answer_faults, form_faults
from exchange.language.choice import Language
from exchange.schemas import Bilingual, Choice, FieldAnswer, InputType, MatterField, ShownIf


def field(name: str, kind: InputType = InputType.TEXT, shown_if: tuple[str, str] | None = None, **more: Any) -> Any:
    """A field that is called as it is named."""
    needs = ShownIf(field=shown_if[0], value=shown_if[1]) if shown_if else None
    return MatterField(name=name, label=Bilingual(zh=f"项{name}", en=name), type=kind, shown_if=needs, **more)


def given(**answers: str) -> tuple[FieldAnswer, ...]:
    return tuple(FieldAnswer(field=name, value=value) for name, value in answers.items())


def told(fields: list[MatterField], **answers: str) -> list[str]:
    """What is said of the answers, in English; that there is Chinese for each is looked at on the way."""
    found = form_faults(fields, answers)
    for fault in found:
        for text in (fault.what, fault.remedy):
            assert text.written(Language.CHINESE) != str(text)
        assert fault.field in str(fault.text)
    return [f"{fault.field}: {fault.what}; {fault.remedy}" for fault in found]


def fault_of_one(kind: InputType, value: str, **more: Any) -> str:
    found = told([field("x", kind, **more)], x=value)
    assert len(found) <= 1
    return found[0].removeprefix("x: ") if found else ""


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (InputType.TEXT, "黄山路"),
        (InputType.TEXT, "龘𠮷𪚥𱁬 🏗️ naïve"),
        (InputType.TEXT, "x" * 500),
        (InputType.ADDRESS, "合肥市蜀山区天鹅湖路88号"),
        (InputType.LONG_TEXT, "第一行\n第二行\t尾"),
        (InputType.LONG_TEXT, "字" * 20_000),
        (InputType.INTEGER, "0"),
        (InputType.INTEGER, "-12"),
        (InputType.INTEGER, "9" * 18),
        (InputType.DECIMAL, "120.50"),
        (InputType.DECIMAL, "-0.000001"),
        (InputType.DATE, "2028-02-29"),
        (InputType.DATE, "1949-10-01"),
        (InputType.DATE, "2200-12-31"),
        (InputType.YES_NO, "yes"),
        (InputType.YES_NO, "no"),
    ],
)
def test_what_fits_is_no_fault(kind: InputType, value: str) -> None:
    assert fault_of_one(kind, value) == ""


@pytest.mark.parametrize(
    ("kind", "value", "beginning"),
    [
        (InputType.TEXT, "x" * 501, "has 501 characters, 500 at most; shorten it"),
        (InputType.TEXT, "一\n二", "a line end or control character (U+000A) at character 2; take it out"),
        (InputType.TEXT, "a\u0000b", "a line end or control character (U+0000)"),
        (InputType.TEXT, "a\u202eb", "a character that turns the direction of writing (U+202E)"),
        (InputType.TEXT, "a\ue000", "a character of private use"),
        (InputType.TEXT, "\u200b\u2060", "nothing of it can be seen; write something"),
        (InputType.ADDRESS, "a\rb", "a line end or control character (U+000D)"),
        (InputType.LONG_TEXT, "字" * 20_001, "has 20001 characters, 20000 at most"),
        (InputType.LONG_TEXT, "a\u0007", "a control character (U+0007)"),
        (InputType.INTEGER, "12.0", "is no whole number; write it in ordinary digits"),
        (InputType.INTEGER, "１２", "is no whole number"),
        (InputType.INTEGER, "٣", "is no whole number"),
        (InputType.INTEGER, "012", "is no whole number"),
        (InputType.INTEGER, "+1", "is no whole number"),
        (InputType.INTEGER, "1e3", "is no whole number"),
        (InputType.INTEGER, "9" * 19, "is no whole number"),
        (InputType.DECIMAL, "1,5", "is no number with up to six decimals"),
        (InputType.DECIMAL, ".5", "is no number"),
        (InputType.DECIMAL, "0.1234567", "is no number"),
        (InputType.DECIMAL, "nan", "is no number"),
        (InputType.DATE, "2026-02-30", "must be a day, as 2026-03-02; write year, month and day"),
        (InputType.DATE, "2026-3-2", "must be a day"),
        (InputType.DATE, "1948-12-31", "must lie within the years 1949 to 2200"),
        (InputType.DATE, "2201-01-01", "must lie within the years 1949 to 2200"),
        (InputType.YES_NO, "Yes", "is neither yes nor no; answer yes or no"),
    ],
)
def test_what_does_not_fit_is_told_with_its_remedy(kind: InputType, value: str, beginning: str) -> None:
    assert fault_of_one(kind, value).startswith(beginning)


@pytest.mark.parametrize(
    ("value", "beginning"),
    [
        ("0.09", "is less than 0.1 m; give 0.1 m or more"),
        ("0.1", ""),
        ("20.000000", ""),
        ("20.000001", "is more than 20 m; give 20 m or less"),
        ("-1", "is less than 0.1 m"),
    ],
)
def test_bounds_hold_exactly_and_are_told_with_their_unit(value: str, beginning: str) -> None:
    found = fault_of_one(InputType.DECIMAL, value, minimum="0.1", maximum="20", unit="m")
    assert found.startswith(beginning)
    assert bool(found) == bool(beginning)


def test_a_choice_is_one_of_its_codes_and_the_offer_is_told_in_words() -> None:
    choices = tuple(Choice(code=code, label=Bilingual(zh=f"选{code}", en=code.upper())) for code in ("a", "b"))
    assert fault_of_one(InputType.CHOICE, "a", choices=choices) == ""
    assert fault_of_one(InputType.CHOICE, "A", choices=choices).endswith("choose one of: A / B")
    (fault,) = answer_faults([field("x", InputType.CHOICE, choices=choices)], given(x="c"))
    assert fault.remedy.written(Language.CHINESE).endswith("选a / 选b")


def test_what_is_required_is_missing_without_an_answer_or_with_blanks_alone() -> None:
    fields = [field("a"), field("b", required=False), field("c")]
    assert told(fields, b="", c=" \n") == [
        "a: the answer is missing; answer it",
        "c: the answer is missing; answer it",
    ]


def test_all_faults_are_told_at_once_in_the_order_of_the_form() -> None:
    fields = [field("a"), field("b", InputType.INTEGER), field("c", InputType.DATE)]
    found = told(fields, zz="?", c="soon", b="many")
    assert [line.partition(":")[0] for line in found] == ["a", "b", "c", "zz"]
    assert found[-1] == "zz: the form has no such field; leave it out"


def test_one_field_has_one_answer() -> None:
    twice = (FieldAnswer(field="a", value="1"), FieldAnswer(field="a", value="1"))
    (fault,) = answer_faults([field("a")], twice)
    assert str(fault.what) == "is answered 2 times"


def test_answers_of_an_application_are_judged_as_the_form_is() -> None:
    fields = [field("a"), field("b", InputType.INTEGER)]
    found = answer_faults(fields, given(zz="?", b="many"))
    assert [fault.field for fault in found] == ["a", "b", "zz"]
    assert found == form_faults(fields, {"zz": "?", "b": "many"})


CHAIN = [
    field("gas", InputType.YES_NO),
    field("alarm", InputType.YES_NO, ("gas", "yes")),
    field("make", InputType.TEXT, ("alarm", "yes")),
]


def test_a_field_that_is_not_asked_is_not_required() -> None:
    assert told(CHAIN, gas="no") == []
    assert told(CHAIN, gas="yes", alarm="no") == []


def test_a_field_that_is_asked_is_required() -> None:
    assert told(CHAIN, gas="yes") == ["alarm: the answer is missing; answer it"]
    assert told(CHAIN, gas="yes", alarm="yes") == ["make: the answer is missing; answer it"]
    assert told(CHAIN, gas="yes", alarm="yes", make="A-1") == []


def test_a_field_that_is_not_asked_must_not_be_answered_down_the_whole_chain() -> None:
    found = told(CHAIN, gas="no", alarm="yes", make="A-1")
    assert found == [
        "alarm: is not asked after the answer to: gas; leave it out, or correct that answer",
        "make: is not asked after the answer to: alarm; leave it out, or correct that answer",
    ]
    assert told(CHAIN, gas="no", make="") == []


def test_a_fault_names_its_field_as_people_see_it() -> None:
    (fault,) = answer_faults([field("area", InputType.DECIMAL)], given(area="large"))
    assert fault.text.written(Language.ENGLISH).startswith("area (area): is no number")
    assert fault.text.written(Language.CHINESE).startswith("项area")
