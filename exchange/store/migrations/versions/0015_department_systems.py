"""Department systems: answers under keys and leases of a member; tokens, webhooks and their deliveries of the console."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_answer",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_api_answer")),
    )
    op.create_index(op.f("ix_api_answer_given_at"), "api_answer", ["given_at"], unique=False)
    op.create_table(
        "api_lease",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=False),
        sa.Column("lease_id", sa.String(length=36), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", "sender", name=op.f("pk_api_lease")),
    )
    op.create_index(op.f("ix_api_lease_lease_id"), "api_lease", ["lease_id"], unique=False)
    op.create_index(op.f("ix_api_lease_until"), "api_lease", ["until"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("token_id", sa.String(length=16), nullable=False),
        sa.Column("member", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_api_token")),
    )
    op.create_index(op.f("ix_api_token_made_at"), "api_token", ["made_at"], unique=False)
    _webhooks()
    op.create_index("desk_received", "desk", ["received_at", "case_number"], unique=False)


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("webhook_id", sa.String(length=36), nullable=False),
        sa.Column("member", sa.String(length=120), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_member"), "webhook", ["member"], unique=False)
    op.create_index(op.f("ix_webhook_made_at"), "webhook", ["made_at"], unique=False)
    op.create_table(
        "webhook_delivery",
        sa.Column("delivery_id", sa.String(length=36), nullable=False),
        sa.Column("webhook_id", sa.String(length=36), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("webhook_delivery_list", "webhook_delivery", ["webhook_id", "made_at", "delivery_id"], unique=False)
    for name, column, where in (
        ("webhook_delivery_due", "next_at", "state = 'waiting'"),
        ("webhook_delivery_settled", "settled_at", "state != 'waiting'"),
    ):
        op.create_index(
            name, "webhook_delivery", [column], unique=False,
            sqlite_where=sa.text(where), postgresql_where=sa.text(where),
        )  # fmt: skip


def downgrade() -> None:
    op.drop_index("desk_received", table_name="desk")
    for table in ("webhook_delivery", "webhook", "api_token", "api_lease", "api_answer"):
        op.drop_table(table)
