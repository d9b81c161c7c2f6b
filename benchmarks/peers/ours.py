"""What a member's process of ours weighs at the end of such a round: both sides started anew, neither forked from here.

A forked process shares pages with its parent, which nobody would count as its own.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from benchmarks.measure import folder
from benchmarks.peers.rounds import weight
from benchmarks.throughput import new_domain, seats_of, send_all, serve_until
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import RealClock
from exchange.directory import load_authority_certificate, load_directory, load_identity, save_identity
from exchange.runtime.logs import configure
from exchange.trials.local import LocalDomain

_spawn = multiprocessing.get_context("spawn")


def weigh(info: NodeInfo, count: int) -> tuple[float, float]:
    """MiB of the sender's and the receiver's process, once ``count`` documents are committed."""
    with folder("weigh") as path:
        domain = new_domain(path, info, None)
        for address, node in domain.nodes.items():
            save_identity(node.identity, path / "keys" / address)
        domain.close()
        domain.nodes.clear()
        ready, done = _spawn.Event(), _spawn.Event()
        sides, weights = [], []
        for work in (_send, _receive):
            here, there = _spawn.Pipe()
            kept = (path, domain.domain, info, domain.stamps)
            sides.append(_spawn.Process(target=work, args=(kept, count, ready, done, there)))
            sides[-1].start()
            weights.append(here)
        sender, receiver = (here.recv() for here in weights)
        for side in sides:
            side.join()
        return sender, receiver


_Kept = tuple[Path, str, NodeInfo, bool]


def _again(kept: _Kept) -> LocalDomain:
    """The domain that was prepared, in a process that begins with nothing."""
    configure(quiet=True)
    path, name, info, stamps = kept
    clock = RealClock()
    identities = {keys.name: load_identity(keys) for keys in (path / "keys").iterdir()}
    directory = load_directory(
        (path / "directory.cose").read_bytes(), load_authority_certificate(path / "authority"), clock.now(), 0
    )
    domain = LocalDomain(path, name, info, clock, seats_of(name), stamps=stamps, certified=(identities, directory))
    domain.prepare()
    domain.close()
    return domain


def _send(kept: _Kept, count: int, ready: Event, done: Event, answer: Connection) -> None:
    ready.wait()
    domain = _again(kept)
    sender = f"{domain.domain}.sender"
    domain.reopen(sender)
    member = domain.start(sender)
    send_all(member, f"{domain.domain}.receiver", count)
    done.wait()
    answer.send(weight(os.getpid()))
    domain.nodes = {sender: domain.nodes[sender]}
    domain.settle()
    member.close()


def _receive(kept: _Kept, count: int, ready: Event, done: Event, answer: Connection) -> None:
    domain = _again(kept)

    def committed() -> None:
        answer.send(weight(os.getpid()))
        done.set()

    serve_until(domain, f"{domain.domain}.receiver", count, ready, committed)
