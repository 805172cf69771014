"""Hyperparameters that every backend with a replay buffer means alike: bounds, and what a form shows.

Names and meanings are those of Stable-Baselines3; defaults belong to each algorithm.
"""

from typing import Annotated

from pydantic import Field

MAX_BUFFER_SIZE = 10_000_000

BufferSize = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_BUFFER_SIZE,
        json_schema_extra={
            "group": "basic",
            "unit": "transitions",
            "canonical": "replay_buffer_size",
            "scale": "log",
            "fixed_by": "state",
        },
    ),
]
"""Transitions kept to learn from."""

LearningStarts = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_BUFFER_SIZE,
        json_schema_extra={
            "group": "basic",
            "unit": "timesteps",
            "canonical": "learning_starts_timesteps",
        },
    ),
]
"""Timesteps of random actions before the first update."""

MinibatchSize = Annotated[
    int,
    Field(
        ge=1,
        le=65_536,
        json_schema_extra={
            "group": "basic",
            "unit": "transitions",
            "canonical": "minibatch_size",
            "scale": "log",
        },
    ),
]
"""Transitions of one gradient step."""

GradientSteps = Annotated[
    int,
    Field(
        ge=-1,
        le=100_000,
        json_schema_extra={
            "group": "basic",
            "unit": "updates",
            "canonical": "num_gradient_steps",
        },
    ),
]
"""Gradient steps per update; -1 = as many as timesteps were taken since the last one."""
