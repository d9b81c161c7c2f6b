"""A procedure's picture is drawn once, and again where what it shows has changed."""

from __future__ import annotations

from exchange.language import Language
from exchange.window.pictures import DrawnProcedures
from tests.unit.facts import approver, matter


def test_a_picture_is_drawn_again_for_another_name_language_width_or_version() -> None:
    drawn, works = DrawnProcedures(), matter(approver("c.transport"))
    names = {"c.transport": ("交通局", "Transport")}
    first = drawn.of(works, names, Language.ENGLISH, 320)
    assert drawn.of(works, dict(names), Language.ENGLISH, 320) is first
    renamed = drawn.of(works, {"c.transport": ("交通局", "Roads")}, Language.ENGLISH, 320)
    assert "Transport" in first
    assert "Roads" in renamed
    assert "Transport" not in renamed
    assert "交通局" in drawn.of(works, names, Language.CHINESE, 320)
    assert drawn.of(works, names, Language.ENGLISH, 960) != first
    amended = drawn.of(matter(approver("c.transport"), approver("c.fire")), names, Language.ENGLISH, 320)
    assert "c.fire" in amended


def test_what_is_kept_is_bounded() -> None:
    drawn = DrawnProcedures(most=3)
    for _ in range(8):
        drawn.of(matter(approver("c.transport")), {}, Language.ENGLISH, 320)
    assert len(drawn._drawn) <= 3
