"""Every table. Times are seconds since 1970, UTC; JSON is text."""

# pyright: reportUnknownArgumentType=false
# SQLAlchemy leaves the Python type of a column open.

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("env_id", Text, nullable=False),
    Column("env_title", Text, nullable=False),
    Column("runner", String(100), nullable=False),
    Column("algorithm", String(100), nullable=False),
    Column("status", String(16), nullable=False),
    Column("status_reason", Text),
    Column("attempt", Integer, nullable=False),
    Column("queue_order", Integer),
    Column("total_timesteps", Integer, nullable=False),
    Column("timestep", Integer, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("mean_return", Float),
    Column("num_checkpoints", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("spec", Text, nullable=False),
    Column("spec_sha256", String(64), nullable=False),
    Column("state", Text),
    Column("parent_run_id", String(12)),
    Column("revision", Integer, nullable=False),
    Column("deleted_at", Float),
    Column("metrics_offset", Integer, nullable=False),
    Column("metrics_attempt", Integer, nullable=False),
    Column("metrics_seq", Integer, nullable=False),
    Column("events_offset", Integer, nullable=False),
    Column("starred", Boolean, nullable=False, server_default=false()),
    Column("experiment_id", String(12)),
    Column("relation", String(16)),
    Column("parent_timestep", Integer),
    Column("evaluation_return", Float),
    Column("purged_at", Float),
    Index("runs_by_revision", "revision", unique=True),
    Index("runs_by_status", "status", "queue_order"),
    Index("runs_by_creation", "created_at"),
    Index("runs_by_experiment", "experiment_id"),
    Index("runs_by_parent", "parent_run_id"),
    Index("runs_by_deletion", "deleted_at"),
)

experiments = Table(
    "experiments",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("run_id", String(12), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("request", Text, nullable=False),
    Column("summary", Text),
    Column("created_at", Float, nullable=False),
    Column("finished_at", Float),
    Index("evaluations_by_run", "run_id", "created_at"),
    Index("evaluations_by_status", "status", "created_at"),
)

code_documents = Table(
    "code_documents",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("code_documents_by_update", "updated_at"),
)

code_versions = Table(
    "code_versions",
    metadata,
    Column("document_id", String(12), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("description", Text),
)

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("filters", Text, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("saved_filters_by_name", "owner", "name", unique=True),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String(12), nullable=False),
    Column("timestamp", Text, nullable=False),
    Column("event_type", String(32), nullable=False),
    Column("level", String(8), nullable=False),
    Column("message", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("events_by_run", "run_id", "id"),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("run_id", String(12), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("rewind_to_seq", Integer, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("previous_seq", Integer, nullable=False),
)

row_offsets = Table(
    "row_offsets",
    metadata,
    Column("run_id", String(12), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("offset", Integer, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String(12), nullable=False),
    Column("name", String(128), nullable=False),
    UniqueConstraint("run_id", "name", name="series_by_run"),
    sqlite_autoincrement=True,
)

chunks = Table(
    "chunks",
    metadata,
    Column("series_id", Integer, primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("idx", Integer, primary_key=True),
    Column("num_points", Integer, nullable=False),
    Column("min_timestep", Float, nullable=False),
    Column("max_timestep", Float, nullable=False),
    Column("data", LargeBinary, nullable=False),
    # Covers every question but the points themselves, so that no question reads the points.
    Index(
        "chunk_extents", "series_id", "level", "idx", "num_points", "min_timestep", "max_timestep"
    ),
)
