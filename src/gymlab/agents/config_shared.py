"""Hyperparameters that our own algorithms share: environments, normalisation, optimizer."""

from typing import Annotated

from pydantic import Field

from gymlab.agents.fields import HyperparameterModel, ScheduledRate, extra

MAX_ENVS = 1024


class AgentConfig(HyperparameterModel):
    """How environments are stepped, what the learner sees of them and how it descends."""

    num_envs: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_ENVS,
            json_schema_extra=extra("basic", fixed_by="state", unit="environments", scale="log"),
        ),
    ] = 1
    """Environments stepped in lockstep; their timesteps all count towards the budget."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 3e-4
    """Step size of the optimizer, or `lin_x` to let it fall linearly from x to 0."""

    gamma: Annotated[
        float, Field(ge=0, le=1, json_schema_extra=extra("basic", canonical="discount"))
    ] = 0.99
    """Discount factor: how much a reward is worth one timestep later."""

    normalize: Annotated[
        bool, Field(json_schema_extra=extra("normalisation", fixed_by="policy"))
    ] = False
    """Divide observations and rewards by their running standard deviation. Helps where their scales differ widely; pictures are left alone."""

    norm_obs: Annotated[
        bool, Field(json_schema_extra=extra("normalisation", fixed_by="policy"))
    ] = True
    """With `normalize`: whether observations are normalised."""

    norm_reward: Annotated[
        bool, Field(json_schema_extra=extra("normalisation", fixed_by="state"))
    ] = True
    """With `normalize`: whether rewards are normalised for the learner. Returns are always reported in the environment's own rewards."""

    clip_obs: Annotated[
        float,
        Field(
            gt=0, le=1000, json_schema_extra=extra("normalisation", fixed_by="policy", scale="log")
        ),
    ] = 10.0
    """With `normalize`: normalised observations are clipped to plus and minus this."""

    clip_reward: Annotated[
        float, Field(gt=0, le=1000, json_schema_extra=extra("normalisation", scale="log"))
    ] = 10.0
    """With `normalize`: normalised rewards are clipped to plus and minus this."""

    weight_decay: Annotated[
        float, Field(ge=0, le=1, json_schema_extra=extra("advanced", fixed_by="state"))
    ] = 0.0
    """L2 penalty on the weights."""
