"""Drawn pictures, of boxes and what goes between them, as SVG; and what is said in that of how the parts work."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from tests.pictures.palette import STYLE
from tests.pictures.widths import width_of, wrapped

_LINE = 17.0
"""Pixels from one line of text to the next."""
_INSIDE = 12.0
"""Pixels between a box's edge and its text."""


@dataclass(frozen=True)
class Part:
    """A part of the whole: its names, what it does, and the kind of its box."""

    en: str
    zh: str
    does: str = ""
    kind: str = "box"
    many: bool = False
    """Whether there are several of it."""


@dataclass(frozen=True)
class Drawing:
    """What a picture says, in whatever layout."""

    title: str
    parts: Mapping[str, Part]
    """Of them, ``domain`` is the panel around others."""
    marks: Mapping[str, tuple[str, str]]
    """What the kinds of arrows mean."""


_PARTS: Mapping[str, Part] = {
    "domain": Part("One level, e.g. a city", "一级，如一个城市", kind="panel"),
    "applicant": Part("Applicant", "申请人", kind="outside"),
    "portal": Part("Online window", "网上窗口", "takes filings in, writes to its window alone"),
    "window": Part("Window (lead)", "受理窗口", "one case, all opinions, one explicit decision"),
    "departments": Part("Departments", "审批部门", "all asked at once; answer by rule or by an officer", many=True),
    "broker": Part("RabbitMQ", "消息代理", "sees labels, never contents", "broker"),
    "monitor": Part("Monitor", "期限监督", "reminds; once the term is over, silence may count"),
    "console": Part("Console", "运维控制台", "what is wrong, whose it is, what to do"),
    "relay": Part("Relay office", "收发机关", "passes on what it cannot open"),
    "upper": Part("Upper level", "上级", "an exchange of its own"),
    "lower": Part("Lower levels", "下级", "an exchange each"),
}
DRAWING = Drawing(
    title="How the parts of Yizhan work together · 驿站各部分如何协同",
    parts=_PARTS,
    marks={
        "sealed": ("signed, and encrypted end to end", "签名并端到端加密"),
        "receipt": ("signed receipt, to whoever sent", "签名回执，返回发送方"),
        "reads": ("figures only, no contents", "只读指标，不见内容"),
    },
)


@dataclass(frozen=True)
class Words:
    """Text in English and Chinese."""

    en: str
    zh: str
    x: float
    y: float
    """The base line of the English."""
    anchor: str = "start"
    apart: float = _LINE
    """From the English base line to the Chinese one; 0: on the same line, behind it."""


@dataclass(frozen=True)
class Way:
    """A way that something goes, by the points that it passes."""

    kind: str
    points: tuple[tuple[float, float], ...]
    words: Words | None = None
    both: bool = False


@dataclass(frozen=True)
class Layout:
    """Where everything stands: boxes as left, top, width, height."""

    width: int
    height: int
    boxes: Mapping[str, tuple[float, float, float, float]]
    ways: tuple[Way, ...]
    marks: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    title: tuple[float, float, str, float] = (0, 0, "start", _LINE)
    """Of the domain: left, base line, anchor, and how far the Chinese is below."""


def draw(drawing: Drawing, layout: Layout) -> str:
    """The SVG of a picture in a layout. Raises ValueError for text that has no room in its box."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{layout.width}" height="{layout.height}" '
        f'viewBox="0 0 {layout.width} {layout.height}" role="img" aria-labelledby="title">',
        f'<title id="title">{escape(drawing.title)}</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{layout.width - 1}" height="{layout.height - 1}" rx="10"/>',
    ]
    for name, place in layout.boxes.items():
        lines += _box(drawing.parts[name], *place)
    for way in layout.ways:
        lines += _way(way)
    for kind, (x, y) in layout.marks.items():
        lines += _mark(kind, drawing.marks[kind], x, y)
    panel = drawing.parts["domain"]
    lines += _words(Words(panel.en, panel.zh, *layout.title), "t h")
    return "\n".join([*lines, "</svg>", ""])


def _box(part: Part, x: float, y: float, width: float, height: float) -> Iterator[str]:
    if part.kind == "panel":
        yield _rect("panel", x, y, width, height)
        return
    if part.many:
        yield from (_rect(part.kind, x + by, y + by, width, height) for by in (8, 4))
    yield _rect(part.kind, x, y, width, height)
    room = width - 2 * _INSIDE
    whole = width_of(f"{part.en}  {part.zh}", 15, bold=True) <= room
    heads = [_side_by_side(part.en, part.zh)] if whole else [escape(part.en), escape(part.zh)]
    does = wrapped(part.does, room, 13)
    over = y + (height - 20 * len(heads) - _LINE * len(does)) / 2
    if over < y + 4:
        raise ValueError(f"{part.en}: {len(does)} lines of what it does have no room in {width} x {height}")
    middle = x + width / 2
    for number, words in enumerate(heads):
        yield f'<text class="t h" x="{middle:g}" y="{over + 15 + 20 * number:g}" text-anchor="middle">{words}</text>'
    for number, text in enumerate(does):
        below = over + 20 * len(heads) + 13 + _LINE * number
        yield f'<text class="s" x="{middle:g}" y="{below:g}" text-anchor="middle">{escape(text)}</text>'


def _side_by_side(en: str, zh: str) -> str:
    return f'{escape(en)}<tspan dx="8" lang="zh">{escape(zh)}</tspan>'


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8" stroke-width="1.5"/>'


def _words(words: Words, kind: str = "t") -> Iterator[str]:
    at = f'x="{words.x:g}" text-anchor="{words.anchor}"'
    if not words.apart:
        yield f'<text class="{kind}" {at} y="{words.y:g}">{_side_by_side(words.en, words.zh)}</text>'
        return
    yield f'<text class="{kind}" {at} y="{words.y:g}">{escape(words.en)}</text>'
    yield f'<text class="{kind}" {at} y="{words.y + words.apart:g}" lang="zh">{escape(words.zh)}</text>'


def _way(way: Way) -> Iterator[str]:
    path = " ".join(f"{x:g} {y:g}" for x, y in way.points)
    yield f'<path class="{way.kind} way" d="M{path}"/>'
    yield _tip(way.kind, *way.points[-2:])
    if way.both:
        yield _tip(way.kind, way.points[1], way.points[0])
    if way.words:
        yield from _words(way.words)


def _tip(kind: str, before: tuple[float, float], end: tuple[float, float]) -> str:
    turned = math.degrees(math.atan2(end[1] - before[1], end[0] - before[0]))
    return (
        f'<path class="{kind} tip" stroke-width="1" d="M0 0-10-4.5-10 4.5z" '
        f'transform="translate({end[0]:g} {end[1]:g}) rotate({turned:g})"/>'
    )


def _mark(kind: str, means: tuple[str, str], x: float, y: float) -> Iterator[str]:
    yield from _way(Way(kind, ((x, y - 4), (x + 34, y - 4))))
    yield from _words(Words(*means, x + 44, y), "s")
