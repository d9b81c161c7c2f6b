"""Discard: a dead letter that nobody needs is put out of the way, by two people and with a reason.

Its row stays, with its bytes, and with who, when and why. It holds up nothing any more; therefore an authentic opinion
on a case that still waits for its department is not discarded at all, neither when it is proposed nor when it is
confirmed: that would turn a failure of ours into the department's silence. One that waits for two people, since nothing
proves when it was signed, is another matter: it is theirs to refuse. What comes again under a message id that
was discarded is taken in as ever, and counts as arrived when it first did.
"""

from __future__ import annotations

from exchange.approval.window.acting.substitutes import speaks_for
from exchange.approval.window.set_aside import cases_meant
from exchange.approval.window.store import Cases
from exchange.errors import Conflict, NotFound
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node, Step
from exchange.messaging.records import DeadLetter, Proposal
from exchange.messaging.rules.withholding import WITHHELD
from exchange.operations.dead_letters.rules import check_reason, check_second, protects, refuse_protecting


def propose_discard(node: Node, id: str, by: str, why: str) -> DeadLetter:
    """Mark a letter as to be discarded, once somebody else confirms.

    Raises CallerError without a reason, NotFound, or Conflict for one that protects its department or is proposed.
    """
    reason = check_reason(why)
    with node.step() as step:
        letter = _open_letter(step, id)
        if letter.proposed_by is not None or not step.tx[DeadLetters].propose(letter.serial, by, reason, step.now):
            raise Conflict(
                "dead letter {id} is proposed by {proposed_by}",
                remedy="confirm it, or take that back",
                id=id,
                proposed_by=letter.proposed_by,
            )
        step.note("discard-proposed", None, None, letter=id, code=letter.reason_code, by=by)
    return letter


def withdraw_discard(node: Node, id: str, by: str) -> DeadLetter:
    """Withdraw a proposal; anybody may. Raises NotFound, or Conflict where there is none."""
    with node.step() as step:
        letter = _found(step, id)
        if not step.tx[DeadLetters].withdraw(letter.serial):
            raise Conflict("nothing is proposed for dead letter {id}", remedy="look at it again", id=id)
        step.note("discard-withdrawn", None, None, letter=id, by=by)
    return letter


def confirm_discard(node: Node, id: str, by: str) -> DeadLetter:
    """Discard what somebody else has proposed.

    Raises NotFound, Denied for one's own proposal, or Conflict where nothing is proposed or it protects its department.
    """
    with node.step() as step:
        letter = _open_letter(step, id)
        check_second(letter.proposed_by if letter.proposal is Proposal.DISCARD else None, by)
        if not step.tx[DeadLetters].discard(letter.serial, by, step.now):
            raise Conflict("dead letter {id} is gone", remedy="another operator has redriven or discarded it", id=id)
        step.note("discarded", None, None, letter=id, code=letter.reason_code, by=by, proposed_by=letter.proposed_by)
    return letter


def protected_by(step: Step, letter: DeadLetter) -> str | None:
    """Return a case that waits for its department, on which a letter is an authentic opinion that is not on record."""
    sender = letter.sender or ""
    if letter.reason_code == WITHHELD or step.tx[Inbox].known([(sender, letter.message_id or "")]):
        return None
    for number in cases_meant(step.tx, step.node, letter, sender):
        case = step.tx[Cases].get(number)
        for part in step.tx[Cases].parts(number):
            own = letter.arrival is not None and speaks_for(step.node, step.tx, sender, part, letter.arrival.earliest)
            if case is not None and own and protects(case.state, part.state):
                return number
    return None


def _found(step: Step, id: str) -> DeadLetter:
    letter = step.tx[Inbox].dead_letter(id)
    if letter is None or letter.discarded_at is not None:
        raise NotFound(
            "no dead letter {id!r} at {address}", remedy="`exchange dead` lists them", id=id, address=step.node.address
        )
    return letter


def _open_letter(step: Step, id: str) -> DeadLetter:
    letter = _found(step, id)
    protected = protected_by(step, letter)
    if protected is not None:
        raise refuse_protecting(id, protected, letter.sender or "")
    return letter
