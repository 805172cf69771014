"""Shapes of the bin."""

from gymlab.domain.runs import RunStatus
from gymlab.server.answers import Answer, Timestamp


class BinnedRun(Answer):
    """A deleted run that can still be restored."""

    id: str
    """Identifier; `POST /runs/{id}/restore` brings it back."""
    name: str
    """Plain text."""
    env_id: str
    """Environment."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    status: RunStatus
    """Where it was in its life."""
    timestep: int
    """Timesteps done."""
    mean_return: float | None
    """Mean of its last 100 training returns."""
    created_at: Timestamp
    """When it was created."""
    deleted_at: Timestamp
    """When it was deleted."""
    purge_at: Timestamp
    """When it is removed for good."""
    days_left: float
    """Until then."""
    size_bytes: int
    """What its removal frees."""


class Emptied(Answer):
    """What was removed."""

    num_runs: int
    """How many."""
