"""Where the lines of a picture are broken: not behind what opens, not before what closes, and not within words."""

from __future__ import annotations

import pytest

from exchange.catalogue.picture.measure import width_of, wrapped


@pytest.mark.parametrize(
    "text",
    ["依据：合肥市并联审批缺席默认制（2006年）", "by: 合肥市并联审批(缺席默认制)，《条例》", "plain words only （"],
)
def test_no_line_ends_with_what_opens_or_begins_with_what_closes(text: str) -> None:
    for signs in range(4, 24):
        lines = wrapped(text, 10.0, signs * 10.0)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [line for line in lines[:-1] if line[-1] in "（《("], lines
        assert not [line for line in lines if line[0] in "），》)"], lines


def test_what_fits_stays_on_one_line() -> None:
    text = "城市管理局 5 个工作日"
    assert wrapped(text, 10.0, width_of(text, 10.0)) == [text]
