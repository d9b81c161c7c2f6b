"""Joint documents: what is sent round for signature, and the signatures that have come."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joint",
        sa.Column("joint_id", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("lead", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("answer_id", sa.String(length=36), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=120), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("issue_id", sa.String(length=36), nullable=True),
        sa.Column("issued_on", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("joint_id", name=op.f("pk_joint")),
    )
    op.create_table(
        "joint_signature",
        sa.Column("joint_id", sa.String(length=36), nullable=False),
        sa.Column("signer", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("proof_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("joint_id", "signer", name=op.f("pk_joint_signature")),
    )


def downgrade() -> None:
    op.drop_table("joint_signature")
    op.drop_table("joint")
