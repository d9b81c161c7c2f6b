"""Counting a notice: facts that come late, twice, out of order or against each other end in the same counts.

What is known of a reader is a join of a semilattice: ``merge`` is commutative, associative and idempotent, so that the
order in which things arrive has no say. Of a branch the tally with the highest serial holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from exchange.directory.hierarchy import domain_of, is_within, level_of, superior_of
from exchange.errors import Malformed, Untrusted
from exchange.notices.rules.recall import at_recall, names_in
from exchange.schemas import Count, Reader, ReaderState, ReturnedBy, Tally
from exchange.schemas.tally import MAX_NAMES, MAX_REASON

_ANSWERED = (ReaderState.SIGNED, ReaderState.RETURNED)


def received(address: str, at: datetime, proof: str) -> Reader:
    """Return the fact that an authority has the notice: its signed receipt, with the receipt's digest."""
    return Reader(address=address, state=ReaderState.HAS, has_at=at, proof=proof)


def signed_for(address: str, at: datetime, proof: str) -> Reader:
    """Return the fact that an authority signed for the notice (签收), with the digest of what it signed."""
    return Reader(address=address, state=ReaderState.SIGNED, signed_at=at, proof=proof)


def returned(address: str, at: datetime, reason: str, proof: str) -> Reader:
    """Return the fact that an authority returned the notice (退文).

    It holds why (long reasons are cut), and the digest of what it signed.
    """
    short = reason if len(reason) <= MAX_REASON else f"{reason[: MAX_REASON - 1]}…"
    return Reader(address=address, state=ReaderState.RETURNED, signed_at=at, reason=short, proof=proof)


def merge(a: Reader, b: Reader) -> Reader:
    """Merge two facts about one reader; of contradicting answers the earlier holds, then the lower digest.

    Raises ValueError for two readers.
    """
    if a.address != b.address:
        raise ValueError("facts about two readers are not merged")
    has_at = min((at for at in (a.has_at, b.has_at) if at is not None), key=_moment, default=None)
    return min(a, b, key=_precedence).model_copy(update={"has_at": has_at})


def combine(domain: str, own: Iterable[Reader], branches: Mapping[str, Tally]) -> tuple[Count, ...]:
    """Combine the counts of a domain and everything below, by level: own readers, and what each branch says of its own.

    Raises Untrusted for a tally from elsewhere than directly below, or that speaks of others; Malformed for one whose
    counts cannot be.
    """
    found: dict[int, Count] = {level_of(domain): _count(domain, tuple(own))}
    for branch, tally in branches.items():
        check_branch(domain, branch, tally)
        for count in tally.counts:
            found[count.level] = _add(found.get(count.level), count)
    return tuple(found[level] for level in sorted(found))


def check_branch(domain: str, branch: str, tally: Tally) -> None:
    """Raise Untrusted or Malformed for a tally that a domain must not take from a branch."""
    if tally.domain != branch or superior_of(branch) != domain:
        raise Untrusted(
            "a tally for {meant} came as that of {branch} to {came_to}",
            remedy="a relay speaks for its own domain, to the one directly above",
            meant=tally.domain,
            branch=branch,
            came_to=domain,
        )
    recalled = names_in(tally.at_recall) if tally.at_recall is not None else ()
    named = (*tally.unsigned, *(body.address for body in tally.returned), *recalled)
    if not all(is_within(domain_of(address), branch) for address in named):
        raise Untrusted(
            "the tally of {branch} names authorities of other domains",
            remedy="a relay speaks for its subtree",
            branch=branch,
        )
    if any(count.level < level_of(branch) for count in tally.counts):
        raise Malformed("the tally of {branch} counts authorities of a level above its own", branch=branch)
    try:  # a tally that was read has been checked; one that was made here by hand has not
        Tally.model_validate_json(tally.model_dump_json())
    except ValueError as error:
        raise Malformed("the tally of {branch} counts more than there can be", branch=branch) from error


def leaves_of(own: Iterable[Reader], branches: Mapping[str, Tally]) -> tuple[bytes, ...]:
    """Return what a tally's root is taken over (exchange.audit.tree_root).

    These are own proofs, then the branches' roots, in order.
    """
    proofs = sorted(reader.proof for reader in own if reader.proof is not None)
    roots = (tally.root for _, tally in sorted(branches.items()) if tally.root is not None)
    return tuple(bytes.fromhex(digest) for digest in (*proofs, *roots))


def tally_of(
    notice_id: str,
    domain: str,
    serial: int,
    own: Sequence[Reader],
    branches: Mapping[str, Tally],
    root: bytes | None,
    recalled_at: datetime | None = None,
) -> Tally:
    """Return the tally that a relay signs. ``root`` is the tree root over ``leaves_of``; None when there are none.

    ``recalled_at``: when the notice was recalled or replaced, if it was.

    Raises Untrusted or Malformed as ``combine`` does, also for a branch's tally of another notice.
    """
    if any(tally.notice_id != notice_id for tally in branches.values()):
        raise Malformed("a tally below {domain} is about another notice", domain=domain)
    counts = combine(domain, own, branches)
    waiting = [reader.address for reader in own if reader.state not in _ANSWERED]
    back = [_returned_by(reader) for reader in own if reader.state is ReaderState.RETURNED]
    names = sorted([*waiting, *(address for tally in branches.values() for address in tally.unsigned)])
    refused = sorted([*back, *(body for t in branches.values() for body in t.returned)], key=lambda body: body.address)
    return Tally(
        notice_id=notice_id,
        domain=domain,
        serial=serial,
        counts=counts,
        unsigned=tuple(names[:MAX_NAMES]),
        unsigned_more=sum(c.meant - c.signed - c.returned for c in counts) - len(names[:MAX_NAMES]),
        returned=tuple(refused[:MAX_NAMES]),
        returned_more=sum(c.returned for c in counts) - len(refused[:MAX_NAMES]),
        root=None if root is None else root.hex(),
        at_recall=at_recall(own, [t.at_recall for t in branches.values()], recalled_at) if recalled_at else None,
    )


def _precedence(reader: Reader) -> tuple[int, tuple[float, str], str, str]:
    """What stands against another fact about the same reader: answers, then receipts, the earlier of each first."""
    rank = 0 if reader.state in _ANSWERED else 1 if reader.state is ReaderState.HAS else 2
    return rank, _moment(reader.signed_at or reader.has_at), reader.proof or "", reader.state + reader.reason


def _moment(at: datetime | None) -> tuple[float, str]:
    """An instant's order; of one instant written with two offsets always the same comes first."""
    return (0.0, "") if at is None else (at.timestamp(), at.isoformat())


def _count(domain: str, own: Sequence[Reader]) -> Count:
    if len({reader.address for reader in own}) != len(own) or any(domain_of(r.address) != domain for r in own):
        raise ValueError("own readers are authorities of the domain itself, each once")
    return Count(
        level=level_of(domain),
        meant=len(own),
        has=sum(reader.state is not ReaderState.NONE for reader in own),
        signed=sum(reader.state is ReaderState.SIGNED for reader in own),
        returned=sum(reader.state is ReaderState.RETURNED for reader in own),
    )


def _add(a: Count | None, b: Count) -> Count:
    if a is None:
        return b
    fields = ("meant", "has", "signed", "returned")
    return Count(level=b.level, **{field: getattr(a, field) + getattr(b, field) for field in fields})


def _returned_by(reader: Reader) -> ReturnedBy:
    return ReturnedBy(address=reader.address, reason=reader.reason)
