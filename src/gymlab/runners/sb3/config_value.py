"""DQN and QR-DQN, under the names of Stable-Baselines3 2.9.

Sources: Mnih et al. 2015, doi:10.1038/nature14236 (DQN); Dabney et al. 2017, arXiv:1710.10044
(QR-DQN). Defaults: Stable-Baselines3.
"""

from typing import Annotated

from pydantic import Field

from gymlab.runner_api.replay_fields import MinibatchSize
from gymlab.runners.sb3.config_replay import ReplayConfig
from gymlab.runners.sb3.fields import ScheduledRate, UnitRate, extra


class DqnConfig(ReplayConfig):
    """Deep Q-network."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 1e-4
    """Step size of the optimizer, or `lin_x` to let it fall linearly from x to 0."""

    batch_size: MinibatchSize = 32
    """Transitions of one gradient step."""

    train_freq: Annotated[
        int,
        Field(ge=1, le=100_000, json_schema_extra=extra("basic", canonical="train_every")),
    ] = 4
    """Timesteps (or episodes, see `train_freq_unit`) between two updates."""

    tau: Annotated[UnitRate, Field(json_schema_extra=extra("advanced"))] = 1.0
    """Share of the network that is copied into the target network at each of its updates."""

    target_update_interval: Annotated[
        int,
        Field(
            ge=1,
            le=10_000_000,
            json_schema_extra=extra(
                "basic",
                unit="timesteps",
                canonical="target_update_every_timesteps",
                scale="log",
            ),
        ),
    ] = 10_000
    """Timesteps between two updates of the target network."""

    exploration_fraction: Annotated[
        UnitRate, Field(json_schema_extra=extra("exploration", unit="fraction"))
    ] = 0.1
    """Share of the budget over which the probability of random actions falls."""

    exploration_initial_eps: Annotated[
        float, Field(ge=0, le=1, json_schema_extra=extra("exploration", unit="fraction"))
    ] = 1.0
    """Probability of a random action at the start."""

    exploration_final_eps: Annotated[
        float, Field(ge=0, le=1, json_schema_extra=extra("exploration", unit="fraction"))
    ] = 0.05
    """Probability of a random action from then on."""

    max_grad_norm: Annotated[
        float,
        Field(gt=0, le=1000, json_schema_extra=extra("advanced", canonical="max_gradient_norm")),
    ] = 10.0
    """Gradients longer than this are shortened to it."""


class QrDqnConfig(DqnConfig):
    """DQN that learns the whole distribution of returns as quantiles."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 5e-5
    """Step size of the optimizer, or `lin_x` to let it fall linearly from x to 0."""

    exploration_fraction: Annotated[
        UnitRate, Field(json_schema_extra=extra("exploration", unit="fraction"))
    ] = 0.005
    """Share of the budget over which the probability of random actions falls."""

    exploration_final_eps: Annotated[
        float, Field(ge=0, le=1, json_schema_extra=extra("exploration", unit="fraction"))
    ] = 0.01
    """Probability of a random action from then on."""

    max_grad_norm: Annotated[  # pyright: ignore[reportIncompatibleVariableOverride]
        float | None,
        Field(gt=0, le=1000, json_schema_extra=extra("advanced", canonical="max_gradient_norm")),
    ] = None
    """Gradients longer than this are shortened to it; empty = never."""

    n_quantiles: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            json_schema_extra=extra(
                "network", fixed_by="policy", unit="quantiles", canonical="num_quantiles"
            ),
        ),
    ] = 200
    """Quantiles per action."""
