"""All rules of this room."""

from __future__ import annotations

from exchange.joint.attested.signatures import SIGNATURE_PAPERS, SIGNATURES
from exchange.joint.attested.standing import JOINT_PAPERS, JOINTS_HELD

JOINT_ROWS = (JOINTS_HELD, SIGNATURES)
JOINT_ROOM_PAPERS = (*JOINT_PAPERS, *SIGNATURE_PAPERS)
