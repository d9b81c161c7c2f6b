"""Counting: a relay office learns who has a notice and who has signed for it, and tells the level above in aggregate.

Facts about own authorities are their signed receipts and answers; of a lower level the newest signed tally holds.
What is told upward is one message a notice and round, however many authorities have moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exchange.audit import tree_root
from exchange.directory.hierarchy import relay_of
from exchange.errors import Implausible, Returned, SenderError
from exchange.language import Text
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.failing.apart import each_together
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.messaging.records import Signed
from exchange.messaging.rules.moments import check_after
from exchange.notices.records import BranchRow, NoticeRow, ReaderRow
from exchange.notices.rules.states import TAKEN_BACK, NoticeSeat
from exchange.notices.rules.tally import check_branch, leaves_of, merge, received, returned, signed_for, tally_of
from exchange.notices.store import Notices
from exchange.schemas import Body, Reader, Receipt, SignOff, Tally
from exchange.store.transaction import Transaction

_ROUND = 50
"""Notices of which one round tells."""
_REASON = 500
_NO_REASON = "no reason given"


def handlers() -> dict[str, Handler]:
    """Return the message handlers by which a relay office counts."""
    return {SignOff.KIND: take_sign_off, Tally.KIND: take_tally}


def on_signed(step: Step, moved: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
    """Handle the receipts of own authorities: they have received what was passed on, or their systems refused it."""
    notices = step.tx[Notices].forwarded_by({item.message_id for item in moved})
    for item, receipt in zip(moved, receipts, strict=True):
        row = notices.get(item.message_id)
        if row is None or row.seat is not NoticeSeat.RELAY:
            continue
        if item.accepted:
            fact = received(item.addressee, receipt.signed_for_at, item.proof)
        else:
            reason = (item.reason or _NO_REASON)[:_REASON]
            fact = returned(item.addressee, receipt.signed_for_at, reason, item.proof)
        _learn(step, row.notice_id, fact, item.receipt_id)


def take_sign_off(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that an authority of the own level signs for a notice, or sends it back."""
    answer = expect(body, SignOff)
    row = step.tx[Notices].get(answer.notice_id)
    if row is None or step.tx[Notices].reader(answer.notice_id, incoming.sender) is None:
        raise Returned("this notice was not passed on to you", code="not-entitled", remedy="sign for what came to you")
    if answer.digest != row.digest:
        raise Returned(
            "what was signed for is not what was issued", code="altered", remedy="report it to your relay office"
        )
    with returned_for(Implausible):
        check_after(Text("the answer"), answer.at, Text("the notice was passed on"), row.received_at)
    proof = incoming.opened.digest
    if answer.accepted:
        fact = signed_for(incoming.sender, answer.at, proof)
    else:
        fact = returned(incoming.sender, answer.at, answer.reason.strip()[:_REASON], proof)
    _learn(step, row.notice_id, fact, incoming.message_id)


def take_tally(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in how a notice stands at a lower level, as its relay office tells it.

    At the origin, the own relay office tells it.
    """
    tally = expect(body, Tally)
    row = step.tx[Notices].get(tally.notice_id)
    if row is None:
        raise Returned(
            "no notice {notice_id} here",
            code="unknown-notice",
            remedy="count what came from here",
            notice_id=tally.notice_id,
        )
    if incoming.sender != relay_of(tally.domain):
        raise Returned(
            "{sender} does not count for {domain}",
            code="not-entitled",
            remedy="count your own",
            sender=incoming.sender,
            domain=tally.domain,
        )
    if row.seat is NoticeSeat.ORIGIN:
        if incoming.sender != row.source:
            raise Returned("the origin hears from its own relay office", code="path", remedy="tell the level above")
        step.tx[Notices].set_branch(_branch(tally))
        return
    with returned_for(SenderError):
        check_branch(step.node.directory.domain, tally.domain, tally)
    if tally.domain not in {branch.domain for branch in step.tx[Notices].branches(row.notice_id)}:
        raise Returned(
            "nothing was passed on to {domain}",
            code="not-entitled",
            remedy="count what came to you",
            domain=tally.domain,
        )
    if step.tx[Notices].set_branch(_branch(tally)):
        step.tx[Notices].touch(row.notice_id)


def tell(node: Node) -> int:
    """Send a tally upward of every notice of which there is more to tell; returns the number of them."""
    return len(each_together(node, "tallies", _changed, tell_now, _ROUND))


def _changed(tx: Transaction, limit: int) -> list[tuple[str, NoticeRow]]:
    return [(row.notice_id, row) for row in tx[Notices].changed(limit)]


def tell_now(step: Step, row: NoticeRow) -> Tally:
    """Send a tally upward; returns it."""
    tally = tally_in(step.tx, row, step.node.directory.domain)
    step.send(tally, (row.source,), conversation_id=row.notice_id)
    step.tx[Notices].told(row.notice_id, row.serial + 1)
    return tally


def tally_in(tx: Transaction, row: NoticeRow, domain: str) -> Tally:
    """Return how a notice stands here and below, by what is on record."""
    own = [_reader(reader) for reader in tx[Notices].readers(row.notice_id)]
    found = tx[Notices].branches(row.notice_id)
    branches = {branch.domain: Tally.model_validate_json(branch.tally) for branch in found if branch.tally}
    leaves = leaves_of(own, branches)
    root = tree_root(leaves) if leaves else None
    recalled_at = row.settled_at if row.state in TAKEN_BACK else None
    return tally_of(row.notice_id, domain, row.serial + 1, own, branches, root, recalled_at)


def _learn(step: Step, notice_id: str, fact: Reader, message_id: str) -> None:
    """One more fact about an own reader; about anybody else it is nothing to us."""
    row = step.tx[Notices].reader(notice_id, fact.address)
    if row is None:
        return
    merged = merge(_reader(row), fact)
    proof_id = message_id if merged.proof == fact.proof else row.proof_id
    after = replace(
        row, state=merged.state, has_at=merged.has_at, settled_at=merged.signed_at,
        reason=merged.reason or None, proof=merged.proof, proof_id=proof_id,
    )  # fmt: skip
    if after != row:
        step.tx[Notices].set_reader(after)
    if (after.state, after.proof) != (row.state, row.proof):  # what else is kept of it, no tally tells
        step.tx[Notices].touch(notice_id)


def _reader(row: ReaderRow) -> Reader:
    return Reader(
        address=row.address,
        state=row.state,
        has_at=row.has_at,
        signed_at=row.settled_at,
        reason=row.reason or "",
        proof=row.proof,
    )


def _branch(tally: Tally) -> BranchRow:
    return BranchRow(tally.notice_id, tally.domain, tally.serial, tally.model_dump_json())
