"""Cases and the entries of their chains."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "policyengine_case",
        sa.Column("case_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("erased", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "policyengine_entry",
        sa.Column("case_id", sa.Text, sa.ForeignKey("policyengine_case.case_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("previous", sa.Text),
        sa.Column("commitment", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("personal", sa.LargeBinary),
        sa.UniqueConstraint("case_id", "event_id", name="policyengine_entry_event"),
        sqlite_strict=True,
    )
