"""What no narrow column breaks: days, moments, numbers and codes within a text; all else of it is text."""

from __future__ import annotations

import pytest

from exchange.web.render import whole


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("最迟于 2026-03-16 24:00 送达。", '最迟于 <span class="moment">2026-03-16 24:00</span> 送达。'),
        ("草稿 2026-ZTNE-TYEK", '草稿 <span class="moment">2026-ZTNE-TYEK</span>'),
        ("<b>NE24-9149-RWFQ-VK6G</b>", '&lt;b&gt;<span class="moment">NE24-9149-RWFQ-VK6G</span>&lt;/b&gt;'),
        ('x"><script>', "x&#34;&gt;&lt;script&gt;"),
    ],
)
def test_what_is_one_piece_is_kept_together_and_nothing_else_is_markup(text: str, written: str) -> None:
    assert str(whole(text)) == written
