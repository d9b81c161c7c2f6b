"""Measures files of unit tests, each run by itself: processor time of its process and of what that starts."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from pathlib import Path

UNIT_TESTS = Path("tests") / "unit"
BOUND = 2.0


def files_of(places: list[Path]) -> list[Path]:
    """Return the files of tests at these places."""
    return sorted({file for place in places for file in (place.rglob("test_*.py") if place.is_dir() else [place])})


def seconds_of(file: Path) -> float:
    """Run one file; return the seconds of processor time, user and system, also where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        print(f"{done.stdout}{file} fails: {done.stderr}", file=sys.stderr)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Measure, print, and end with 1 where a file takes longer than it may."""
    asked = argparse.ArgumentParser(prog="script/slow", description=__doc__)
    asked.add_argument("places", nargs="*", type=Path, default=[UNIT_TESTS], help="folders or files")
    asked.add_argument("--above", type=float, default=BOUND, help="seconds that a file may take (%(default)s)")
    wanted = asked.parse_args()
    taken = sorted(((seconds_of(file), file) for file in files_of(wanted.places)), reverse=True)
    for seconds, file in taken:
        print(f"{seconds:6.2f} s  {file}" + ("   too long" if seconds > wanted.above else ""))
    sys.exit(any(seconds > wanted.above for seconds, _ in taken))


if __name__ == "__main__":
    main()
