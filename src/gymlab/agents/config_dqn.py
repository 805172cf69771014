"""Hyperparameters of DQN and its extensions, with the names and meanings of Stable-Baselines3 2.9.

Sources: Mnih et al. 2015, doi:10.1038/nature14236; van Hasselt et al. 2016, arXiv:1509.06461 (Double);
Wang et al. 2016, arXiv:1511.06581 (dueling); Schaul et al. 2016, arXiv:1511.05952 (prioritised
replay); Sutton 1988 and Hessel et al. 2018, arXiv:1710.02298 (n-step). Defaults: Stable-Baselines3.
"""

from typing import Annotated

from pydantic import Field

from gymlab.agents.config_replay import ReplayConfig, TrainEvery
from gymlab.agents.default_networks import ACTION_VALUE_DEFAULTS
from gymlab.agents.fields import ScheduledRate, UnitRate, extra, network_extra
from gymlab.domain.networks import NetworkSpec
from gymlab.runner_api.replay_fields import MinibatchSize


class DqnConfig(ReplayConfig):
    """Deep Q-network."""

    network: Annotated[
        NetworkSpec | None,
        Field(
            json_schema_extra=network_extra(
                ACTION_VALUE_DEFAULTS,
                heads=["q"],
                may_remember=False,
                optional_heads={"state_value": "dueling"},
            )
        ),
    ] = None
    """Hidden layers below the action values. Empty: two dense layers of 64 units, or convolutions for pictures."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 1e-4
    """Step size of the optimizer, or `lin_x` to let it fall linearly from x to 0."""

    batch_size: MinibatchSize = 32
    """Transitions of one gradient step."""

    train_freq: TrainEvery = 4
    """Timesteps of each environment between two updates."""

    target_update_interval: Annotated[
        int,
        Field(
            ge=1,
            le=10_000_000,
            json_schema_extra=extra(
                "basic", unit="timesteps", canonical="target_update_every_timesteps", scale="log"
            ),
        ),
    ] = 10_000
    """Timesteps between two updates of the target network."""

    tau: Annotated[UnitRate, Field(json_schema_extra=extra("advanced"))] = 1.0
    """Share of the network that is copied into the target network at each of its updates."""

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

    double_q: Annotated[bool, Field(json_schema_extra=extra("basic", canonical="is_double"))] = (
        False
    )
    """Double DQN: the network chooses the next action, the target network says what it is worth. Against overestimated values."""

    dueling: Annotated[
        bool, Field(json_schema_extra=extra("network", fixed_by="policy", canonical="is_dueling"))
    ] = False
    """Dueling network: the value of a state and the advantage of each action are separate outputs."""

    max_grad_norm: Annotated[
        float,
        Field(gt=0, le=1000, json_schema_extra=extra("advanced", canonical="max_gradient_norm")),
    ] = 10.0
    """Gradients longer than this are shortened to it."""


class PrioritizedDqnConfig(DqnConfig):
    """Deep Q-network that may learn more often from what surprised it."""

    prioritized_replay: Annotated[
        bool, Field(json_schema_extra=extra("advanced", fixed_by="state"))
    ] = False
    """Learn more often from transitions that were predicted badly."""

    priority_exponent: Annotated[
        float,
        Field(ge=0, le=1, json_schema_extra=extra("advanced", canonical="priority_alpha")),
    ] = 0.6
    """With prioritised replay: 0 draws all transitions alike, 1 in proportion to their error."""

    importance_exponent: Annotated[
        float,
        Field(ge=0, le=1, json_schema_extra=extra("advanced", canonical="priority_beta")),
    ] = 0.4
    """With prioritised replay: how far the weights make up for it at the start; it grows to 1 over the budget."""
