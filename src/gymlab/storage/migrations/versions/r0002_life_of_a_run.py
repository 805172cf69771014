"""Stars, experiments, lineage, evaluations and the bin."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# SQLAlchemy leaves the Python type of a column open.

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns and tables."""
    for column in (
        sa.Column("starred", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("experiment_id", sa.String(12)),
        sa.Column("relation", sa.String(16)),
        sa.Column("parent_timestep", sa.Integer),
        sa.Column("evaluation_return", sa.Float),
        sa.Column("purged_at", sa.Float),
    ):
        op.add_column("runs", column)
    op.create_index("runs_by_experiment", "runs", ["experiment_id"])
    op.create_index("runs_by_parent", "runs", ["parent_run_id"])
    op.create_index("runs_by_deletion", "runs", ["deleted_at"])
    # Before there was a bin, a deleted run was gone at once.
    op.execute("UPDATE runs SET purged_at = deleted_at")
    op.create_table(
        "experiments",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("run_id", sa.String(12), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("finished_at", sa.Float),
    )
    op.create_index("evaluations_by_run", "evaluations", ["run_id", "created_at"])
    op.create_index("evaluations_by_status", "evaluations", ["status", "created_at"])
