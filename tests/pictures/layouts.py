"""Where the parts stand in the architecture's picture: at the width of a README, and on a telephone."""

from __future__ import annotations

from tests.pictures.architecture import Layout, Way, Words

_LEVELS = ("notices, answers", "通知、回复")


def _beside(x: float, y: float, en: str, zh: str) -> Words:
    return Words(en, zh, x, y)


def _across(y: float, en: str, zh: str, middle: float) -> Words:
    """English above a level arrow, Chinese below."""
    return Words(en, zh, middle, y - 6, "middle", 20)


def _row(kind: str, y: float, en: str, zh: str, *, leftward: bool) -> tuple[Way, ...]:
    """Between window, broker and departments of the wide layout."""
    ways = []
    for left, right in ((230, 350), (480, 600)):
        ends = ((right, y), (left, y)) if leftward else ((left, y), (right, y))
        ways.append(Way(kind, ends, _across(y, en, zh, (left + right) / 2)))
    return tuple(ways)


WIDE = Layout(
    width=830,
    height=690,
    boxes={
        "domain": (10, 84, 810, 460),
        "applicant": (30, 12, 200, 42),
        "portal": (30, 124, 200, 84),
        "window": (30, 222, 200, 110),
        "broker": (350, 124, 130, 320),
        "departments": (600, 218, 192, 106),
        "console": (30, 356, 200, 88),
        "monitor": (600, 356, 200, 88),
        "relay": (280, 476, 270, 54),
        "upper": (30, 576, 200, 54),
        "lower": (600, 576, 200, 54),
    },
    ways=(
        Way("plain", ((60, 54), (60, 124)), Words("application", "申请", 68, 73, apart=0)),
        Way("plain", ((196, 124), (196, 54)), Words("status", "进度", 204, 73, apart=0)),
        Way("sealed", ((230, 146), (350, 146)), _across(146, "filing", "申请提交", 290)),
        Way("sealed", ((350, 182), (230, 182)), _across(182, "decision", "决定", 290)),
        *_row("sealed", 240, "consultation", "征求意见", leftward=False),
        *_row("sealed", 278, "opinion", "意见", leftward=True),
        *_row("receipt", 316, "receipt", "回执", leftward=True),
        Way("reads", ((350, 400), (230, 400)), _across(400, "figures", "指标", 290)),
        Way("sealed", ((600, 378), (480, 378)), _across(378, "reminder", "催办", 540)),
        Way("sealed", ((600, 418), (480, 418)), _across(418, "deemed consent", "视为同意", 540)),
        Way("sealed", ((415, 444), (415, 476)), both=True),
        Way("sealed", ((280, 503), (130, 503), (130, 576)), _across(503, *_LEVELS, 205), both=True),
        Way("sealed", ((550, 503), (700, 503), (700, 576)), _across(503, *_LEVELS, 625), both=True),
    ),
    marks={"sealed": (30, 656), "receipt": (316, 656), "reads": (590, 656)},
    title=(350, 110, "start", 0),
)

NARROW = Layout(
    width=390,
    height=1080,
    boxes={
        "domain": (6, 90, 378, 700),
        "applicant": (24, 10, 342, 38),
        "portal": (24, 138, 342, 70),
        "window": (24, 234, 342, 76),
        "broker": (24, 376, 342, 56),
        "departments": (54, 472, 274, 78),
        "console": (24, 602, 166, 100),
        "monitor": (200, 602, 166, 100),
        "relay": (24, 722, 342, 54),
        "upper": (24, 828, 166, 84),
        "lower": (200, 828, 166, 84),
    },
    ways=(
        Way("plain", ((34, 48), (34, 138)), _beside(42, 66, "application", "申请")),
        Way("plain", ((136, 138), (136, 48)), _beside(144, 66, "status", "进度")),
        Way("sealed", ((366, 173), (376, 173), (376, 404), (366, 404)), both=True),
        Way("sealed", ((60, 310), (60, 376)), _beside(68, 338, "consultation", "征求意见")),
        Way("sealed", ((190, 376), (190, 310)), _beside(198, 338, "opinion", "意见")),
        Way("receipt", ((286, 376), (286, 310)), _beside(294, 338, "receipt", "回执")),
        Way("sealed", ((90, 432), (90, 472))),
        Way("sealed", ((190, 472), (190, 432))),
        Way("receipt", ((286, 472), (286, 432))),
        Way("reads", ((38, 432), (38, 602)), _beside(46, 572, "figures", "指标")),
        Way("sealed", ((352, 602), (352, 432)), Words("reminder, deemed consent", "催办、视为同意", 344, 572, "end")),
        Way("sealed", ((24, 404), (14, 404), (14, 748), (24, 748)), both=True),
        Way("sealed", ((107, 776), (107, 828)), both=True),
        Way("sealed", ((283, 776), (283, 828)), both=True),
    ),
    marks={"sealed": (24, 946), "receipt": (24, 992), "reads": (24, 1038)},
    title=(374, 112, "end", 17),
)
