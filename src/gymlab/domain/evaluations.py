"""What an evaluation is: a frozen policy in environments and with seeds of its own."""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gymlab import documenting
from gymlab.domain.code import SourceCode
from gymlab.domain.runs import MAX_SEED, MAX_TOTAL_TIMESTEPS

MAX_EPISODES = 100
"""Most episodes of one evaluation."""
MAX_METRICS = 64
"""Most metrics that a user's own evaluation may return."""
METRIC_NAME_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What such a metric may be called."""

CheckpointChoice = (
    Literal["latest", "best"] | Annotated[int, Field(ge=0, le=MAX_TOTAL_TIMESTEPS, strict=True)]
)
"""The newest checkpoint, the best one, or the one at this timestep."""


class EvaluationStatus(StrEnum):
    """Where an evaluation is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE_EVALUATIONS = frozenset({EvaluationStatus.QUEUED, EvaluationStatus.RUNNING})
"""It is not over."""


class EvaluationSpec(BaseModel):
    """Everything that decides what an evaluation does; stored with it and never changed."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    num_episodes: Annotated[int, Field(ge=1, le=MAX_EPISODES)]
    """Episodes to play."""
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    """Number that the seed of every episode is derived from."""
    deterministic: bool
    """Whether the policy takes its most likely action instead of drawing one."""
    checkpoint: CheckpointChoice
    """Whose policy: as it was asked for."""
    record_video: bool
    """Whether chosen episodes are filmed afterwards."""
    evaluation_code: SourceCode | None = None
    """Source of a user's own evaluation over the recorded episodes."""
