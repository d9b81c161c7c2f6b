"""The parallel procedure as data, and as a picture that can be read, heard and searched."""

from __future__ import annotations

import re
from itertools import product
from xml.etree import ElementTree

import pytest

from exchange.catalogue.picture.drawn import NARROW, WIDE, procedure_svg
from exchange.catalogue.picture.measure import width_of, wrapped
from exchange.catalogue.procedure import completion_text, procedure_of
from exchange.catalogue.silence import silence_text, start_text
from exchange.language.choice import Language
from exchange.schemas import Completion, DefaultMode, Exclusion, StartRule
from tests.unit.catalogue.published import matters, names
from tests.unit.facts import approver, matter

SVG = "{http://www.w3.org/2000/svg}"


def ranks(code: str) -> list[list[list[str]]]:
    """Short names of departments by stage, then by who waits for whom."""
    return [
        [[part.department.removeprefix("hefei.") for part in rank] for rank in stage.ranks]
        for stage in procedure_of(matters()[code], names())
    ]


def test_departments_of_a_stage_are_asked_together_and_stages_follow_each_other() -> None:
    assert ranks("road-occupation") == [[["urban", "police", "planning", "transport"]]]
    assert ranks("construction-planning") == [[["planning", "environment"]], [["housing", "transport"]]]
    assert ranks("restaurant") == [[["fire", "environment"], ["market"]]]


def test_who_waits_for_whom_may_be_a_chain() -> None:
    chained = matter(approver("c.third", after=("c.second",)), approver("c.second", after=("c.first",)),
                     approver("c.first"))  # fmt: skip
    (stage,) = procedure_of(chained, {"c.second": ("第二局", "Second")})
    assert [[part.department for part in rank] for rank in stage.ranks] == [["c.first"], ["c.second"], ["c.third"]]
    assert stage.parts[2].waits_for == (("第二局", "Second"),)
    assert stage.parts[1].waits_for == (("c.first", "c.first"),)


@pytest.mark.parametrize(
    ("mode", "delay", "told"),
    [
        (DefaultMode.NONE, 0, "No answer is no consent"),
        (DefaultMode.CONSENT, 0, "No answer within the term counts as consent (规则)."),
        (DefaultMode.CONSENT, 3, "No answer 3 working days after the term counts as consent (规则)."),
        (DefaultMode.REFUSAL, 0, "No answer within the term counts as refusal (规则)."),
        (DefaultMode.REFUSAL, 1, "No answer 1 working day after the term counts as refusal (规则)."),
    ],
)
def test_silence_is_told_with_its_rule_and_when_it_takes_effect(mode: DefaultMode, delay: int, told: str) -> None:
    one = approver("c.transport", default=mode, default_basis=("规则",))
    assert str(silence_text(one, matter(one, effect_delay_days=delay))).startswith(told)
    no_consent = silence_text(one, matter(one, effect_delay_days=delay, exclusions=(Exclusion.THIRD_PARTY_INTEREST,)))
    assert str(no_consent).startswith("No answer is no consent")


def test_when_the_window_may_decide_and_terms_begin_is_told() -> None:
    assert "2 departments" in str(completion_text(matters()["outdoor-advertising"]))
    assert "veto" in str(completion_text(matters()["mass-event"]))
    assert str(completion_text(matter())) == "Decided when all have answered."
    assert matter().completion is Completion.ALL
    assert "signed for" in str(start_text(matter(start=StartRule.SIGNED_FOR)))
    assert "reached" in str(start_text(matter(start=StartRule.ARRIVAL)))


PICTURES = list(product(matters(), Language, (NARROW, WIDE)))


def drawn(code: str, wanted: Language, width: int) -> ElementTree.Element:
    return ElementTree.fromstring(procedure_svg(matters()[code], names(), wanted, width))


@pytest.mark.parametrize(("code", "wanted", "width"), PICTURES)
def test_a_picture_has_a_title_a_description_and_every_department_as_text(
    code: str, wanted: Language, width: int
) -> None:
    picture = drawn(code, wanted, width)
    title, description = picture[0], picture[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    written = "".join("".join(text.itertext()) for text in picture.iter(f"{SVG}text")).replace(" ", "")
    for one in matters()[code].approvers:
        name = names()[one.department][wanted is Language.ENGLISH]
        assert name.replace(" ", "") in written
        assert name in (description.text or "")


@pytest.mark.parametrize(("code", "wanted", "width"), PICTURES)
def test_nothing_is_drawn_outside_and_every_line_of_text_has_room(code: str, wanted: Language, width: int) -> None:
    picture = drawn(code, wanted, width)
    height = float(picture.get("height") or 0)
    boxes = [
        tuple(float(one.get(key) or 0) for key in ("x", "y", "width", "height")) for one in picture.iter(f"{SVG}rect")
    ]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    for text in picture.iter(f"{SVG}text"):
        size, bold = float(text.get("font-size") or 0), text.get("class") == "name"
        assert size >= 12
        for line in text:
            room = width_of(line.text or "", size, bold=bold)
            x = float(line.get("x") or 0) - (room / 2 if text.get("text-anchor") == "middle" else 0)
            assert x >= 0
            assert x + room <= width, line.text


@pytest.mark.parametrize(("code", "wanted", "width"), PICTURES)
def test_cards_do_not_overlap(code: str, wanted: Language, width: int) -> None:
    cards = [
        tuple(float(one.get(key) or 0) for key in ("x", "y", "width", "height"))
        for one in drawn(code, wanted, width).iter(f"{SVG}rect")
        if one.get("class") in ("card", "node")
    ]
    assert len(cards) == len(matters()[code].approvers) + 2
    for number, (x, y, w, h) in enumerate(cards):
        for a, b, c, d in cards[number + 1 :]:
            assert x + w <= a or a + c <= x or y + h <= b or b + d <= y


def test_a_picture_takes_the_colour_of_its_page_and_nothing_from_elsewhere() -> None:
    text = procedure_svg(matters()["restaurant"], names(), Language.CHINESE)
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', text)) == {"none", "currentColor"}
    assert not re.search(r"<style|<script|href|url\(|style=|\son\w+=", text)


def test_wide_pictures_set_departments_side_by_side() -> None:
    def rows(width: int) -> int:
        return len({
            one.get("y") for one in drawn("road-occupation", Language.ENGLISH, width).iter(f"{SVG}rect")
            if one.get("class") == "card"
        })  # fmt: skip

    assert (rows(NARROW), rows(WIDE)) == (4, 1)


def test_names_of_strangers_are_text_and_no_markup() -> None:
    picture = ElementTree.fromstring(procedure_svg(matter(), {"c.transport": ("<b>&", "<b>&")}, Language.ENGLISH))
    assert "<b>&" in "".join(picture.itertext())


def test_lines_are_broken_between_words_and_before_no_punctuation() -> None:
    assert wrapped("one two three", 10, width_of("one two", 10)) == ["one two", "three"]
    assert wrapped("一二三，四", 10, 30) == ["一二三，", "四"]
    assert wrapped("incomprehensibilities", 10, 20) == ["incomprehensibilities"]
    assert wrapped("", 10, 20) == [""]
