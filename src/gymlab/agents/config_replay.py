"""Hyperparameters that our algorithms share which learn from a memory of transitions.

Names, meanings and defaults are those of Stable-Baselines3 2.9. Source: Mnih et al. 2015,
doi:10.1038/nature14236; n-step returns: Sutton 1988 and Hessel et al. 2018, arXiv:1710.02298.
"""

from typing import Annotated

from pydantic import Field

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.fields import extra
from gymlab.runner_api.replay_fields import (
    BufferSize,
    GradientSteps,
    LearningStarts,
    MinibatchSize,
)

TrainEvery = Annotated[
    int,
    Field(
        ge=1,
        le=100_000,
        json_schema_extra=extra("basic", unit="timesteps", canonical="train_every"),
    ),
]


class ReplayConfig(AgentConfig):
    """What is remembered, and how often it is learnt from."""

    buffer_size: BufferSize = 1_000_000
    """Transitions kept to learn from. Memory is taken when training starts."""

    learning_starts: LearningStarts = 100
    """Timesteps of random actions before the first update."""

    batch_size: MinibatchSize = 256
    """Transitions of one gradient step."""

    train_freq: TrainEvery = 1
    """Timesteps of each environment between two updates."""

    gradient_steps: GradientSteps = 1
    """Gradient steps per update; -1 = as many as timesteps were taken since the last one."""

    n_steps: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            json_schema_extra=extra(
                "advanced", unit="timesteps", canonical="num_return_steps", fixed_by="state"
            ),
        ),
    ] = 1
    """Timesteps of reward summed before the estimate of the rest (n-step returns)."""

    optimizer_eps: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            json_schema_extra=extra("advanced", fixed_by="state", canonical="adam_epsilon"),
        ),
    ] = 1e-8
    """Adam's epsilon."""
