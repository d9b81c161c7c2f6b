"""The timeline of a run as a picture: documents signed for a second, and beneath it every fault in its kind's line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from exchange.language import choose
from exchange.trials.prove.options import ProofOutcome
from exchange.trials.prove.rules.faults import FaultKind
from exchange.trials.prove.rules.measures import Struck
from exchange.trials.prove.words import KINDS

_WIDTH, _LEFT, _RIGHT = 960, 190, 12
_TOP, _HEIGHT, _LINE = 26, 180, 18
_BARS = 240
_STYLE = (
    "text{font:12px sans-serif;fill:#333}.b{fill:#3b7dd8}.f{fill:#c0392b}.c{stroke:#888;stroke-dasharray:4 3}"
    ".g{stroke:#ddd}@media(prefers-color-scheme:dark){text{fill:#ddd}.g{stroke:#444}}"
)


def timeline(proved: ProofOutcome) -> str:
    """Draw it, as SVG."""
    until = max(proved.calm, 1.0)
    kinds = [kind for kind in FaultKind if any(one.fault.kind is kind and one.at is not None for one in proved.struck)]
    height = _TOP + _HEIGHT + 30 + _LINE * len(kinds) + 10
    title = choose(("吞吐量与故障", "Throughput and faults"))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}"><style>{_STYLE}</style>',
        *_bars(proved, until),
        *_axis(until),
        *_calm(proved, until),
        *_faults(proved.struck, kinds, until),
        "</svg>",
    ]
    return "\n".join(parts)


def _x(at: float, until: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(at, until) / until


def _bars(proved: ProofOutcome, until: float) -> Iterator[str]:
    width = max(1.0, until / _BARS)
    counts = proved.passages.throughput(width, until)
    most = max(*counts, 1)
    rate = most / width
    yield f'<text x="8" y="{_TOP - 8}">{escape(choose(("每秒签收的公文", "documents signed for a second")))}</text>'
    for share in (0.5, 1.0):
        y = _TOP + _HEIGHT * (1 - share)
        yield f'<line class="g" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{rate * share:.0f}</text>'
    for place, count in enumerate(counts):
        x, x2, tall = _x(place * width, until), _x((place + 1) * width, until), _HEIGHT * count / most
        if count:
            yield (
                f'<rect class="b" x="{x:.1f}" y="{_TOP + _HEIGHT - tall:.1f}" '
                f'width="{max(0.5, x2 - x - 0.3):.1f}" height="{tall:.1f}"/>'
            )


def _axis(until: float) -> Iterator[str]:
    base = _TOP + _HEIGHT
    yield f'<line class="g" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{base}" y2="{base}"/>'
    for place in range(5):
        at = until * place / 4
        anchor = "end" if place == 4 else "middle"
        yield f'<text x="{_x(at, until):.1f}" y="{base + 16}" text-anchor="{anchor}">{at:.0f} s</text>'


def _calm(proved: ProofOutcome, until: float) -> Iterator[str]:
    x = _x(proved.load_ended, until)
    yield f'<line class="c" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_TOP + _HEIGHT}"/>'
    told = escape(choose(("此后静候", "calm from here")))
    yield f'<text x="{x - 4:.1f}" y="{_TOP + 12}" text-anchor="end">{told}</text>'


def _faults(struck: Sequence[Struck], kinds: Sequence[FaultKind], until: float) -> Iterator[str]:
    for line, kind in enumerate(kinds):
        y = _TOP + _HEIGHT + 30 + _LINE * line
        yield f'<text x="{_LEFT - 6}" y="{y + 12}" text-anchor="end">{escape(choose(KINDS[kind]))}</text>'
        yield f'<line class="g" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y + 8}" y2="{y + 8}"/>'
        for one in struck:
            if one.fault.kind is kind and one.at is not None:
                x, x2 = _x(one.at, until), _x(one.lifted or one.at, until)
                told = escape(f"{one.fault.number}: {one.fault.target}, {one.at:.1f} s")
                yield (
                    f'<rect class="f" x="{x:.1f}" y="{y + 2}" width="{max(1.5, x2 - x):.1f}" height="12">'
                    f"<title>{told}</title></rect>"
                )
