"""What others have seen of members' logs: whose heads they have countersigned, and whether all of it is one history."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from exchange.audit.log.cosignatures import CosignedHead, read_cosignature
from exchange.audit.log.growth import read_growth
from exchange.audit.log.heads import SignedHead, read_log_head
from exchange.audit.log.restorations import LogRestoration, read_restoration
from exchange.envelope import Trust
from exchange.errors import ExchangeError, Forged
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.logs import ENTRIES, GROWTH, HEADS, LOG, RESTORED, WITNESSES
from exchange.evidence.proof.restorations import Histories, LogPoint
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text
from exchange.schemas.instants import CLOCK_SKEW

_INDEX, _GROWTH = re.compile(r"[0-9]{1,16}\.cbor", re.ASCII), re.compile(r"([0-9]{1,16})-([0-9]{1,16})\.cbor", re.ASCII)


@dataclass
class SeenLog:
    """What a bundle has of one member's log."""

    member: str
    heads: list[SignedHead] = field(default_factory=list)
    """Those that lie in the bundle by themselves."""
    cosigned: list[CosignedHead] = field(default_factory=list)
    begins: dict[LogPoint, set[LogPoint]] = field(default_factory=lambda: defaultdict(set))
    """By head: earlier points of the log that it begins with."""
    entries: list[int] = field(default_factory=list)
    restorations: list[LogRestoration] = field(default_factory=list)
    faults: list[EvidenceFinding] = field(default_factory=list)

    @property
    def signed(self) -> list[SignedHead]:
        """All heads, those in cosignatures included."""
        return [*self.heads, *(one.head for one in self.cosigned)]

    @property
    def shown(self) -> Iterator[CosignedHead]:
        """Yield what was countersigned and is shown to be of one history with a head of the bundle's own."""
        own = [_point(head) for head in self.heads]
        return (one for one in self.cosigned if any(self.together(_point(one.head), point) for point in own))

    @property
    def histories(self) -> Histories:
        """Return what its member says that it was restored."""
        return Histories(sorted({one.restored_at: one for one in self.restorations}.values(), key=_restored_at))

    @property
    def points(self) -> list[tuple[LogPoint, int]]:
        """Return every size of which a root is signed or proved, each in its history."""
        histories, found = self.histories, []
        for head in self.signed:
            history = histories.of(head.head.issued_at)
            found += [(one, history) for one in (_point(head), *self.begins.get(_point(head), ()))]
        return [*found, *histories.points()]

    def together(self, one: LogPoint, other: LogPoint) -> bool:
        """Whether it is proved that both are of one history: one begins the other, or both begin a third."""
        return one == other or any({one, other} <= {head, *earlier} for head, earlier in self.begins.items())


def witness_findings(logs: Iterable[SeenLog]) -> Iterator[EvidenceFinding]:
    """Yield, log by log, by whom and how far it was seen, and what cannot be one history."""
    for log in logs:
        yield from log.faults
        contradicted = [*_forks(log)] or [*_cut(log)]
        yield from contradicted
        yield from log.histories.told(log.member, (one.head for one in log.signed))
        if log.entries and not contradicted:
            yield from _witnessed(log)


def seen_logs(bundle: Bundle, trust: Trust) -> list[SeenLog]:
    """Return what a bundle has of each member's log, as far as it holds."""
    logs: dict[str, SeenLog] = {}
    files = list(bundle.under(LOG))
    files.sort(key=lambda file: f"/{GROWTH}/" in file[0])
    for path, data in files:
        member, folder, name, file = [*path.split("/"), "", ""][:4]
        log = logs.setdefault(member, SeenLog(member))
        try:
            _take(log, folder, name, file, data, trust)
        except ExchangeError as error:
            where = "/".join((LOG, path))
            words = Text("{path}: {why}", {"path": where, "why": error.text})
            log.faults.append(EvidenceFinding(Weight.CONTRADICTION, FindingCode.LOG_NOT_VERIFIED, where, words))
    return [logs[member] for member in sorted(logs)]


def _take(log: SeenLog, folder: str, name: str, file: str, data: bytes, trust: Trust) -> None:
    """Heads and entries that do not verify are told where entries are looked at (`exchange.evidence.proof.logs`)."""
    if folder == HEADS:
        with suppress(ExchangeError):
            head = read_log_head(data, trust)
            log.heads += [head] if head.head.origin == log.member else []
    elif folder == ENTRIES and _INDEX.fullmatch(name):
        log.entries.append(int(name.removesuffix(".cbor")))
    elif folder == WITNESSES:
        cosigned = read_cosignature(data, trust)
        if (cosigned.head.head.origin, cosigned.body.witness) != (log.member, name):
            raise Forged("cosignature of a head: of another witness, or of another's log, than its name says")
        if file != f"{cosigned.head.head.size}.cose":
            raise Forged("cosignature of a head: of another size than its name says")
        log.cosigned.append(cosigned)
    elif folder == RESTORED:
        restored = read_restoration(data, trust)
        if restored.body.origin != log.member:
            raise Forged("restoration of a log: of another's log than its name says")
        log.restorations.append(restored.body)
    elif folder == GROWTH:
        _grow(log, name, data, trust)


def _grow(log: SeenLog, name: str, data: bytes, trust: Trust) -> None:
    """Its name says under which head it stands; of several of that size under the one that it leads to."""
    found = _GROWTH.fullmatch(name)
    size = int(found[2]) if found is not None else 0
    heads = [one for one in log.signed if one.head.size == size]
    error: ExchangeError = Forged("growth of a log: no head in the bundle is over it")
    for head in heads:
        try:
            growth = read_growth(data, head, trust)
        except ExchangeError as fault:
            error = fault
            continue
        if found is not None and growth.before == int(found[1]):
            log.begins[_point(head)].add((growth.before, growth.root.hex()))
            return
        error = Forged("growth of a log: of other sizes than its name says")
    raise error


def _forks(log: SeenLog) -> Iterator[EvidenceFinding]:
    """At one size the log had two roots, by the member's own signature."""
    sizes = log.histories.forks(log.points)
    if sizes:
        seen = sorted({one.body.witness for one in log.cosigned if one.head.head.size in sizes})
        named = {"member": log.member, "size": sizes[0], "witnesses": ", ".join(seen)}
        plain = Text("{member} has signed two histories of its log, which differ at {size} entries", named)
        by = Text("{member} has signed two histories of its log, which differ at {size} entries; a head of that size"
                  " was countersigned by {witnesses}", named)  # fmt: skip
        words = by if seen else plain
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.LOG_FORKED, log.member, words)


def _cut(log: SeenLog) -> Iterator[EvidenceFinding]:
    """A head that was signed later has fewer entries, and nothing shows that both are of one history."""
    histories, ordered = log.histories, sorted(log.signed, key=lambda one: one.head.size)
    for fewer, more in combinations(ordered, 2):
        later = fewer.head.issued_at > more.head.issued_at + CLOCK_SKEW
        ended = histories.divided(more.head.size, *(histories.of(one.head.issued_at) for one in (fewer, more)))
        if later and fewer.head.size < more.head.size and not ended and not log.together(_point(fewer), _point(more)):
            named = {"member": log.member, "fewer": fewer.head.size, "more": more.head.size,
                     "at": moment_text(fewer.head.issued_at)}  # fmt: skip
            words = Text("{member}'s log had {more} entries, and {fewer} at {at}: it was cut off", named)
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.LOG_CUT, log.member, words)
            return


def _witnessed(log: SeenLog) -> Iterator[EvidenceFinding]:
    """Each countersigned head that is of one history with a head of the bundle's own."""
    shown = list(log.shown)
    for one in log.cosigned:
        size, witness = one.head.head.size, one.body.witness
        if one in shown:
            covered = sum(index < size for index in log.entries)
            named = {"member": log.member, "witness": witness, "size": size, "number": covered,
                     "at": moment_text(one.body.seen_at)}  # fmt: skip
            words = Text("{witness} has countersigned {member}'s log with {size} entries, which it had seen by {at};"
                         " {number} of the entries here are among them", named)  # fmt: skip
            at = one.body.seen_at
            yield EvidenceFinding(Weight.PROVED, FindingCode.WITNESSED, log.member, words, at_latest=at)
        elif not _ended(log, one.head):
            named = {"member": log.member, "witness": witness, "size": size}
            words = Text("that {member}'s log is the one of which {witness} has countersigned {size} entries is not"
                         " shown", named)  # fmt: skip
            yield EvidenceFinding(Weight.MISSING, FindingCode.GROWTH_MISSING, log.member, words)


def _ended(log: SeenLog, head: SignedHead) -> bool:
    """Whether a head is of a history that ended before each of the bundle's own heads, and goes beyond what is left."""
    histories, of = log.histories, log.histories.of
    own = [of(one.head.issued_at) for one in log.heads]
    before = of(head.head.issued_at)
    return bool(own) and all(before < one and histories.divided(head.head.size, before, one) for one in own)


def _restored_at(one: LogRestoration) -> datetime:
    return one.restored_at


def _point(head: SignedHead) -> LogPoint:
    return head.head.size, head.head.root
