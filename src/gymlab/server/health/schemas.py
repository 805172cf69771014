"""Shapes of the health resource."""

from typing import Literal

from pydantic import Field

from gymlab.server.answers import Answer


class Sandbox(Answer):
    """How well user code is kept apart."""

    tier: Literal["isolated", "reduced", "single_user", "none"]
    """From the strongest to none."""
    detail: str
    """Why."""


class DatabaseState(Answer):
    """The database in use."""

    kind: str
    """sqlite or postgresql."""
    version: str
    """Version of the library."""
    schema_version: str
    """Revision of our tables."""


class Health(Answer):
    """Whether and since when the server works."""

    status: Literal["ok"] = "ok"
    """Always `ok`: a server that is not does not answer."""
    version: str
    """Version of gymlab."""
    uptime_s: float
    """Seconds since the start."""
    executor: str = "local"
    """Where runs are executed."""
    sandbox: Sandbox
    """How well user code is kept apart."""
    database: DatabaseState
    """Where metadata is kept."""
    pid: int
    """Process id of the server."""
    home: str
    """Data folder."""
    max_runs: int
    """Runs that train at the same time."""
    num_live_runs: int
    """Runs that have a process now."""
    warm_workers_ready: int
    """Idle workers that can take a run at once."""
    catalogue_ready: bool
    """Whether environments and runners are known yet."""
    disk_free_bytes: int = Field(ge=0)
    """Free space where the data folder lies."""
