"""What `exchange up` of the example city costs, its eleven members in SQLite on a private node: time, memory, idleness.

Each round makes a new run of one domain: seconds from the command until every member is served, and the processor time
that all its processes have taken by then, with the fork server and without; private memory of a member's process (what
no other process shares); and how much of a core all members take together while nothing happens, over a minute.
With --outside the broker is one that runs already.
Usage: python -m benchmarks.up [rounds] [seconds] [--outside]
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.measure import Figure, arguments, folder, machine, show
from exchange.broker.private.node import PrivateNode
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home

UNITS = {"until all are served": "s", "processor time until then": "s", "private memory of a member": "MB"}

_PATIENCE = 120.0
_SETTLES = 8.0
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
        process.terminate()
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


def spent(up: psutil.Process) -> float:
    """Seconds of processor time that all its processes have taken, the private node's among them."""
    total = 0.0
    for process in (up, *up.children(recursive=True)):
        with contextlib.suppress(psutil.Error):  # ended meanwhile
            total += sum(process.cpu_times()[:4])
    return total


def _taken(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def broker(place: Path, outside: bool) -> Iterator[dict[str, str]]:
    """The settings that name a broker which runs already; none for the domain's own private node."""
    if not outside:
        yield {}
        return
    node = PrivateNode(place / "node")
    info = node.start(print)
    try:
        yield {"EXCHANGE_BROKER_URL": info.url, "EXCHANGE_MANAGEMENT_URL": info.management_url or ""}
    finally:
        node.stop()


def once(home: Path, **settings: str) -> list[float]:
    """One run: what `UNITS` names, in that order."""
    with running(home, **settings) as (seconds, up):
        taken = spent(up)
        time.sleep(_SETTLES)
        return [seconds, taken, statistics.median(map(private, members_of(up)))]


def main() -> None:
    given = arguments(__doc__, rounds=5, seconds=60.0, outside=False)
    print(machine())
    runs: dict[str, list[list[float]]] = {"off": [], "on": []}
    with folder("up") as place, broker(place, given.outside) as settings:
        home = place / "home"
        subprocess.run(program("init"), env=environment(home, **settings), check=True, stderr=subprocess.DEVNULL)
        for _ in range(given.rounds):
            for setting, done in runs.items():
                done.append(once(home, EXCHANGE_FORK_SERVER=setting, **settings))
        with running(home, **settings) as (_, up):
            time.sleep(_SETTLES)
            idleness = idle(up, given.seconds)
        nodes = [float(one) for one in re.findall(r"ready after ([\d.]+) s", (home / "up.txt").read_text())]
    figures = [Figure("the private node alone", nodes, "s")] if nodes else []
    for number, (name, unit) in enumerate(UNITS.items()):
        floor, forked = ([one[number] for one in runs[setting]] for setting in ("off", "on"))
        figures.append(Figure(f"{name}, programs", floor, unit, 1.0))
        figures.append(Figure(f"{name}, forked", forked, unit, statistics.median(forked) / statistics.median(floor)))
    figures += [Figure(f"idle: {name}", [share], "%") for name, share in idleness.items()]
    show("`exchange up`", figures, "to programs")


if __name__ == "__main__":
    main()
