"""Shapes of the deployments resource."""

from typing import Literal

from pydantic import Field

from gymlab.domain.evaluations import CheckpointChoice
from gymlab.server.answers import Answer, Input, Timestamp


class NewDeployment(Input):
    """Which checkpoint the live feed is to play."""

    checkpoint: CheckpointChoice = "latest"
    """`latest`, `best`, or the timesteps that it had done."""
    env_id: str | None = Field(default=None, max_length=200)
    """Environment that is chosen where it is to be shown; refused when it is another one."""


class Deployment(Answer):
    """A checkpoint that the live feed plays; its pictures are those of the source `showcase`."""

    run_id: str
    """The run that has it."""
    env_id: str
    """Environment that it plays in."""
    timestep: int
    """Timesteps that it had done."""
    status: Literal["waiting", "loading", "playing", "failed"]
    """Waiting for a viewer, being loaded, playing, or not loadable."""
    playing_timestep: int | None
    """The checkpoint that plays now: after a failure the one before."""
    detail: str | None
    """Why it could not be loaded."""
    deployed_at: Timestamp
    """When it was asked for."""
