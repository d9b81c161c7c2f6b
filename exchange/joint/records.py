"""Records of joint documents and of who has signed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.joint.states import JointSeat, JointState
from exchange.paging import Place


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
