"""Release: two people say that a message which came after its signer's certificate had ended is its owner's.

It is then handled like any other, by the time at which it first arrived and not by when it was released: an opinion
that came too late stays late. Whoever refuses it discards it, which takes two people as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from exchange.envelope import open_envelope
from exchange.errors import Conflict
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.incoming import Handler
from exchange.messaging.node import Node, Step
from exchange.messaging.receipts import OnSigned
from exchange.messaging.records import DeadLetter, Proposal
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.messaging.rules.withholding import withheld_for
from exchange.messaging.rules.wording import check_reason
from exchange.operations.dead_letters.redrive import RedriveOutcome, found_letter, redrive
from exchange.operations.dead_letters.rules import check_second


def propose_release(node: Node, id: str, by: str, why: str) -> DeadLetter:
    """Mark a letter as to be taken in although nothing proves when it was signed, once somebody else confirms.

    Raises CallerError without a reason, NotFound, SenderError for what does not verify, or Conflict for what no ended
    certificate has signed, or is proposed already.
    """
    reason = check_reason(why, "a release needs a reason", "say how you know that its sender wrote it")
    with node.step() as step:
        letter = found_letter(node, id)
        _expect_withheld(step, letter)
        if not step.tx[DeadLetters].propose(letter.serial, by, reason, step.now, Proposal.RELEASE):
            raise Conflict(
                "something is proposed for dead letter {id} by {proposed_by}",
                remedy="confirm it, or take that back",
                id=id,
                proposed_by=letter.proposed_by,
            )
        step.note("release-proposed", None, letter.message_id, letter=id, by=by)
    return letter


def confirm_release(
    node: Node, handlers: Mapping[str, Handler], on_signed: OnSigned | None, id: str, by: str
) -> RedriveOutcome:
    """Take in what somebody else has proposed to release.

    Raises Denied for one's own proposal, Conflict where no release is proposed, and what `redrive` raises.
    """
    letter = found_letter(node, id)
    check_second(letter.proposed_by if letter.proposal is Proposal.RELEASE else None, by)
    return redrive(node, handlers, on_signed, id, released_by=(letter.proposed_by or "", by))


def _expect_withheld(step: Step, letter: DeadLetter) -> None:
    if letter.stands_for_more:
        raise Conflict(
            "dead letter {id} stands for messages that are not kept: their sender sends them again",
            remedy="redrive, release or discard those that are kept, then discard this one; what comes then is kept",
            id=letter.id,
        )
    opened = open_envelope(letter.envelope, step.node.identity, step.node.directory, step.now)
    first_at = letter.first_at or step.now
    arrival = letter.arrival or Arrival(min(opened.header.created_at, first_at), first_at, ArrivalSource.SET_ASIDE)
    if withheld_for(step.node.directory, opened, arrival, first_at) is None:
        raise Conflict(
            "dead letter {id} waits for nobody's word: it is not of a certificate that had ended when it came",
            remedy="redrive it once its reason is repaired: exchange dead --redrive {id}",
            id=letter.id,
        )
