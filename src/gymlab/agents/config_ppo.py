"""Hyperparameters of PPO, with the names and meanings of Stable-Baselines3 2.9.

Source: Schulman et al. 2017, arXiv:1707.06347. Defaults: Stable-Baselines3.
"""

from typing import Annotated

from pydantic import Field

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.default_networks import ACTOR_CRITIC_DEFAULTS
from gymlab.agents.fields import ScheduledRate, extra, network_extra
from gymlab.domain.networks import NetworkSpec


class PpoConfig(AgentConfig):
    """Proximal policy optimisation."""

    network: Annotated[
        NetworkSpec | None,
        Field(
            json_schema_extra=network_extra(
                ACTOR_CRITIC_DEFAULTS, heads=["policy", "value"], may_remember=True
            )
        ),
    ] = None
    """Hidden layers of actor and critic. Empty: two dense layers of 64 units, or convolutions for pictures."""

    n_steps: Annotated[
        int,
        Field(
            ge=1,
            le=65_536,
            json_schema_extra=extra(
                "basic", unit="timesteps", canonical="rollout_length", scale="log"
            ),
        ),
    ] = 2048
    """Timesteps of each environment between two updates; one update uses n_steps x num_envs."""

    batch_size: Annotated[
        int,
        Field(
            ge=1,
            le=1_048_576,
            json_schema_extra=extra(
                "basic", unit="transitions", canonical="minibatch_size", scale="log"
            ),
        ),
    ] = 64
    """Transitions of one gradient step; best a divisor of n_steps x num_envs. With lstm or gru whole rollouts of some environments."""

    n_epochs: Annotated[
        int,
        Field(
            ge=1, le=100, json_schema_extra=extra("basic", unit="passes", canonical="num_epochs")
        ),
    ] = 10
    """Passes over each rollout."""

    gae_lambda: Annotated[float, Field(ge=0, le=1, json_schema_extra=extra("basic"))] = 0.95
    """Bias against variance of the advantage estimate: 0 trusts the value function, 1 the returns."""

    clip_range: Annotated[ScheduledRate, Field(json_schema_extra=extra("basic"))] = 0.2
    """How far the probability of an action may move in one update (epsilon of the paper), or `lin_x`."""

    clip_range_vf: Annotated[ScheduledRate | None, Field(json_schema_extra=extra("advanced"))] = (
        None
    )
    """The same for the value function; empty = not clipped. Depends on the scale of the rewards."""

    normalize_advantage: Annotated[bool, Field(json_schema_extra=extra("advanced"))] = True
    """Whether the advantages of each minibatch are scaled to mean 0 and standard deviation 1."""

    ent_coef: Annotated[
        float,
        Field(ge=0, le=1, json_schema_extra=extra("exploration", canonical="entropy_coefficient")),
    ] = 0.0
    """Weight of the entropy bonus: larger keeps the policy exploring."""

    vf_coef: Annotated[
        float,
        Field(ge=0, le=10, json_schema_extra=extra("advanced", canonical="value_coefficient")),
    ] = 0.5
    """Weight of the value loss."""

    max_grad_norm: Annotated[
        float,
        Field(gt=0, le=1000, json_schema_extra=extra("advanced", canonical="max_gradient_norm")),
    ] = 0.5
    """Gradients longer than this are shortened to it."""

    target_kl: Annotated[
        float | None, Field(gt=0, le=10, json_schema_extra=extra("advanced", unit="nat"))
    ] = None
    """Stop an update early when the policy moved 1.5 times this far; empty = never."""

    ortho_init: Annotated[bool, Field(json_schema_extra=extra("network"))] = True
    """Whether weights begin orthogonal."""

    log_std_init: Annotated[
        float, Field(ge=-20, le=2, json_schema_extra=extra("exploration", unit="nat"))
    ] = 0.0
    """Logarithm of the first standard deviation of continuous actions."""

    optimizer_eps: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            json_schema_extra=extra("advanced", fixed_by="state", canonical="adam_epsilon"),
        ),
    ] = 1e-5
    """Adam's epsilon."""
