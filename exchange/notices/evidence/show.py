"""Show: a relay office that has counted a notice shows, when asked from above, the signed originals it rests on.

The request goes down level by level, in the name of each relay office that passes it on. What is shown goes straight to
whoever asked, sealed for it, through the relay offices between unopened. Nothing is written but messages, so that a
request that is repeated does no harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange.audit import prove_receipt
from exchange.directory.hierarchy import relay_of
from exchange.envelope import pack_leaves, unpack_leaves
from exchange.errors import Malformed, Returned
from exchange.messaging.checks import expect
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.messaging.receipts import read_receipt
from exchange.messaging.records import StoredDocument
from exchange.messaging.rules.splitting import groups, parts
from exchange.notices.counting import tally_in, tell_now
from exchange.notices.evidence.rules import may_ask, on_way, shows
from exchange.notices.records import NoticeRow, ReaderRow
from exchange.notices.rules.states import NoticeSeat
from exchange.notices.store import Notices
from exchange.schemas import (
    MAX_ADDRESSEES,
    MAX_SHOWN,
    Body,
    ReceiptsRequest,
    ReceiptsShown,
    Rest,
    Shown,
    ShownSort,
    SignOff,
    Tally,
)
from exchange.store.transaction import Transaction

ROOM = 1_048_576
"""Bytes of originals in one part; an envelope takes eight times as many."""


@dataclass(frozen=True)
class Original:
    """What an authority has signed, as it is on record; of a receipt also the id of what it is a receipt of."""

    shown: Shown
    data: bytes
    of: str | None = None


def handlers() -> dict[str, Handler]:
    """Return the message handlers by which a relay office shows its receipts."""
    return {ReceiptsRequest.KIND: take_request}


def take_request(step: Step, incoming: Incoming, body: Body) -> None:
    """Show what was asked for to whoever asked, and pass the request on to the levels below that it concerns."""
    request = expect(body, ReceiptsRequest)
    row = step.tx[Notices].get(request.notice_id)
    own = step.node.directory.domain
    if row is None or row.seat is not NoticeSeat.RELAY:
        raise Returned(
            "no notice {notice_id} here",
            code="unknown-notice",
            remedy="ask about what came here",
            notice_id=request.notice_id,
        )
    if incoming.sender != row.source or not may_ask(request.asker, row.origin, own):
        raise Returned(
            "what is counted here is shown to the notice's origin and to relay offices above",
            code="not-entitled",
            remedy="ask through the relay office that passed the notice on",
        )
    if not on_way(own, request):
        raise Returned(
            "{own} is not on the way to {domain}",
            code="path",
            remedy="ask the domain itself",
            own=own,
            domain=request.domain,
        )
    if not step.node.reachable((request.asker,)):
        raise Returned(
            "{asker} cannot be written to from here", code="unknown-asker", remedy="ask once more", asker=request.asker
        )
    for page, enclosures in pages_here(step.tx, row, _told(step, row), own, request):
        step.send(page, (request.asker,), conversation_id=row.notice_id, enclosures=enclosures)
    pass_down(step, row, request)
    step.note("receipts-shown", None, incoming.message_id, notice=row.notice_id, asker=request.asker)


def pass_down(step: Step, row: NoticeRow, request: ReceiptsRequest) -> None:
    """Ask the levels directly below that have to do with a request."""
    below = [one.domain for one in step.tx[Notices].branches(row.notice_id) if on_way(one.domain, request)]
    for group in groups([relay_of(domain) for domain in below], MAX_ADDRESSEES):
        step.send(request, group, conversation_id=row.notice_id)


def pages_here(
    tx: Transaction, row: NoticeRow, tally: Tally, own: str, request: ReceiptsRequest
) -> Iterator[tuple[ReceiptsShown, list[bytes]]]:
    """Yield the parts of what is shown of the own level, with their enclosures."""
    readers = [reader for reader in tx[Notices].readers(row.notice_id) if reader.proof is not None]
    wanted = [one for one in readers if shows(own, request) and request.body in (None, one.address)]
    originals = [found for reader in wanted if (found := _original(tx, reader)) is not None]
    cut = parts([len(one.data) for one in originals], MAX_SHOWN, ROOM)
    for number, places in enumerate(cut, start=1):
        shown = [originals[place] for place in places]
        page = ReceiptsShown(
            request_id=request.request_id,
            notice_id=row.notice_id,
            tally=tally,
            proofs=tuple(sorted(reader.proof for reader in readers if reader.proof is not None)),
            branches=tuple(rests_of(tx, row.notice_id)),
            part=number,
            parts=len(cut),
            shown=tuple(one.shown for one in shown),
        )
        yield page, _enclosures(tx, relay_of(own), shown)


def rests_of(tx: Transaction, notice_id: str) -> Iterator[Rest]:
    """Yield what the levels directly below have told, by domain."""
    for branch in tx[Notices].branches(notice_id):
        told = Tally.model_validate_json(branch.tally) if branch.tally else None
        if told is None:
            yield Rest(domain=branch.domain, serial=0)
        else:
            yield Rest(domain=branch.domain, serial=told.serial, counts=told.counts, root=told.root)


def _told(step: Step, row: NoticeRow) -> Tally:
    """The tally that is shown is one that the level above gets, too."""
    if row.changed or not row.serial:
        return tell_now(step, row)
    return tally_in(step.tx, row, step.node.directory.domain).model_copy(update={"serial": row.serial})


def _original(tx: Transaction, reader: ReaderRow) -> Original | None:
    """What a reader's standing rests on; None where it is not on record as it was counted."""
    stored = tx[Documents].get(reader.address, reader.proof_id or "")
    if stored is None:
        return None
    if stored.kind == SignOff.KIND:
        same = hashlib.sha256(stored.signed).hexdigest() == reader.proof
        return Original(Shown(address=reader.address, sort=ShownSort.SIGN_OFF), stored.signed) if same else None
    return _receipt(stored, reader)


def _receipt(stored: StoredDocument, reader: ReaderRow) -> Original | None:
    try:
        leaves = unpack_leaves(stored.enclosures[0]) if stored.enclosures else []
    except Malformed:
        return None
    for index, leaf in enumerate(leaves):
        if hashlib.sha256(leaf).hexdigest() == reader.proof:
            proof = prove_receipt(stored.signed, leaves, index).as_json()
            try:
                of = read_receipt(leaf).message_id
            except Malformed:  # on record from when receipts of any year were taken; nobody could verify it
                return None
            return Original(Shown(address=reader.address, sort=ShownSort.RECEIPT), proof, of)
    return None


def _enclosures(tx: Transaction, relay: str, shown: Sequence[Original]) -> list[bytes]:
    if not shown:
        return []
    passed = dict.fromkeys(one.of for one in shown if one.of is not None)
    stored = [found.signed for id in passed if (found := tx[Documents].get(relay, id)) is not None]
    originals = pack_leaves([one.data for one in shown])
    return [originals, pack_leaves(stored)] if stored else [originals]
