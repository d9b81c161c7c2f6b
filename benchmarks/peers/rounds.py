"""One round with a peer: both sides started as processes, watched until all is committed, weighed, and ended."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pika
import psutil  # type: ignore[import-untyped]

from benchmarks.measure import folder
from benchmarks.peers.environment import ROOT, interpreter
from benchmarks.peers.ledger import rows
from benchmarks.peers.plan import Plan
from benchmarks.throughput import document
from exchange.broker.admin.node_info import NodeInfo

_PATIENCE = 600.0
"""Seconds for a round, which takes some ten."""
_LEFT_BY_CELERY = [f"celery_delayed_{number}" for number in range(28)]
"""Its worker declares these for tasks that are to be done later: queues and exchanges."""


@dataclass(frozen=True)
class Peer:
    """One of the libraries, as it is put to work here."""

    name: str
    module: str
    transaction: str
    """What the receiver commits at once."""


@dataclass(frozen=True)
class Round:
    """What was seen."""

    speed: float
    """Documents a second, from the first that was due to the last commit."""
    latencies: list[float]
    """Milliseconds from when each was due to its commit, sorted."""
    sender: float
    """MiB that are the process's own."""
    receiver: float


def run(peer: Peer, info: NodeInfo, count: int, rate: float = 0.0) -> Round:
    """One round: as fast as it goes, or ``rate`` documents a second."""
    with folder("peers") as path:
        plan = Plan(
            str(path), info.url, f"peers-{secrets.token_hex(3)}", count, rate,
            document().model_dump(mode="json"), secrets.token_hex(32), secrets.token_hex(32),
        )  # fmt: skip
        plan.write()
        try:
            with _side(peer, plan, "receive") as receiver:
                _until(lambda: _consumed(plan), receiver)
                with _side(peer, plan, "send") as sender:
                    commits = _Commits(plan)
                    _until(commits.complete, receiver, sender)
                    assert sender.stdout is not None
                    sender.stdout.readline()
                    weights = weight(sender.pid), weight(receiver.pid)
        finally:
            _clear(plan)
        if (held := rows(plan)) != count:
            raise SystemExit(f"{peer.name}: {held:,} documents are in the database, not {count:,}")
        due: dict[str, float] = json.loads(plan.due.read_text())
        latencies = sorted((commits.moments[name] - moment) * 1000 for name, moment in due.items())
        return Round(count / (max(commits.moments.values()) - min(due.values())), latencies, *weights)


def weight(process: int) -> float:
    """MiB of memory that a process and its children have for themselves."""
    first = psutil.Process(process)
    return float(sum(one.memory_full_info().uss for one in [first, *first.children(recursive=True)])) / 2**20


@contextmanager
def _side(peer: Peer, plan: Plan, role: str) -> Iterator[subprocess.Popen[bytes]]:
    log = Path(plan.folder) / f"{role}.log"
    command = [str(interpreter()), "-m", "benchmarks.peers.side", peer.module, role, str(plan.file)]
    with log.open("wb") as errors:
        side = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if role == "send" else errors,
            stderr=errors,
        )
    try:
        yield side
    except TimeoutError as error:
        said = "\n".join(one.read_text()[-4000:] for one in sorted(log.parent.glob("*.log")))
        raise SystemExit(f"{peer.name}: {error}\n{said}") from None
    finally:
        side.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            side.wait(15)
        side.kill()
        side.wait()
        for pipe in filter(None, (side.stdin, side.stdout)):
            pipe.close()


class _Commits:
    """The receiver's notes, as far as they have been read."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._read = plan, 0
        self.moments: dict[str, float] = {}

    def complete(self) -> bool:
        """Whether every letter is committed by now."""
        if not self._plan.commits.exists():
            return False
        with self._plan.commits.open("rb") as file:
            file.seek(self._read)
            found, newline, _ = file.read().rpartition(b"\n")
        self._read += len(found) + len(newline)
        for line in found.splitlines():
            name, moment = line.split()
            self.moments.setdefault(name.decode(), float(moment))
        return len(self.moments) >= self._plan.count


def _until(done: Callable[[], bool], *sides: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while not done():
        if any(side.poll() is not None for side in sides) or time.monotonic() > until:
            raise TimeoutError("a side has ended, or the round lasts too long")
        time.sleep(0.05)


@contextmanager
def _channel(plan: Plan) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    with pika.BlockingConnection(pika.URLParameters(plan.url)) as connection:
        yield connection.channel()


def _consumed(plan: Plan) -> bool:
    """Whether the receiver consumes."""
    with contextlib.suppress(pika.exceptions.ChannelClosedByBroker), _channel(plan) as channel:
        return bool(channel.queue_declare(plan.queue, passive=True).method.consumer_count)
    return False


def _clear(plan: Plan) -> None:
    """Delete what the libraries have declared."""
    with _channel(plan) as channel:
        for queue in (plan.queue, f"{plan.queue}.DQ", f"{plan.queue}.XQ", *_LEFT_BY_CELERY):
            channel.queue_delete(queue)
        for exchange in (plan.queue, *_LEFT_BY_CELERY, "celery_delayed_delivery"):
            channel.exchange_delete(exchange)
