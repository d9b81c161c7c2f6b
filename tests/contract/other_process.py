"""What tests have another process do to a store: ``python -m tests.contract.other_process TASK URL MEMBER``.

It says each step on a line of its standard output and waits on its standard input to be told to go on.
"""

from __future__ import annotations

import sys
import threading
from contextlib import nullcontext, redirect_stdout, suppress

from exchange.approval.rules.states import CaseState
from exchange.approval.window.store import Cases
from exchange.audit.log.tiles import extended
from exchange.audit.merkle import leaf_hash
from exchange.audit.source import Source, SourceKind
from exchange.errors import DatabaseUnavailable, ExchangeError
from exchange.messaging.inbox import Inbox
from exchange.messaging.log.store import MemberLog
from exchange.messaging.outbox import Outbox
from exchange.operations.audit.store import AuditLog
from exchange.store import Store, open_store
from exchange.store.journal import JournalEntry
from exchange.store.standing_by import StandingBy
from tests.contract.rows import LATER, NOW, case_row, entry, outgoing, part_row


def say(word: str) -> None:
    """Tells the test where we are."""
    print(word, file=sys.__stdout__, flush=True)


def wait() -> None:
    """Waits to be told to go on."""
    sys.stdin.readline()


def half_done(store: Store) -> None:
    """Commits one message, then stops in the middle of a transaction that has touched many tables."""
    with store.transaction() as tx:
        tx[Outbox].add([outgoing()], NOW)
    with store.transaction() as tx:
        tx[Outbox].mark_sent([parcel.id for parcel in tx[Outbox].due(NOW, 10, ())], NOW, LATER)
        tx[Outbox].add([outgoing(enclosures=(b"x" * 500_000,))], NOW)
        tx[Inbox].record([entry()], NOW)
        tx[Cases].open(case_row(), [part_row()])
        tx.journal([JournalEntry(NOW, "half", "HF-1")])
        tx.set_meta("half", "done")
        say("half-done")
        wait()


def decide(store: Store) -> None:
    """Tries to be the one that decides the case."""
    with store.reading() as tx:
        tx.get_meta("connected")
    say("ready")
    wait()
    with store.transaction() as tx:
        moved = tx[Cases].move("HF-1", {CaseState.READY}, CaseState.DECIDED, decided_at=LATER)
    say("won" if moved else "lost")


def claim(store: Store) -> None:
    """Serves under the member's identity until told to stop."""
    with store.claim_identity(sys.argv[3]):
        say("serving")
        wait()


def stand_by(store: Store) -> None:
    """Stands by, then serves: writes once whenever it is told to, and says whether it could."""
    address = sys.argv[3]
    waiting = StandingBy(store, address, threading.Event(), patience=6.0)
    waiting._meanwhile = lambda: nullcontext(say("waiting"))
    with store.claim_identity(address, waiting) as claim:
        say("serving")
        while True:
            wait()
            try:
                with store.transaction() as tx:
                    number = int(tx.get_meta("written") or 0) + 1
                    tx.set_meta("written", str(number))
                say(f"wrote {number}")
            except DatabaseUnavailable as error:
                say(type(claim.lost or error).__name__)


def stop_half_way(store: Store) -> None:
    """Serves, and stops in the middle of a step."""
    with store.claim_identity(sys.argv[3]), store.transaction() as tx:
        tx.set_meta("written", "half")
        say("half-way")
        wait()
    say("committed")


def migrate(store: Store) -> None:
    """Brings the database up to date together with others."""
    say("ready")
    wait()
    store.migrate()
    say("migrated")


def audit(store: Store) -> None:
    """Appends to the audit log together with others."""
    say("ready")
    wait()
    for number in range(5):
        with store.transaction() as tx:
            tx[AuditLog].append(NOW, "otto", "redrive", f"letter {number}", "done", Source(SourceKind.WEB, "192.0.2.7"))
    say("appended")


def journal(store: Store) -> None:
    """Writes into the journal together with others; what follows each entry is taken back."""
    say("ready")
    wait()
    for number in range(40):
        with store.transaction() as tx:
            tx.journal([JournalEntry(NOW, f"entry {number}")])
        with suppress(LookupError), store.transaction() as tx:
            tx.journal([JournalEntry(NOW, "taken back")])
            raise LookupError
    say("written")


def half_sealed(store: Store) -> None:
    """Stops in the middle of sealing: hashes are written, no head is."""
    with store.transaction() as tx:
        log, head = tx[MemberLog], tx[MemberLog].newest()
        assert head is not None
        waiting = log.entries_after(head.last_id, 1_000)
        log.keep_tiles(extended(log.tile, head.size, [leaf_hash(entry.as_leaf()) for entry in waiting]))
        say("half-sealed")
        wait()


TASKS = {
    "audit": audit, "half-done": half_done, "decide": decide, "claim": claim, "migrate": migrate, "journal": journal,
    "half-sealed": half_sealed, "stand-by": stand_by, "stop-half-way": stop_half_way,
}  # fmt: skip

if __name__ == "__main__":
    try:
        with redirect_stdout(sys.stderr):  # what is logged
            TASKS[sys.argv[1]](open_store(sys.argv[2], member=sys.argv[3]))
    except ExchangeError as error:
        say(error.code)
