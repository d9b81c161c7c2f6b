"""The pictures of the project in a browser: no text is cut off, crosses an edge or lies on another, columns hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.pictures.__main__ import LAYOUTS
from tests.pictures.demo import SIZES
from tests.web.browser import chromium

DOCS = Path(__file__).parents[3] / "docs"
DRAWN = [f"pictures/{name}" for name in (*LAYOUTS, *SIZES)] + ["levels.svg", "way-of-a-message.svg"]
BOXES = """() => {
  const boxes = [...document.querySelectorAll('rect')].map(r => [r.x, r.y, r.width, r.height].map(a => a.baseVal.value))
  const texts = [...document.querySelectorAll('text')].map(t => {
    const size = parseFloat(getComputedStyle(t).fontSize), box = t.getBBox(), base = t.y.baseVal[0].value
    return [t.textContent, size, [box.x, base - 0.8 * size, box.width, size]]
  })
  const view = document.documentElement.viewBox.baseVal
  return [[view.width, view.height], boxes, texts]
}"""
README, PHONE = 830, 358
"""Pixels that a README has room for on a desk, and on a telephone of 390."""
LEAST = 11
"""Pixels that text must have as it is shown."""

Box = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page()


def common(one: Box, other: Box) -> float:
    """How far two boxes reach into each other."""
    sides = (min(one[at] + one[at + 2], other[at] + other[at + 2]) - max(one[at], other[at]) for at in (0, 1))
    return min(sides)


def inside(one: Box, other: Box) -> bool:
    return all(other[at] <= one[at] + 0.5 and one[at] + one[at + 2] <= other[at] + other[at + 2] + 0.5 for at in (0, 1))


@pytest.mark.parametrize("name", DRAWN)
def test_text_is_legible_whole_and_alone_in_its_place(page: Page, name: str) -> None:
    page.goto((DOCS / name).as_uri())
    view, boxes, texts = page.evaluate(BOXES)
    shown = (PHONE if "narrow" in name else README) / view[0]
    assert len(texts) > 10
    for text, size, place in texts:
        assert size * shown >= LEAST, text
        assert inside(place, (0, 0, *view)), text
        for box in boxes:
            assert common(place, box) <= 0.5 or inside(place, box), text
    for (text, _, place), (other, _, beside) in combinations(texts, 2):
        assert common(place, beside) <= 0.5, (text, other)
