"""Joint documents: their records at the lead and at those who are asked to sign, and the store as it keeps them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from exchange.rules.joint_states import JointSeat, JointState
from exchange.rules.paging import Place


@dataclass(frozen=True, slots=True)
class JointRow:
    """A joint document as one of its signers has it."""

    joint_id: str
    """Also the id of the message that sent the text round."""
    seat: JointSeat
    state: JointState
    lead: str
    digest: str
    """SHA-256 of the bytes that all sign."""
    title: str
    number: str
    received_at: datetime
    answer_id: str | None = None
    """A signer's own signature or refusal."""
    settled_at: datetime | None = None
    ended_by: str | None = None
    """Who has refused or withdrawn it."""
    reasons: str | None = None
    issue_id: str | None = None
    """The message by which it went out."""
    issued_on: str | None = None

    @property
    def place(self) -> Place:
        """Its place in a list by time."""
        return self.received_at, self.joint_id


@dataclass(frozen=True, slots=True)
class JointSignatureRow:
    """One signer's place in a joint document at the lead, and its signature once it is there."""

    joint_id: str
    signer: str
    position: int
    at: datetime | None = None
    """When it was signed."""
    signature: bytes | None = None
    """COSE_Signature."""
    proof_id: str | None = None
    """The message that it came in."""


class Joints(Protocol):
    """Joint documents."""

    def open(self, row: JointRow, signatures: Sequence[JointSignatureRow] = ()) -> None:
        """A text was sent round, or has come; a lead has a place for every signer."""

    def get(self, joint_id: str) -> JointRow | None: ...

    def recent(self, limit: int = 100) -> list[JointRow]:
        """Newest first."""

    def count(self) -> int:
        """How many are on record."""

    def page(self, seat: JointSeat, state: JointState, after: Place | None, limit: int) -> list[JointRow]:
        """Those of one seat and state, oldest first, behind a place; for `exchange.rules.paging.every`."""

    def move(self, joint_id: str, before: Collection[JointState], after: JointState, **values: Any) -> bool:
        """One guarded UPDATE; ``values`` are columns of JointRow. True if this call moved it."""

    def signatures(self, joint_id: str) -> list[JointSignatureRow]:
        """All places, in the signers' order."""

    def take_signature(self, row: JointSignatureRow) -> bool:
        """Fills a signer's place, if it is empty or holds a later one; True if this call did."""
