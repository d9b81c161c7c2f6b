"""Tables of joint documents and their signatures."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, literal_column

from exchange.joint.states import JointSeat, JointState
from exchange.store.metadata import metadata, partial_index
from exchange.store.types import EnumWord, FreeText, Instant

joint = Table(
    "joint",
    metadata,
    Column("joint_id", String(36), primary_key=True),
    Column("seat", EnumWord(JointSeat, 8), nullable=False),
    Column("state", EnumWord(JointState, 12), nullable=False),
    Column("lead", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("title", FreeText, nullable=False),
    Column("number", FreeText, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("answer_id", String(36)),
    Column("settled_at", Instant),
    Column("ended_by", String(120)),
    Column("reasons", FreeText),
    Column("issue_id", String(36)),
    Column("issued_on", String(10)),
    Index("joint_lists", "seat", "state", "received_at", "joint_id"),
)


OPEN_JOINTS = joint.c.state == literal_column("'open'")
partial_index("joint_open", joint.c.received_at, where=OPEN_JOINTS)


joint_signature = Table(
    "joint_signature",
    metadata,
    Column("joint_id", String(36), primary_key=True),
    Column("signer", String(120), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("at", Instant),
    Column("signature", LargeBinary),
    Column("proof_id", String(36)),
)
