"""Hyperparameters of every algorithm that learns from a replay buffer."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gymlab.domain.hyperparameter_rules import Rule
from gymlab.runner_api.replay_fields import (
    BufferSize,
    GradientSteps,
    LearningStarts,
    MinibatchSize,
)
from gymlab.runners.sb3.config_shared import AdamConfig, GradientConfig
from gymlab.runners.sb3.fields import UnitRate, extra


class ReplayConfig(AdamConfig, GradientConfig):
    """What algorithms share that learn from a replay buffer."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(field="num_envs", when={"train_freq_unit": "episode"}, allowed=[1]),
        Rule(field="buffer_size", at_least="num_envs"),
        Rule(field="n_steps", of="parts", allowed=[1]),
        Rule(field="optimize_memory_usage", of="parts", allowed=[False]),
        Rule(field="n_steps", when={"optimize_memory_usage": True}, allowed=[1]),
    )

    buffer_size: BufferSize = 1_000_000
    """Transitions kept to learn from. Memory is taken when training starts."""

    learning_starts: LearningStarts = 100
    """Timesteps of random actions before the first update."""

    batch_size: MinibatchSize = 256
    """Transitions of one gradient step."""

    tau: Annotated[UnitRate, Field(json_schema_extra=extra("basic", scale="log"))] = 0.005
    """Share of the networks that is blended into the target networks at each update."""

    train_freq: Annotated[
        int,
        Field(ge=1, le=100_000, json_schema_extra=extra("basic", canonical="train_every")),
    ] = 1
    """Timesteps (or episodes, see `train_freq_unit`) between two updates."""

    train_freq_unit: Annotated[
        Literal["step", "episode"], Field(json_schema_extra=extra("advanced"))
    ] = "step"
    """Whether `train_freq` counts timesteps or episodes; episodes need num_envs = 1."""

    gradient_steps: GradientSteps = 1
    """Gradient steps per update; -1 = as many as timesteps were taken since the last one."""

    n_steps: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            json_schema_extra=extra("advanced", unit="timesteps", canonical="num_return_steps"),
        ),
    ] = 1
    """Timesteps of reward summed before the estimate of the rest (n-step returns)."""

    optimize_memory_usage: Annotated[
        bool, Field(json_schema_extra=extra("advanced", fixed_by="state"))
    ] = False
    """Store each observation once instead of twice; time limits are then treated as real ends."""
