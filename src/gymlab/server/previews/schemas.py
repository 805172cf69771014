"""Shapes of the previews resource."""

from typing import Annotated, Any

from pydantic import Field

from gymlab.domain.evaluations import CheckpointChoice
from gymlab.domain.runs import MAX_SEED
from gymlab.protocol.previews import Controller
from gymlab.server.answers import Answer, Input


class NewPreview(Input):
    """An environment to look at."""

    env_id: Annotated[str, Field(min_length=1, max_length=200)]
    """Environment, one of the catalogue or `code/<id>@<version>`."""
    env_kwargs: dict[str, Any] = Field(default_factory=dict)
    """Constructor arguments; where a policy acts, those of its run hold."""
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = None
    """Seed of the first episode, each later one has the next; drawn where none is given."""
    controller: Controller = "random"
    """Who acts: chance, a person, a run's policy, or that policy while no key is down."""
    run_id: str | None = None
    """Run whose policy acts."""
    checkpoint: CheckpointChoice = "latest"
    """Which of its checkpoints."""


class Preview(Answer):
    """An environment that is shown."""

    id: str
    """Identifier."""
    ws_url: str
    """Path of the WebSocket that shows it."""
    env_id: str
    """Environment."""
    seed: int
    """Seed of the first episode."""
