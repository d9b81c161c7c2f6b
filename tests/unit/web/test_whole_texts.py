"""How texts are written on a page: days, moments, numbers and codes whole; what to do asked for once."""

from __future__ import annotations

import pytest

from exchange.language import Language, speaking
from exchange.web.render import please, whole


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


def test_what_to_do_is_asked_for_once_and_in_chinese_alone() -> None:
    with speaking(Language.CHINESE):
        assert [please("写明理由"), please("请只作报告，另写请示")] == ["请写明理由", "请只作报告，另写请示"]
    with speaking(Language.ENGLISH):
        assert please("say why") == "say why"
