"""A report as a picture: the programme's four figures, and bars of days, or of the share in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from exchange.approval.rules.report.groups import FigureKey, Report, ReportBy
from exchange.catalogue.picture.canvas import LEADING, Canvas
from exchange.catalogue.picture.measure import wrapped
from exchange.language import Text
from exchange.language.choice import Language
from exchange.operations.report.columns import PROGRAMME, mean_in_sequence

WIDTH = 720
_MARGIN, _GAP = 16.0, 10.0
_NAME, _BODY, _LARGE = 15.0, 13.0, 30.0
_LABELS = 220.0
_VALUES = 96.0
_BAR = 16.0

NameOf = Callable[[FigureKey], str]


@dataclass(frozen=True)
class _Bar:
    label: str
    length: Fraction
    against: Fraction
    """What it is compared with: an outline of this length."""
    value: str


def report_svg(report: Report, by: ReportBy, named: NameOf, wanted: Language, *, alone: bool = True) -> str:
    """Draw a report; ``named`` says what a line is called, ``alone``: it stands in a file of its own."""
    canvas = Canvas(WIDTH)
    title = Text("Figures from {first} to {last}", {"first": report.first, "last": report.last}).written(wanted)
    y = canvas.text((_MARGIN, _MARGIN), [title], _NAME, bold=True) + _GAP
    y = _programme(canvas, report, wanted, y)
    bars, told = _bars(report, by, named, wanted)
    caption = wrapped(told, _BODY, WIDTH - 2 * _MARGIN)
    y = canvas.text((_MARGIN, y), caption, _BODY) + _GAP
    for bar in bars:
        y = _draw(canvas, bar, max(max(one.length, one.against) for one in bars), y)
    said = "; ".join([*_said(report, wanted), *(f"{one.label}: {one.value}" for one in bars)])
    return canvas.written(y + _MARGIN, f"report-{by.value}", title, f"{told} {said}", alone=alone)


def _programme(canvas: Canvas, report: Report, wanted: Language, y: float) -> float:
    """The four figures side by side, large."""
    width, below = (WIDTH - 2 * _MARGIN) / len(PROGRAMME), y
    for place, column in enumerate(PROGRAMME):
        x = _MARGIN + place * width
        value = column.written(report.total, Text("none").written(wanted))
        end = canvas.text((x, y), [value], _LARGE, bold=True)
        below = max(below, canvas.text((x, end), wrapped(column.title.written(wanted), _BODY, width - _GAP), _BODY))
    return below + 2 * _GAP


def _said(report: Report, wanted: Language) -> list[str]:
    none = Text("none").written(wanted)
    return [f"{column.title.written(wanted)}: {column.written(report.total, none)}" for column in PROGRAMME]


def _bars(report: Report, by: ReportBy, named: NameOf, wanted: Language) -> tuple[list[_Bar], str]:
    if by is ReportBy.DEPARTMENT:
        shares = [
            _Bar(named(key), one.share_in_time, Fraction(1), f"{float(one.share_in_time * 100):.1f} %")
            for key, one in report.duties_by(by).items()
            if one.share_in_time is not None
        ]
        return shares, Text("Share that was answered in time; the outline is all of it.").written(wanted)
    days = []
    for key, one in report.cases_by(by).items():
        mean, sequence = one.days.mean, mean_in_sequence(one)
        if mean is not None and sequence is not None:
            days.append(_Bar(named(key), mean, sequence, f"{float(mean):.1f} / {float(sequence):.1f}"))
    told = Text("Mean working days of a case; the outline: with one department after another.")
    return days, told.written(wanted)


def _draw(canvas: Canvas, bar: _Bar, longest: Fraction, y: float) -> float:
    labels = wrapped(bar.label, _BODY, _LABELS - _GAP)
    below = canvas.text((_MARGIN, y), labels, _BODY)
    room = WIDTH - 2 * _MARGIN - _LABELS - _VALUES
    x = _MARGIN + _LABELS
    canvas.box((x, y + 2), (max(1.0, _length(bar.against, longest, room)), _BAR), "against", dashed=True, faint=True)
    canvas.bar((x, y + 2), (max(1.0, _length(bar.length, longest, room)), _BAR), "share")
    canvas.text((WIDTH - _MARGIN - _VALUES + _GAP, y), [bar.value], _BODY)
    return max(below, y + _BODY * LEADING) + _GAP


def _length(value: Fraction, longest: Fraction, room: float) -> float:
    return float(value / longest) * room if longest else 0.0
