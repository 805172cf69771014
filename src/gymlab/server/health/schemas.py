"""Shapes of the health resource."""

from typing import Literal

from gymlab.server.answers import Answer


class Sandbox(Answer):
    """How well user code is kept apart."""

    tier: Literal["isolated", "reduced", "single_user", "none"]
    """From the strongest to none."""
    detail: str
    """Why."""
    fix: str | None = None
    """What to do for a stronger tier; null at the strongest."""
    is_overridden: bool = False
    """Whether code of users runs although strangers reach the server and no sandbox holds it."""


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
    bin_days: float
    """Days that a deleted run can be restored; with 0 it is removed at once."""
    instance: str
    """Random name of this start of the server, the same as in `server.json` of its data folder."""
