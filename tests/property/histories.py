"""Lawful histories of a domain's messages as its stores tell them, for the properties of the reconciliation."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from hypothesis import strategies as st

from exchange.approval.rules.states import CaseState, PartState
from exchange.clock import CST
from exchange.messaging.records import OutboxState
from exchange.operations.reconciliation.books import Balance, Books
from exchange.operations.reconciliation.facts import CopyFact, DeadFact, Fact, MessageFact, PartFact, TakenFact
from exchange.operations.reconciliation.laws import judge

MEMBERS = ("hefei.fire", "hefei.planning", "hefei.relay", "hefei.window")
ELSEWHERE = ("anhui.office", "wuhu.office")
NOW = datetime(2026, 3, 2, 9, tzinfo=CST)

_NEAR = ("waiting", "unsendable", "confirming", "queued", "taken", "signed", "returned", "dead", "redriven", "given-up")
_FAR = ("waiting", "linked", "signed-there", "stuck", "given-up")
_PARTS = (
    (PartState.ISSUED, CaseState.OPEN), (PartState.SIGNED, CaseState.OPEN), (PartState.ESCALATED, CaseState.OPEN),
    (PartState.ESCALATED, CaseState.DECIDED), (PartState.ANSWERED, CaseState.OPEN), (PartState.DEEMED, CaseState.READY),
    (PartState.REFUSED, CaseState.READY), (PartState.MOOT, CaseState.DECIDED), (PartState.MOOT, CaseState.WITHDRAWN),
)  # fmt: skip


@dataclass
class History:
    """Facts of all stores, and how many messages lie in each member's queues."""

    facts: list[Fact] = field(default_factory=list)
    depths: Counter[str] = field(default_factory=Counter)
    silent: set[int] = field(default_factory=set)
    """Positions of facts whose absence changes nothing: the message then only seems to be less far on its way, or
    what it was before lies elsewhere too."""

    def add(self, fact: Fact, *, silent: bool = False) -> None:
        if silent:
            self.silent.add(len(self.facts))
        self.facts.append(fact)


def closed(facts: Sequence[Fact], depths: Counter[str]) -> Balance:
    """The books over these facts, message by message."""
    books = Books()
    for message_id, of_message in groupby(sorted(facts, key=lambda one: one.message_id), lambda one: one.message_id):
        books.enter(message_id, judge(of_message, MEMBERS))
    return books.balance(depths)


def copy(message_id: str, sender: str, addressee: str, state: str, *, sent: bool = True, **more: object) -> CopyFact:
    """A copy in an outbox; with a receipt where it is settled."""
    signed = state in ("delivered", "returned") and bool(more.get("needs_receipt", True))
    return CopyFact(
        message_id, sender, addressee, OutboxState(state), sent, bool(more.get("needs_receipt", True)),
        "receipt" if signed else None, signed, NOW,
    )  # fmt: skip


def taken(message_id: str, sender: str, member: str, *, accepted: bool = True) -> TakenFact:
    """A message in an inbox."""
    return TakenFact(message_id, sender, member, accepted, f"digest {message_id}", True, NOW)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Some messages, each copy somewhere lawful."""
    history = History()
    for _ in range(draw(st.integers(1, 12))):
        message_id = str(uuid.UUID(int=draw(st.integers(0, 2**128 - 1)), version=4))
        if any(fact.message_id == message_id for fact in history.facts):
            continue
        kind = draw(st.sampled_from(["letter", "consultation", "receipt", "from-elsewhere", "foreign-letter"]))
        if kind == "from-elsewhere":
            history.add(taken(message_id, draw(st.sampled_from(ELSEWHERE)), MEMBERS[0]), silent=True)
        elif kind == "foreign-letter":
            history.add(DeadFact(message_id, draw(st.sampled_from([None, *MEMBERS])), MEMBERS[0], False), silent=True)
        else:
            _message(draw, history, message_id, kind)
    return history


def _message(draw: st.DrawFn, history: History, message_id: str, kind: str) -> None:
    sender = draw(st.sampled_from(MEMBERS))
    others = st.sampled_from(MEMBERS[:2] if kind == "consultation" else (*MEMBERS, *ELSEWHERE))
    addressees = draw(st.lists(others, min_size=1, max_size=3, unique=True))
    digest = f"digest {message_id}"
    history.add(MessageFact(message_id, sender, kind == "consultation", digest, len(addressees)))
    for addressee in addressees:
        if kind == "receipt":
            _receipt(draw, history, message_id, sender, addressee)
        else:
            fate = draw(st.sampled_from(_NEAR if addressee in MEMBERS else _FAR))
            _copy(history, message_id, sender, addressee, fate)
        if kind == "consultation":
            state, case_state = draw(st.sampled_from(_PARTS))
            history.add(PartFact(message_id, sender, addressee, "HF-1", state, case_state, True))


def _receipt(draw: st.DrawFn, history: History, message_id: str, sender: str, addressee: str) -> None:
    history.add(copy(message_id, sender, addressee, "delivered", needs_receipt=False))
    if addressee in MEMBERS and draw(st.booleans()):
        history.add(taken(message_id, sender, addressee))
    elif addressee in MEMBERS:
        history.depths[addressee] += 1


def _copy(history: History, message_id: str, sender: str, addressee: str, fate: str) -> None:
    states = {
        "waiting": "written", "unsendable": "failed", "confirming": "written", "signed": "delivered",
        "signed-there": "delivered", "redriven": "delivered", "returned": "returned", "given-up": "failed",
    }  # fmt: skip
    sent = fate not in ("waiting", "unsendable", "confirming")
    history.add(copy(message_id, sender, addressee, states.get(fate, "sent"), sent=sent))
    if fate == "queued":
        history.depths[addressee] += 1
    if fate in ("confirming", "taken", "signed", "returned", "redriven"):
        history.add(taken(message_id, sender, addressee, accepted=fate != "returned"), silent=fate == "confirming")
    if fate in ("dead", "redriven"):
        history.add(DeadFact(message_id, sender, addressee, False), silent=fate == "redriven")
    if fate == "stuck":
        history.add(DeadFact(message_id, sender, "hefei.relay", True), silent=True)
