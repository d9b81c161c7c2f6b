"""The picture of how the proofs of a case hang together, in two layouts."""

from __future__ import annotations

from tests.pictures.architecture import Drawing, Layout, Part, Way, Words

DRAWING = Drawing(
    title="How the proofs of a case hang together · 一案各项证明如何相互支撑",
    parts={
        "domain": Part("In the bundle", "证据包内", kind="panel"),
        "certificate": Part("Certificate", "主管机关证书", "you have it from the domain itself", kind="outside"),
        "directory": Part("Directory", "签名目录", "whose key is whose, and until when it counts"),
        "documents": Part("Documents", "签名文书", "request, opinions, reminders, decision: each by its author"),
        "receipts": Part("Receipts", "签名回执", "who has had which bytes, and when"),
        "witnesses": Part("Witnesses", "见证", "other members: one history for all"),
        "heads": Part("Heads of logs", "日志树首", "what a member wrote down, and in which order"),
        "stamps": Part("Time-stamps", "时间戳", "from an authority outside", kind="outside"),
        "terms": Part("Terms", "期限", "receipt, ledger and working days, reckoned again"),
        "answers": Part("Answers, silence", "意见与沉默", "in time? asked, reminded, over?"),
        "decision": Part("Decision", "决定", "held against all that its lead has signed for", kind="broker"),
    },
    marks={
        "sealed": ("vouches for", "为之作证"),
        "plain": ("follows from it", "由此推出"),
        "receipt": ("says by when it was there", "证明何时已有"),
    },
)


def _over(y: float, en: str, zh: str, middle: float) -> Words:
    return Words(en, zh, middle, y - 6, "middle", 20)


WIDE = Layout(
    width=830,
    height=704,
    boxes={
        "domain": (10, 100, 810, 540),
        "certificate": (30, 12, 300, 62),
        "directory": (30, 148, 200, 110),
        "documents": (315, 148, 200, 110),
        "receipts": (600, 148, 200, 110),
        "witnesses": (30, 330, 200, 100),
        "heads": (315, 330, 200, 100),
        "stamps": (600, 330, 200, 100),
        "decision": (30, 506, 200, 110),
        "answers": (315, 506, 200, 110),
        "terms": (600, 506, 200, 110),
    },
    ways=(
        Way("sealed", ((130, 74), (130, 148))),
        Way("sealed", ((230, 203), (315, 203)), _over(203, "keys", "公钥", 272)),
        Way("sealed", ((515, 203), (600, 203)), _over(203, "digest", "摘要", 557)),
        Way("receipt", ((230, 380), (315, 380)), _over(380, "seen", "见过", 272)),
        Way("receipt", ((600, 380), (515, 380)), _over(380, "dated", "定时", 557)),
        Way("receipt", ((415, 330), (415, 258)), Words("written down by then", "其时已记录", 425, 288)),
        Way("plain", ((800, 203), (811, 203), (811, 561), (800, 561))),
        Way("plain", ((600, 561), (515, 561)), _over(561, "until", "截止", 557)),
        Way("plain", ((315, 561), (230, 561)), _over(561, "counts", "计入", 272)),
    ),
    marks={"sealed": (30, 668), "plain": (280, 668), "receipt": (540, 668)},
    title=(800, 128, "end", 0),
)

NARROW = Layout(
    width=390,
    height=1240,
    boxes={
        "domain": (6, 86, 378, 1010),
        "certificate": (40, 8, 310, 58),
        "directory": (40, 136, 310, 66),
        "documents": (40, 242, 310, 84),
        "receipts": (40, 366, 310, 66),
        "terms": (40, 472, 310, 84),
        "answers": (40, 596, 310, 66),
        "decision": (40, 702, 310, 84),
        "heads": (40, 846, 310, 84),
        "witnesses": (40, 974, 148, 106),
        "stamps": (202, 974, 148, 106),
    },
    ways=(
        Way("sealed", ((90, 66), (90, 136))),
        Way("sealed", ((195, 202), (195, 242)), Words("keys", "公钥", 205, 227, apart=0)),
        Way("sealed", ((195, 326), (195, 366)), Words("digest", "摘要", 205, 351, apart=0)),
        Way("plain", ((195, 432), (195, 472))),
        Way("plain", ((195, 556), (195, 596)), Words("until", "截止", 205, 581, apart=0)),
        Way("plain", ((195, 662), (195, 702)), Words("counts", "计入", 205, 687, apart=0)),
        Way("receipt", ((40, 888), (22, 888), (22, 284), (40, 284))),
        Way("receipt", ((114, 974), (114, 930)), Words("seen", "见过", 124, 957, apart=0)),
        Way("receipt", ((276, 974), (276, 930)), Words("dated", "定时", 286, 957, apart=0)),
    ),
    marks={"sealed": (24, 1122), "plain": (24, 1166), "receipt": (24, 1210)},
    title=(374, 110, "end", 0),
)
