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
    height=600,
    boxes={
        "domain": (10, 84, 810, 370),
        "applicant": (30, 12, 200, 42),
        "window": (30, 124, 200, 118),
        "broker": (350, 124, 130, 230),
        "departments": (600, 124, 192, 110),
        "console": (30, 266, 200, 88),
        "monitor": (600, 266, 200, 88),
        "relay": (280, 386, 270, 54),
        "upper": (30, 486, 200, 54),
        "lower": (600, 486, 200, 54),
    },
    ways=(
        Way("plain", ((60, 54), (60, 124)), Words("application", "申请", 68, 73, apart=0)),
        Way("plain", ((196, 124), (196, 54)), Words("status", "进度", 204, 73, apart=0)),
        *_row("sealed", 150, "consultation", "征求意见", leftward=False),
        *_row("sealed", 188, "opinion", "意见", leftward=True),
        *_row("receipt", 226, "receipt", "回执", leftward=True),
        Way("reads", ((350, 310), (230, 310)), _across(310, "figures", "指标", 290)),
        Way("sealed", ((600, 288), (480, 288)), _across(288, "reminder", "催办", 540)),
        Way("sealed", ((600, 328), (480, 328)), _across(328, "deemed consent", "视为同意", 540)),
        Way("sealed", ((415, 354), (415, 386)), both=True),
        Way("sealed", ((280, 413), (130, 413), (130, 486)), _across(413, *_LEVELS, 205), both=True),
        Way("sealed", ((550, 413), (700, 413), (700, 486)), _across(413, *_LEVELS, 625), both=True),
    ),
    marks={"sealed": (30, 566), "receipt": (316, 566), "reads": (590, 566)},
    title=(350, 110, "start", 0),
)

NARROW = Layout(
    width=390,
    height=984,
    boxes={
        "domain": (6, 90, 378, 604),
        "applicant": (24, 10, 342, 38),
        "window": (24, 138, 342, 76),
        "broker": (24, 280, 342, 56),
        "departments": (54, 376, 274, 78),
        "console": (24, 506, 166, 100),
        "monitor": (200, 506, 166, 100),
        "relay": (24, 626, 342, 54),
        "upper": (24, 732, 166, 84),
        "lower": (200, 732, 166, 84),
    },
    ways=(
        Way("plain", ((34, 48), (34, 138)), _beside(42, 66, "application", "申请")),
        Way("plain", ((136, 138), (136, 48)), _beside(144, 66, "status", "进度")),
        Way("sealed", ((60, 214), (60, 280)), _beside(68, 242, "consultation", "征求意见")),
        Way("sealed", ((190, 280), (190, 214)), _beside(198, 242, "opinion", "意见")),
        Way("receipt", ((286, 280), (286, 214)), _beside(294, 242, "receipt", "回执")),
        Way("sealed", ((90, 336), (90, 376))),
        Way("sealed", ((190, 376), (190, 336))),
        Way("receipt", ((286, 376), (286, 336))),
        Way("reads", ((38, 336), (38, 506)), _beside(46, 476, "figures", "指标")),
        Way("sealed", ((352, 506), (352, 336)), Words("reminder, deemed consent", "催办、视为同意", 344, 476, "end")),
        Way("sealed", ((24, 308), (14, 308), (14, 652), (24, 652)), both=True),
        Way("sealed", ((107, 680), (107, 732)), both=True),
        Way("sealed", ((283, 680), (283, 732)), both=True),
    ),
    marks={"sealed": (24, 850), "receipt": (24, 896), "reads": (24, 942)},
    title=(374, 112, "end", 17),
)
