"""Where a joint document stands at one of its signers, with what may follow what."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class JointSeat(StrEnum):
    """What an authority is to a joint document."""

    LEAD = "lead"
    SIGNER = "signer"


class JointState(StrEnum):
    """Where it stands. OPEN: at a signer, not answered yet. SIGNED: this signer has, others have not."""

    OPEN = "open"
    SIGNED = "signed"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OVER = frozenset({JointState.ISSUED, JointState.REFUSED, JointState.WITHDRAWN})
"""Ended, in one way or another."""
UNDER_WAY = frozenset({JointState.OPEN, JointState.SIGNED})
"""Not over yet."""

JOINTS = machine(
    "a joint document",
    {JointState.OPEN},
    {
        JointState.OPEN: {JointState.SIGNED} | OVER,
        JointState.SIGNED: OVER,
        **dict.fromkeys(OVER, ()),
    },
)


class SignerState(StrEnum):
    """Where one signer stands, as the lead or another signer knows it.

    ASKED, RECEIVED, RETURNED and FAILED are how the text's copy to it stands; UNKNOWN: only the lead knows.
    """

    SIGNED = "signed"
    ASKED = "asked"
    RECEIVED = "received"
    RETURNED = "returned"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
