"""Compares two checkouts by one benchmark, in turns within one run, so that a machine's moods fall on both.

    python -m benchmarks.guard ../before throughput 3000 3
    python -m benchmarks.guard ../before month 400 --pairs 5 --least 0.97

The first word is another checkout, with an environment of its own in .venv; then the benchmark with its arguments. Of
each line of its table the figure of this checkout is shown beside the other's, as the ratio of the medians of each
pair: above 1 it has become larger. Lines that a benchmark sets beside a floor are compared by their ratios to it, and
decide: below --least the command ends with 1.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parents[1]
_ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<median>[\d.,e+-]+) (?P<unit>[^|]*)\|[^|]*\| *(?P<ratio>[\d.]*) *\|$")
_FLOOR = re.compile(r"\b(floor|bare)\b")
"""In the name of what is measured against."""


@dataclass(frozen=True)
class Line:
    """One line of a benchmark's table."""

    name: str
    median: float
    ratio: float | None
    """To the table's floor."""

    @property
    def value(self) -> float:
        """What is compared."""
        return self.median if self.ratio is None else self.ratio


def lines(printed: str) -> list[Line]:
    """The lines of all tables in what a benchmark printed; a floor's own is left out."""
    found = []
    for row in filter(None, map(_ROW.match, printed.splitlines())):
        ratio = float(row["ratio"]) if row["ratio"] else None
        if not _FLOOR.search(row["name"]):
            found.append(Line(row["name"].strip(), float(row["median"].replace(",", "")), ratio))
    return found


def measured(checkout: Path, benchmark: list[str]) -> list[Line]:
    """Run the benchmark there. Ends the comparison where it fails."""
    name, *words = benchmark
    ran = subprocess.run(
        [checkout / ".venv/bin/python", "-m", f"benchmarks.{name}", *words],
        cwd=checkout, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if ran.returncode or not (found := lines(ran.stdout)):
        raise SystemExit(f"{checkout}: benchmarks.{name} ended with {ran.returncode} and printed\n{ran.stdout}")
    return found


def main() -> int:
    """Run the comparison; return 1 where a ratio to a floor has fallen below what was allowed."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.guard", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("other", type=Path, help="the checkout to compare with")
    parser.add_argument("benchmark", nargs="+", help="a benchmark and its arguments")
    parser.add_argument("--pairs", type=int, default=3, help="runs of each (default: %(default)s)")
    parser.add_argument("--least", type=float, default=0.95, help="the lowest ratio allowed (default: %(default)s)")
    given = parser.parse_args()
    pairs: list[tuple[dict[str, Line], dict[str, Line]]] = []
    for number in range(given.pairs):
        order = [_HERE, given.other.resolve()][:: 1 if number % 2 else -1]  # whoever comes first is not always the same
        found = {place: {line.name: line for line in measured(place, given.benchmark)} for place in order}
        pairs.append((found[_HERE], found[given.other.resolve()]))
        print(f"pair {number + 1} of {given.pairs}: {_told(pairs[-1:])}", file=sys.stderr)
    print("| | here, median | there, median | here to there, by pairs | |\n|---|---:|---:|---:|---|")
    fallen = False
    for name in [name for name in pairs[0][0] if name in pairs[0][1]]:
        ratios = [here[name].value / there[name].value for here, there in pairs]
        medians = [statistics.median(pair[side][name].median for pair in pairs) for side in (0, 1)]
        decides = pairs[0][0][name].ratio is not None
        fallen = fallen or (decides and statistics.median(ratios) < given.least)
        print(
            f"| {name} | {medians[0]:,.4g} | {medians[1]:,.4g} | {statistics.median(ratios):.2f} "
            f"({min(ratios):.2f} – {max(ratios):.2f}) | {'by its floor' if decides else ''} |"
        )
    return int(fallen)


def _told(pairs: list[tuple[dict[str, Line], dict[str, Line]]]) -> str:
    return ", ".join(
        f"{name} {here[name].value / there[name].value:.2f}" for here, there in pairs for name in here if name in there
    )


if __name__ == "__main__":
    sys.exit(main())
