"""How figures are taken and shown: several rounds, the median and the spread, the ratio to a floor of the same run."""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def arguments(about: str | None, **defaults: float | list[int]) -> argparse.Namespace:
    """What the command line gives, in the order of the defaults; a list takes all that follow, a bool is an option.

    ``--help`` shows what the benchmark is about, and the defaults.
    """
    program = Path(sys.argv[0])
    parser = argparse.ArgumentParser(
        f"python -m benchmarks.{program.parent.name if program.stem == '__main__' else program.stem}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, default in defaults.items():
        if isinstance(default, bool):
            parser.add_argument(f"--{name}", action="store_true", default=default)
            continue
        many = isinstance(default, list)
        kind = type(default[0]) if isinstance(default, list) else type(default)
        said = "default: %(default)s"
        parser.add_argument(name, nargs="*" if many else "?", type=kind, default=default, help=said)
    return parser.parse_args()


@dataclass(frozen=True)
class Figure:
    """One line of a table."""

    name: str
    values: Sequence[float]
    unit: str
    ratio: float | None = None
    """To the floor named in the table's head."""

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return statistics.median(self.values)

    def row(self) -> str:
        """As a line of a Markdown table."""
        low, high = min(self.values), max(self.values)
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        return f"| {self.name} | {number(self.median)} {self.unit} | {number(low)} – {number(high)} | {ratio} |"


def number(value: float) -> str:
    """Three significant figures, with thousands separated."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def show(title: str, figures: Sequence[Figure], ratio_to: str = "") -> None:
    """Prints a Markdown table."""
    print(f"\n### {title}\n")
    print(f"| | median | spread | ratio {ratio_to} |\n|---|---:|---:|---:|")
    for figure in figures:
        print(figure.row(), flush=True)


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rounds(times: int, work: Callable[[], float]) -> list[float]:
    """The results of several rounds."""
    return [work() for _ in range(times)]


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A scratch folder on the disk that databases would live on, removed afterwards."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix=f"yizhan-{name}-") as path:
        yield Path(path)


def machine() -> str:
    """What the figures were taken on."""
    cores = len(__import__("os").sched_getaffinity(0))
    return f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, {platform.system()}"
