"""Filters of the list of runs that have names."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# SQLAlchemy leaves the Python type of a column open.

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filters", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False),
    )
    op.create_index("saved_filters_by_name", "saved_filters", ["owner", "name"], unique=True)
