"""What a command costs before and while it does its work: processor time of whole processes, beside a bare Python's.

Processor time (user and system) of the process and its children, so that others on the machine count little. The domain
is the example city without cases, in SQLite; no broker is needed to look at it.
Usage: python -m benchmarks.start [rounds]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measure import Figure, folder, machine, rounds, show
from exchange.clock import RealClock
from exchange.runtime.settings import Settings
from exchange.setup.init import init_files

ROUNDS = 15
FLOOR = (sys.executable, "-c", "pass")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("--version",),
    ("--help",),
    ("inbox", "--help"),
    ("inbox",),
    ("status",),
    ("doctor", "--help"),
)


def processor_time(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Milliseconds of processor time that a process and its children take. Raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def commands(times: int, env: Mapping[str, str]) -> list[Figure]:
    """Each command line in turn, the floor first; bytecode is compiled by a round that does not count."""
    program = str(Path(sys.executable).with_name("exchange"))
    lines = {" ".join(("exchange", *words)): (program, *words) for words in COMMANDS}
    for line in lines.values():
        processor_time(line, env)
    floor = Figure("python -c pass", rounds(times, lambda: processor_time(FLOOR, env)), "ms", 1.0)
    figures = [floor]
    for name, line in lines.items():
        taken = Figure(name, rounds(times, lambda line=line: processor_time(line, env)), "ms")  # type: ignore[misc]
        figures.append(Figure(taken.name, taken.values, "ms", taken.median / floor.median))
    return figures


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    print(machine())
    with folder("start") as place:
        settings = Settings(place / "home", None, None, None, RealClock())
        init_files(settings, lambda said: None)
        env = {**os.environ, "EXCHANGE_HOME": str(settings.home), "EXCHANGE_LANGUAGE": "en"}
        show("Start: processor time", commands(numbers[0] if numbers else ROUNDS, env), "to the floor")


if __name__ == "__main__":
    main()
