"""One side of a round with one of the libraries, a process: python -m benchmarks.peers.side MODULE send|receive PLAN.

The sender says when all is confirmed and waits, so that its memory can be looked at; the receiver is ended by SIGTERM.
"""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.peers.ledger import taking
from benchmarks.peers.letters import Letters
from benchmarks.peers.plan import Plan


def main() -> None:
    """Do one side's work."""
    _, module, role, file = sys.argv
    peer, plan = import_module(f"benchmarks.peers.{module}"), Plan.read(file)
    if role == "receive":
        peer.receive(plan, taking(plan))
        return
    letters = Letters(plan)
    peer.send(plan, letters)
    letters.note(plan.due)
    print("sent", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
