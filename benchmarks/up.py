"""What `exchange up` of the example city costs, its eleven members in SQLite on a private node: time, memory, idleness.

Each round makes a new run of one domain: seconds from the command until every member is served, with the fork server
and without; private memory of a member's process (what no other process shares); and how much of a core all members
take together while nothing happens, over a minute.
Usage: python -m benchmarks.up [rounds] [seconds]
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.measure import Figure, arguments, folder, machine, show
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home

_PATIENCE = 120.0
_SETTLES = 5.0
"""Seconds after which what is done once at a start is over."""


def environment(home: Path, **further: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    return {**kept, "EXCHANGE_HOME": str(home), "EXCHANGE_LANGUAGE": "en", **further}


def program(*words: str) -> list[str]:
    return [str(Path(sys.executable).with_name("exchange")), *words]


def served(home: Path) -> int:
    """How many members have said in their logs that they are served."""
    return sum("member.serving" in log.read_text() for log in Home(home).logs.glob("*.*.log"))


@contextmanager
def running(home: Path, **further: str) -> Iterator[tuple[float, psutil.Process]]:
    """`exchange up`, with the seconds that it took until all members were served."""
    members = len(load_profiles(Home(home).departments))
    for log in Home(home).logs.glob("*.log"):
        log.unlink()
    began = time.perf_counter()
    with (home / "up.txt").open("ab") as said:
        process = subprocess.Popen(program("up"), env=environment(home, **further), stdout=said, stderr=said)
    try:
        while served(home) < members:
            if process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                raise SystemExit((home / "up.txt").read_text())
            time.sleep(0.05)
        yield time.perf_counter() - began, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(90)


def members_of(up: psutil.Process) -> list[psutil.Process]:
    return [child for child in up.children() if "serve" in child.cmdline()]


def private(process: psutil.Process) -> float:
    """Megabytes that are this process's alone."""
    found = process.memory_full_info()
    return found.uss / 1e6


def idle(up: psutil.Process, seconds: float) -> dict[str, float]:
    """Per cent of a core that its processes take meanwhile, by what they are."""
    groups = {"members": members_of(up), "exchange up": [up]}
    groups["their rules"] = [rule for member in groups["members"] for rule in member.children()]
    before = {name: sum(map(_taken, group)) for name, group in groups.items()}
    time.sleep(seconds)
    return {name: 100 * (sum(map(_taken, group)) - before[name]) / seconds for name, group in groups.items()}


def _taken(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def main() -> None:
    given = arguments(__doc__, rounds=5, seconds=60.0)
    print(machine())
    starts: dict[str, list[float]] = {"on": [], "off": []}
    memory: dict[str, list[float]] = {"on": [], "off": []}
    idleness: dict[str, list[float]] = {}
    with folder("up") as place:
        home = place / "home"
        subprocess.run(program("init"), env=environment(home), check=True, stderr=subprocess.DEVNULL)
        for number in range(given.rounds):
            for setting in starts:
                with running(home, EXCHANGE_FORK_SERVER=setting) as (seconds, up):
                    starts[setting].append(seconds)
                    time.sleep(_SETTLES)
                    memory[setting].append(statistics.median(map(private, members_of(up))))
                    if setting == "on" and number == 0:
                        idleness = {name: [share] for name, share in idle(up, given.seconds).items()}
    floors = {name: statistics.median(found["off"]) for name, found in (("s", starts), ("MB", memory))}
    show("`exchange up`", [
        Figure("until all are served, without", starts["off"], "s", 1.0),
        Figure("until all are served", starts["on"], "s", statistics.median(starts["on"]) / floors["s"]),
        Figure("private memory of a member, without", memory["off"], "MB", 1.0),
        Figure("private memory of a member", memory["on"], "MB", statistics.median(memory["on"]) / floors["MB"]),
        *(Figure(f"idle: {name}", shares, "%") for name, shares in idleness.items()),
    ], "to that without the fork server")  # fmt: skip


if __name__ == "__main__":
    main()
