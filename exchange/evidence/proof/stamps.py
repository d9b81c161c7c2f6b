"""Time-stamps over heads in a bundle: by when a log, its entries, and the messages that they name were there.

They bound from above what members date themselves: whoever holds a member's key, and not an authority's, cannot make
a head of yesterday today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.audit.log.heads import SignedHead
from exchange.audit.timestamps.authorities import TimeAuthority
from exchange.audit.timestamps.tokens import TimeStamp, check_stamps, read_stamp
from exchange.errors import ExchangeError, Forged
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.logs import STAMPS, ProvedLogs, files_of_logs, log_fault
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text
from exchange.schemas.instants import CLOCK_SKEW

_SUFFIX = ".tsr"


@dataclass(frozen=True)
class StampBound:
    """By when a head was there, and whose word that is."""

    at: datetime
    authority: str


@dataclass(frozen=True)
class ProvedStamps:
    """The time-stamps that hold and count, and what was found on the way."""

    bounds: Mapping[tuple[str, int], StampBound]
    """By member and size of the head."""
    findings: tuple[EvidenceFinding, ...]


def read_stamps(bundle: Bundle, logs: ProvedLogs, trusted: Sequence[TimeAuthority]) -> ProvedStamps:
    """Return by when heads were there, with what each time-stamp proves, and of which entries nobody whom the reader
    trusts says when.
    """
    bounds: dict[tuple[str, int], StampBound] = {}
    findings: list[EvidenceFinding] = []
    for path, member, name, data in files_of_logs(bundle, STAMPS):
        try:
            head, stamp = _stamped(data, name, logs.heads.get(member, {}))
        except ExchangeError as error:
            findings.append(log_fault(path, error, FindingCode.TIME_STAMP_NOT_VERIFIED))
            continue
        found = _judged(head, stamp, trusted)
        if found.weight is Weight.PROVED:
            bounds[member, head.head.size] = StampBound(stamp.at, stamp.authority)
        findings.append(found)
    if trusted:
        findings += _unstamped(logs, bounds)
    return ProvedStamps(bounds, tuple(findings))


def _stamped(data: bytes, name: str, heads: Mapping[int, SignedHead]) -> tuple[SignedHead, TimeStamp]:
    """The head that a token is over. Raises Malformed, Unsupported or Forged."""
    stamp = read_stamp(data)
    head = next((one for size, one in heads.items() if name == f"{size}{_SUFFIX}"), None)
    if head is None:
        raise Forged("time-stamp: the head that it is kept with is not in the bundle")
    check_stamps(stamp, head.signed)
    return head, stamp


def _judged(head: SignedHead, stamp: TimeStamp, trusted: Sequence[TimeAuthority]) -> EvidenceFinding:
    origin, size = head.head.origin, head.head.size
    named = {"authority": stamp.authority, "member": origin, "size": size, "at": moment_text(stamp.at),
             "said": moment_text(head.head.issued_at)}  # fmt: skip
    if not trusted:
        words = Text("{authority} says that {member}'s head over {size} entries was there at {at}: no authority that"
                     " you trust was named by --tsa, so this was not looked at", named)  # fmt: skip
        return EvidenceFinding(Weight.NOT_LOOKED_AT, FindingCode.TIME_STAMP_NOT_LOOKED_AT, origin, words)
    if not stamp.is_by(trusted):
        words = Text("{authority} says that {member}'s head over {size} entries was there at {at}: no authority that"
                     " you trust vouches for it", named)  # fmt: skip
        return EvidenceFinding(Weight.CLAIMED, FindingCode.TIME_STAMP_CLAIMED, origin, words)
    if stamp.at < head.head.issued_at - CLOCK_SKEW:
        words = Text("{member} dates its head over {size} entries {said}, and {authority} has stamped it at {at},"
                     " before that", named)  # fmt: skip
        return EvidenceFinding(Weight.CONTRADICTION, FindingCode.TIME_STAMP_TOO_EARLY, origin, words)
    words = Text("{member}'s head over {size} entries, which it dates {said}, was there at the latest at {at}, as"
                 " {authority} has time-stamped", named)  # fmt: skip
    return EvidenceFinding(Weight.PROVED, FindingCode.TIME_STAMPED, origin, words, at_latest=stamp.at)


def _unstamped(logs: ProvedLogs, bounds: Mapping[tuple[str, int], StampBound]) -> Iterator[EvidenceFinding]:
    for member in sorted({one.member for one in logs.entries}):
        bare = [one for one in logs.entries if one.member == member and (member, one.size) not in bounds]
        if bare:
            words = Text("of {number} entries of {member}'s journal no authority that you trust says by when they were"
                         " there", {"number": len(bare), "member": member})  # fmt: skip
            yield EvidenceFinding(Weight.MISSING, FindingCode.TIME_STAMP_MISSING, member, words)
