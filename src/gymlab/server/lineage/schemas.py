"""Shapes of the lineage resource."""

from gymlab.domain.runs import Relation, RunStatus
from gymlab.server.answers import Answer, Timestamp


class LineageRun(Answer):
    """A run as its relatives see it."""

    id: str
    """Identifier."""
    name: str
    """Plain text."""
    parent_run_id: str | None
    """The run it came from."""
    relation: Relation | None
    """What it is to that run."""
    parent_timestep: int | None
    """Timestep of that run's checkpoint, where one was taken over."""
    timestep: int
    """Timesteps done."""
    status: RunStatus
    """Where it is in its life."""
    is_deleted: bool
    """Whether only its name is left."""
    env_id: str
    """Environment."""
    algorithm: str
    """Learning algorithm."""
    created_at: Timestamp
    """When it was created."""


class Lineage(Answer):
    """The relatives of a run."""

    ancestors: list[LineageRun]
    """The runs it came from, the first of them first."""
    run: LineageRun
    """The run itself."""
    descendants: list[LineageRun]
    """The runs that came from it, generation by generation, at most 500."""
