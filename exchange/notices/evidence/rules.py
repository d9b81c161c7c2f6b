"""Evidence: does a count hold against the receipts that its relay offices show?

Pure comparison; that each receipt is what it says has been verified before (exchange.notices.evidence.originals).
A count is a relay office's own word. It holds as far as every leaf of its root is shown to be an authority's own
signature; a relay office that has invented one cannot show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from exchange.directory.hierarchy import domain_of, is_within, level_of, relay_of, superior_of
from exchange.language import Text
from exchange.language.names import READERS, coded
from exchange.schemas import Count, Reader, ReaderState, ReceiptsRequest, Rest, Tally

_ANSWERS = (ReaderState.SIGNED, ReaderState.RETURNED)


@dataclass(frozen=True)
class DomainEvidence:
    """What one domain's relay office has shown of its count, all parts that came of one request."""

    tally: Tally
    proofs: tuple[str, ...]
    branches: tuple[Rest, ...]
    rebuilt: str | None
    """The root over ``proofs`` and the roots of ``branches``; None where there are none."""
    whole: bool
    """Whether all parts have come."""
    facts: tuple[Reader, ...] = ()
    """What the verified receipts amount to; ``proof`` is the digest of each."""
    faults: tuple[Text, ...] = ()
    """What was shown and does not verify, or parts that differ."""


@dataclass(frozen=True)
class Missing:
    """Receipts that a domain counts and did not show."""

    domain: str
    number: int


@dataclass(frozen=True)
class EvidenceFault:
    """Where what a domain's relay office says or shows goes against something."""

    domain: str
    why: Text


@dataclass(frozen=True)
class Evidence:
    """A count held against what was shown."""

    proved: tuple[Reader, ...] = ()
    """Authorities whose signature was verified and stands under the root of a tally."""
    missing: tuple[Missing, ...] = ()
    faults: tuple[EvidenceFault, ...] = ()
    waiting: tuple[str, ...] = ()
    """Domains from which nothing, or not everything, has come yet."""
    moved: tuple[str, ...] = ()
    """Domains that have counted more since the level above told of them: asked again, they are the same."""
    answered: tuple[str, ...] = ()
    """Domains that have shown all they had."""

    @property
    def holds(self) -> bool:
        """Whether everything that was asked for has come, and every count rests on receipts that hold."""
        return bool(self.answered) and not (self.missing or self.faults or self.waiting or self.moved)


def on_way(domain: str, request: ReceiptsRequest) -> bool:
    """Return whether a request concerns a domain: it lies between the asker and what is asked for, or below that."""
    return is_within(request.domain, domain) or (request.body is None and is_within(domain, request.domain))


def shows(domain: str, request: ReceiptsRequest) -> bool:
    """Return whether a domain's own receipts are asked for.

    One that lies only on the way shows its root's leaves alone.
    """
    return domain == request.domain or (request.body is None and is_within(domain, request.domain))


def may_ask(asker: str, origin: str, domain: str) -> bool:
    """Return whether what ``domain`` has counted of a notice is shown to ``asker``.

    It is shown to the origin, or a relay office above.
    """
    if asker == origin:
        return True
    home = domain_of(asker)
    return asker == relay_of(home) and is_within(domain, home) and is_within(home, domain_of(origin))


def judge(request: ReceiptsRequest, top: str, told: Tally | None, accounts: Mapping[str, DomainEvidence]) -> Evidence:
    """Compare what was shown with what was counted.

    Goes from domain ``top``, whose tally ``told`` is on record here, down.
    """
    proved: list[Reader] = []
    missing: list[Missing] = []
    faults: list[EvidenceFault] = []
    waiting: list[str] = []
    moved: list[str] = []
    answered: list[str] = []
    if told is not None and top in accounts:
        _compare(told.domain, Rest(domain=top, serial=told.serial, counts=told.counts, root=told.root),
                 accounts[top].tally, faults, moved)  # fmt: skip
    for domain in _concerned(request, top, accounts):
        account = accounts.get(domain)
        (waiting if account is None or not account.whole else answered).append(domain)
        if account is None:
            continue
        faults += [EvidenceFault(domain, why) for why in (*account.faults, *_within(account, request))]
        for rest in account.branches:
            below = accounts.get(rest.domain)
            if below is not None:
                _compare(domain, rest, below.tally, faults, moved)
        if shows(domain, request):
            proved += [fact for fact in account.facts if fact.proof in account.proofs]
            unshown = _unshown(account, request)
            if account.whole and unshown:
                missing.append(Missing(domain, unshown))
    return Evidence(
        tuple(sorted(proved, key=lambda fact: fact.address)), tuple(missing), tuple(faults),
        tuple(waiting), tuple(moved), tuple(answered),
    )  # fmt: skip


def _concerned(request: ReceiptsRequest, top: str, accounts: Mapping[str, DomainEvidence]) -> Iterator[str]:
    """The domains that are to answer, as far as those above have named them; each once, the highest first."""
    ahead, seen = [top], {top}
    while ahead:
        domain = ahead.pop(0)
        yield domain
        account = accounts.get(domain)
        for rest in account.branches if account is not None else ():
            if rest.domain not in seen and superior_of(rest.domain) == domain and on_way(rest.domain, request):
                seen.add(rest.domain)
                ahead.append(rest.domain)


def _compare(upper: str, rest: Rest, tally: Tally, faults: list[EvidenceFault], moved: list[str]) -> None:
    """What the level above rests on, against what the level itself shows."""
    if rest.serial != tally.serial:
        moved.append(tally.domain)
    elif (rest.counts, rest.root) != (tally.counts, tally.root):
        faults.append(
            EvidenceFault(
                upper,
                Text(
                    "tally {serial} of {domain} is another here than the one shown there",
                    {"serial": rest.serial, "domain": tally.domain},
                ),
            )
        )


def _within(account: DomainEvidence, request: ReceiptsRequest) -> Iterator[Text]:
    """What goes against itself in one domain's account."""
    tally, domain = account.tally, account.tally.domain
    if account.rebuilt != tally.root:
        yield Text("the root that was signed is not that of what it is said to rest on")
    below = [rest.domain for rest in account.branches]
    if len(set(below)) != len(below) or any(superior_of(one) != domain for one in below):
        yield Text("it rests on levels that are not directly below, or on one twice")
    counts = {count.level: count for count in tally.counts}
    own = counts.pop(level_of(domain), None)
    if (own.has if own is not None else 0) != len(account.proofs) or len(set(account.proofs)) != len(account.proofs):
        has = own.has if own is not None else 0
        counted = {"has": has, "receipts": len(account.proofs)}
        yield Text("it counts {has} authorities that have it, on {receipts} receipts", counted)
    if _numbers(counts.values()) != _numbers(c for rest in account.branches for c in rest.counts):
        yield Text("what it counts below is not what the levels below have told")
    yield from _against_receipts(account, request)


def _against_receipts(account: DomainEvidence, request: ReceiptsRequest) -> Iterator[Text]:
    """What the receipts say, against what was counted of them."""
    tally, facts = account.tally, account.facts
    for address, times in Counter(fact.address for fact in facts).items():
        if times > 1:
            yield Text("{address} is counted {times} times", {"address": address, "times": times})
    for fact in facts:
        if fact.proof not in account.proofs:
            yield Text("what {address} has signed is shown, and not counted", {"address": fact.address})
        if fact.state in _ANSWERS and fact.address in tally.unsigned:
            yield Text("{address} has answered, and is named as not having signed", {"address": fact.address})
    own = next((count for count in tally.counts if count.level == level_of(tally.domain)), None)
    if own is None or not account.whole or request.body is not None or _unshown(account, request):
        return
    shown = Counter(fact.state for fact in facts)
    for state, counted in ((ReaderState.SIGNED, own.signed), (ReaderState.RETURNED, own.returned)):
        if shown[state] != counted:
            said = {"counted": counted, "state": coded(READERS, state.value), "shown": shown[state]}
            yield Text("it counts {counted} as {state}, and {shown} have", said)


def _unshown(account: DomainEvidence, request: ReceiptsRequest) -> int:
    """Receipts that are counted, were asked for, and are not there."""
    shown = {fact.proof for fact in account.facts}
    if request.body is not None:
        return int(not any(fact.address == request.body and fact.proof in account.proofs for fact in account.facts))
    return sum(proof not in shown for proof in account.proofs)


def _numbers(counts: Iterable[Count]) -> dict[int, tuple[int, int, int, int]]:
    """Sums by level, without the levels of which nothing is counted."""
    found: dict[int, tuple[int, int, int, int]] = {}
    for one in counts:
        meant, has, signed, back = found.get(one.level, (0, 0, 0, 0))
        found[one.level] = (meant + one.meant, has + one.has, signed + one.signed, back + one.returned)
    return {level: numbers for level, numbers in found.items() if any(numbers)}
