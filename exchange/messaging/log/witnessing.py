"""The round in which members witness each other's logs: heads are shown to peers, theirs are held and countersigned.

Whom a member shows its heads: the first two of its domain to whom it writes anyway, and the relay office of the level
above where it writes there. What came is a hint from anybody, and proves itself or changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exchange.audit.log.cosignatures import (
    COSIGNATURE_LIMIT,
    CosignedHead,
    open_cosignature,
    read_cosignature,
    sign_cosignature,
)
from exchange.audit.log.growth import HeadStanding, growth_file, offer, read_offer, standing_of
from exchange.audit.log.heads import SignedHead, open_log_head, read_log_head
from exchange.audit.log.receipts import consistency_receipt
from exchange.audit.log.restorations import SignedRestoration, read_restoration
from exchange.clock import monotonic
from exchange.directory.addressing import home_of
from exchange.directory.hierarchy import relay_of, superior_of
from exchange.errors import CallerError, SenderError
from exchange.machine.logger import get_logger
from exchange.messaging.hints.logs import HEAD, RESTORED, SEEN
from exchange.messaging.log.bridging import (
    goes_on_restored,
    note_lost,
    of_ended_history,
    take_restoration,
    untold_to,
)
from exchange.messaging.log.restorations import LogRestorations
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.messaging.log.witnesses import LogDispute, LogWitness, Witnesses
from exchange.messaging.node import Node, Step
from exchange.schemas import Role

log = get_logger()

PEERS = 2
"""Members of the own domain who are shown the heads of a log."""
_LOOK_APART = 15.0
"""Seconds between two looks whether there is a new head to show."""
_EVERY = 60.0
"""Seconds between two heads for one witness, at least."""


class Witnessing:
    """When a member shows its heads, and what it does with others'; for one round's thread."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._next_look = 0.0
        self._newest = 0
        """Entries of the newest head at the last look."""
        self._shown: dict[str, tuple[int, float]] = {}
        """By witness: the size of the head that it was last shown, and when."""

    def look(self, node: Node) -> int:
        """Look at what came, and show a new head, if it is time; returns how many heads were countersigned.

        Raises DatabaseUnavailable, or what signing raises.
        """
        done = sum(_take(node, name, data) for name, data in dict.fromkeys(node.beside.heard()))
        now = self._now()
        if now >= self._next_look:
            self._next_look = now + _LOOK_APART
            self._show(node, now)
        return done

    def _show(self, node: Node, now: float) -> None:
        with node.store.reading() as tx:
            kept = tx[MemberLog]
            newest = kept.newest()
            if newest is None:
                return
            witnesses = tx[Witnesses].all()
            standing = [one for one in witnesses if _may_witness(node, one.address)]
            looks = newest.size > self._newest
            missing = _missing(node, standing, tx[Witnesses].recent_addressees) if looks else []
            due = [one for one in standing if self._is_due(one, newest.size, now)]
            untold = untold_to(tx[LogRestorations].of(node.address), tx[Witnesses].witnessed_by())
            base = untold.size if untold is not None else 0
            offers = {one.address: offer(newest.signed, _growth(kept, one.size or base, newest)) for one in due}
            first = offer(newest.signed, _growth(kept, base, newest))
        offers |= dict.fromkeys(missing, first)
        self._newest = newest.size
        gone = [one.address for one in witnesses if one not in standing]
        if not offers and not gone:
            return
        with node.step() as step:
            step.tx[Witnesses].forget(gone)
            step.tx[Witnesses].choose(missing, step.now)
            step.tx[Witnesses].offered(list(offers), step.now)
        for address, shown in offers.items():
            self._shown[address] = newest.size, now
            node.beside.put(address, HEAD, shown)
            if untold is not None and address in untold.addresses(offers):
                node.beside.put(address, RESTORED, untold.signed)

    def _is_due(self, one: LogWitness, size: int, now: float) -> bool:
        shown, at = self._shown.get(one.address, (0, now - _EVERY))
        return size > max(shown, one.size) and now - at >= _EVERY


def _missing(node: Node, standing: list[LogWitness], recent: Callable[[], list[str]]) -> list[str]:
    """Whom the newest messages went to, for the places that are free."""
    there = {one.address for one in standing}
    peers = PEERS - sum(home_of(one) == node.domain for one in there)
    above = not any(home_of(one) != node.domain for one in there) and superior_of(node.domain) is not None
    if peers <= 0 and not above:
        return []
    fit = [one for one in recent() if one not in there and _may_witness(node, one)]
    own = [one for one in fit if home_of(one) == node.domain]
    return own[: max(0, peers)] + ([one for one in fit if home_of(one) != node.domain][:1] if above else [])


def _may_witness(node: Node, address: str) -> bool:
    """A member of the domain that is no online window, or the relay office of the level above; not revoked."""
    superior = superior_of(node.domain)
    if home_of(address) != node.domain and (superior is None or address != relay_of(superior)):
        return False
    try:
        member = node.directory.member(address)
    except CallerError:
        return False
    return address != node.address and member.revoked_at is None and Role.PORTAL not in member.roles


def _growth(kept: MemberLog, before: int, newest: KeptHead) -> bytes:
    """What leads from the head that a witness holds to the newest one; nothing where it holds none."""
    if not 0 < before < newest.size:
        return b""
    x5t, path = open_log_head(newest.signed).x5t, kept.tiles.consistency(before, newest.size)
    receipt = consistency_receipt(before, newest.size, path, x5t, newest.root_signature)
    return growth_file(kept.tiles.root(before), receipt)


def _take(node: Node, name: str, data: bytes) -> int:
    """Take what came beside a message; returns whether a head was countersigned. What proves nothing is passed over."""
    try:
        if name == HEAD:
            return _take_head(node, data)
        if name == RESTORED:
            take_restoration(node, read_restoration(data, node.directory, node.clock.now()))
            return 0
        if len(data) <= COSIGNATURE_LIMIT:
            _take_cosignature(node, read_cosignature(data, node.directory, node.clock.now()))
    except SenderError as error:
        log.info("log.passed-over", node=node.address, code=error.code, reason=str(error))
    return 0


def _take_head(node: Node, data: bytes) -> int:
    """Hold a head that is shown, and countersign it, where it begins with the one that is held."""
    signed, growth = read_offer(data)
    shown = read_log_head(signed, node.directory, node.clock.now())
    origin = shown.head.origin
    if origin == node.address:
        return 0
    with node.step() as step:
        held = step.tx[Witnesses].held(origin)
        before = open_cosignature(held.signed).head if held is not None else None
        stands = _standing(before, shown, growth, node)
        grows = stands is HeadStanding.GROWN
        if before is not None and not grows and stands is not HeadStanding.KNOWN:
            grows = goes_on_restored(step, before, shown, growth)
        if held is None or before is None or grows:
            answer = sign_cosignature(node.identity, signed, step.now)
            step.tx[Witnesses].hold(origin, shown.head.size, answer, step.now)
        else:
            answer = held.signed
            if stands.contradicts:
                _dispute(step, LogDispute(origin, stands, node.address, step.now, before, signed, growth))
    node.beside.put(origin, SEEN, answer)
    return int(grows)


def _standing(before: bytes | None, shown: SignedHead, growth: bytes, node: Node) -> HeadStanding:
    """The held one was verified when it came; whose certificate has been revoked since has signed it all the same."""
    if before is None:
        return HeadStanding.GROWN
    return standing_of(open_log_head(before).head, shown, growth, node.directory)


def _take_cosignature(node: Node, cosigned: CosignedHead) -> None:
    """Keep what a witness has countersigned of the own log, and hold the log against it."""
    head, witness = cosigned.head.head, cosigned.body.witness
    if head.origin != node.address:
        return
    with node.step() as step:
        ended = of_ended_history(step.tx[LogRestorations].verified(node.address, node.directory), head)
        if ended is not None:
            note_lost(step, ended, head.size)
            step.tx[Witnesses].holds(witness, ended.body.size, answered=False)
            return
        found = contradicted(step.tx[MemberLog], cosigned)
        if found is not None:
            stands, shown, growth = found
            dispute = LogDispute(node.address, stands, witness, step.now, cosigned.head.signed, shown, growth)
            _dispute(step, dispute)
        known = next((one.size for one in step.tx[Witnesses].all() if one.address == witness), None)
        if known is not None:
            answered = found is None and _goes_on(head.size, known, step.tx[MemberLog].newest())
            step.tx[Witnesses].holds(witness, head.size, answered=answered)
            if found is None:
                step.tx[Witnesses].add(cosigned)


def _goes_on(size: int, known: int, newest: KeptHead | None) -> bool:
    """Whether a cosignature answers what its witness was shown: it covers more than the one before, or all there is.

    Whoever is shown a head without what leads to it says again what it holds, and has countersigned nothing new.
    """
    return size > known or (newest is not None and size == newest.size)


def contradicted(
    kept: MemberLog, cosigned: CosignedHead, restorations: Sequence[SignedRestoration] = ()
) -> tuple[HeadStanding, bytes, bytes] | None:
    """Hold a log against a head of it that somebody has; None where it begins with that.

    Nor does one contradict that is of a history which a restoration has ended. Else returns how, the log's own newest
    head, and what proves that this one is of another history.
    """
    head, newest = cosigned.head.head, kept.newest()
    if of_ended_history(restorations, head) is not None:
        return None
    if newest is None or newest.size < head.size:
        return HeadStanding.SHORTER, newest.signed if newest is not None else b"", b""
    if kept.tiles.root(head.size).hex() == head.root:
        return None
    return HeadStanding.FORKED, newest.signed, _growth(kept, head.size, newest)


def _dispute(step: Step, found: LogDispute) -> None:
    """Keep two heads that contradict each other, once, and say so in the journal."""
    if not step.tx[Witnesses].dispute(found):
        return
    reason = str(found.text)
    step.note("log-disputed", None, None, origin=found.origin, witness=found.witness, standing=found.standing)
    log.error("log.disputed", node=step.node.address, reason=reason, remedy="keep the databases as they are")
