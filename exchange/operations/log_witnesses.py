"""What is told of a log's witnesses: who has countersigned how much of it, and whether they hold the same log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.audit.log.cosignatures import read_cosignature
from exchange.envelope import Trust
from exchange.messaging.log.restorations import LogRestorations
from exchange.messaging.log.store import MemberLog
from exchange.messaging.log.witnesses import KeptCosignature, LogDispute, Witnesses
from exchange.messaging.log.witnessing import contradicted
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class WitnessView:
    """A witness of a log at one moment."""

    address: str
    size: int
    """Entries that it has countersigned; 0 where it has not answered yet."""
    seen_at: datetime | None
    behind: int
    """Entries under the newest head that it has not countersigned."""
    unanswered: timedelta
    """Since when it has been shown a head and has not answered; nothing where it has answered all."""


@dataclass(frozen=True)
class HeldHere:
    """A head that a member here holds of another one's log."""

    witness: str
    cosignature: KeptCosignature


def view_witnesses(tx: Transaction, now: datetime) -> tuple[WitnessView, ...]:
    """Return who witnesses a member's log, and how far."""
    newest, signed = tx[MemberLog].newest(), {one.member: one for one in tx[Witnesses].witnessed_by()}
    length = newest.size if newest is not None else 0
    shown = {one.address: one.offered_at for one in tx[Witnesses].all()}
    return tuple(
        WitnessView(
            address,
            signed[address].size if address in signed else 0,
            signed[address].seen_at if address in signed else None,
            max(0, length - (signed[address].size if address in signed else 0)),
            max(timedelta(), now - since) if (since := shown.get(address)) is not None else timedelta(),
        )
        for address in dict.fromkeys([*shown, *signed])
    )


def held_in(tx: Transaction, member: str) -> Iterator[tuple[str, HeldHere]]:
    """Yield the heads that a member holds of others' logs, by whose they are."""
    for one in tx[Witnesses].all_held():
        yield one.member, HeldHere(member, one)


def against(tx: Transaction, address: str, trust: Trust, held: Iterable[HeldHere], now: datetime) -> list[LogDispute]:
    """Hold a member's log against heads of it that others here hold; return what contradicts. Raises SenderError."""
    found, restored = [], tx[LogRestorations].verified(address, trust)
    for one in held:
        cosigned = read_cosignature(one.cosignature.signed, trust)
        differs = contradicted(tx[MemberLog], cosigned, restored)
        if differs is not None:
            standing, shown, growth = differs
            found.append(LogDispute(address, standing, one.witness, now, cosigned.head.signed, shown, growth))
    return found


def told_once(disputes: Iterable[LogDispute]) -> list[LogDispute]:
    """Return each dispute once: a log's own member, its witness and a look from outside may all have found it."""
    return list({(one.origin, one.standing, one.witness): one for one in disputes}.values())
