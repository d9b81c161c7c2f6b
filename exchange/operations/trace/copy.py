"""All facts about one addressee's copy of a message, out of those of several stores."""

from __future__ import annotations

from exchange.operations.records.trace_facts import AsideFact, ReceiptFact, TraceFacts


class CopyFacts:
    """The facts about one addressee's copy."""

    def __init__(self, facts: TraceFacts, address: str) -> None:
        self.facts, self.address, self.message = facts, address, facts.message
        self.here = address in facts.members
        self.copy = next((one for one in facts.copies if one.addressee == address), None)
        sender = facts.message.sender
        self.taken = next((one for one in facts.taken if one.member == address and one.sender == sender), None)
        mine = (one for one in facts.aside if one.member == address and one.sender in (None, sender))
        self.aside = sorted(mine, key=lambda one: (one.first_at, one.id))
        self.transit = [one for one in facts.aside if one.member != address and one.stage == "transit"]
        self.handovers = [told for member, told in facts.handovers if (member, told.sender) == (address, sender)]
        self.receipt = next((one for one in facts.receipts if one.addressee == address), None)
        answers = (one for one in facts.answers if one.member == address)
        self.answers = sorted(answers, key=lambda one: (one.at, one.message_id))
        self.desk = next((one for one in facts.desks if one.member == address), None)

    @property
    def refused(self) -> AsideFact | None:
        """The dead letter that stands in the way now."""
        return self.aside[-1] if self.aside and self.taken is None else None

    @property
    def proven(self) -> ReceiptFact | None:
        return self.receipt if self.receipt is not None and not self.receipt.fault else None

    @property
    def waiting_in_queue(self) -> int | None:
        if self.copy is None or self.facts.queued is None:
            return None
        return self.facts.queued.get(self.copy.queue)
