"""The first tables.

Later revisions must not use the present `tables.py`, so this one copies its form at the
time: the columns are written out below.
"""

# pyright: reportUnknownArgumentType=false
# SQLAlchemy leaves the Python type of a column open.

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "meta",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    _runs()
    _events()
    _metrics()


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "tags", "notes")),
        sa.Column("archived", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("env_id", "env_title")),
        *(sa.Column(name, sa.String(100), nullable=False) for name in ("runner", "algorithm")),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("status_reason", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("queue_order", sa.Integer),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("total_timesteps", "timestep")),
        sa.Column("duration_s", sa.Float, nullable=False),
        sa.Column("mean_return", sa.Float),
        sa.Column("num_checkpoints", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("started_at", sa.Float),
        sa.Column("finished_at", sa.Float),
        sa.Column("spec", sa.Text, nullable=False),
        sa.Column("spec_sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("parent_run_id", sa.String(12)),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("deleted_at", sa.Float),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("metrics_offset", "metrics_attempt", "metrics_seq", "events_offset")
        ),
    )
    op.create_index("runs_by_revision", "runs", ["revision"], unique=True)
    op.create_index("runs_by_status", "runs", ["status", "queue_order"])
    op.create_index("runs_by_creation", "runs", ["created_at"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run_id", sa.String(12), nullable=False),
        sa.Column("timestamp", sa.Text, nullable=False),
        sa.Column("event_type", sa.String(32), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_run", "events", ["run_id", "id"])


def _metrics() -> None:
    op.create_table(
        "attempts",
        sa.Column("run_id", sa.String(12), primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("rewind_to_seq", "offset", "previous_seq")
        ),
    )
    op.create_table(
        "row_offsets",
        sa.Column("run_id", sa.String(12), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("offset", sa.Integer, nullable=False),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run_id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.UniqueConstraint("run_id", "name", name="series_by_run"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chunks",
        *(sa.Column(name, sa.Integer, primary_key=True) for name in ("series_id", "level", "idx")),
        sa.Column("num_points", sa.Integer, nullable=False),
        sa.Column("min_timestep", sa.Float, nullable=False),
        sa.Column("max_timestep", sa.Float, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "chunk_extents",
        "chunks",
        ["series_id", "level", "idx", "num_points", "min_timestep", "max_timestep"],
    )
