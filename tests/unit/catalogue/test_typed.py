"""What people type into a form, and how it travels; and what of a form is shown."""

from __future__ import annotations

import pytest

from exchange.catalogue.shown import pages_of, shown_fields
from exchange.catalogue.typed import tidied, tidied_application
from exchange.schemas import Bilingual, FieldAnswer, InputType, MatterField
from tests.unit.catalogue.test_answers import CHAIN, field
from tests.unit.facts import application


@pytest.mark.parametrize(
    ("kind", "typed", "travels"),
    [
        (InputType.INTEGER, "１２３", "123"),
        (InputType.INTEGER, " 12 ", "12"),
        (InputType.INTEGER, "1,234,567", "1234567"),
        (InputType.INTEGER, "1，234", "1234"),
        (InputType.INTEGER, "007", "7"),
        (InputType.INTEGER, "0", "0"),
        (InputType.INTEGER, "-００５", "-5"),
        (InputType.INTEGER, "＋5", "5"),
        (InputType.INTEGER, "12,34", "12,34"),
        (InputType.INTEGER, "一百", "一百"),
        (InputType.DECIMAL, "３．５０", "3.50"),
        (InputType.DECIMAL, "3。5", "3.5"),
        (InputType.DECIMAL, "−２", "-2"),
        (InputType.DECIMAL, "0.50", "0.50"),
        (InputType.DECIMAL, "1,000.5", "1000.5"),
        (InputType.DATE, "2026-3-2", "2026-03-02"),
        (InputType.DATE, "２０２６年３月２日", "2026-03-02"),
        (InputType.DATE, "2026/03/02", "2026-03-02"),
        (InputType.DATE, "2026.3.2", "2026-03-02"),
        (InputType.DATE, "3/2/2026", "3/2/2026"),
        (InputType.DATE, "三月二日", "三月二日"),
        (InputType.YES_NO, "是", "yes"),
        (InputType.YES_NO, "No", "no"),
        (InputType.YES_NO, "perhaps", "perhaps"),
        (InputType.TEXT, "  Ｈｕａｎｇｓｈａｎ路 ", "Ｈｕａｎｇｓｈａｎ路"),
        (InputType.LONG_TEXT, "一\r\n二\r\n", "一\n二"),
    ],
)
def test_what_is_plainly_meant_is_brought_into_one_form_and_nothing_else_is(
    kind: InputType, typed: str, travels: str
) -> None:
    assert tidied(field("x", kind), typed) == travels


@pytest.mark.parametrize(("typed", "travels"), [("12 m²", "12"), ("１２ｍ２", "12"), ("12", "12"), ("12 km", "12km")])
def test_a_number_may_be_typed_with_its_own_unit(typed: str, travels: str) -> None:
    assert tidied(field("x", InputType.DECIMAL, unit="m²"), typed) == travels


def test_answers_of_an_application_are_tidied_and_what_the_form_does_not_have_stays() -> None:
    typed = tuple(FieldAnswer(field=name, value=value) for name, value in (("gas", "是"), ("zz", " ? ")))
    found = tidied_application(application(answers=typed), CHAIN)
    assert [(one.field, one.value) for one in found.answers] == [("gas", "yes"), ("zz", " ? ")]
    assert tidied_application(found, CHAIN) is found


def test_fields_are_shown_by_the_answers_before_them() -> None:
    assert [one.name for one in shown_fields(CHAIN, {})] == ["gas"]
    assert [one.name for one in shown_fields(CHAIN, {"gas": "yes"})] == ["gas", "alarm"]
    assert [one.name for one in shown_fields(CHAIN, {"gas": "no", "alarm": "yes"})] == ["gas"]


def _about(name: str, topic: str) -> MatterField:
    found: MatterField = field(name, topic=Bilingual(zh=topic))
    return found


def test_a_topic_begins_a_page_and_what_has_none_stays_on_it() -> None:
    fields = [field("a"), _about("b", "一"), field("c"), _about("d", "一"), _about("e", "二")]
    assert [[one.name for one in page] for page in pages_of(fields)] == [["a"], ["b", "c", "d"], ["e"]]
    assert pages_of([]) == ()
