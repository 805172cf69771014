"""Augmented random search, under the names of sb3-contrib 2.9.

Source: Mania et al. 2018, arXiv:1803.07055. Defaults: sb3-contrib.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gymlab.domain.hyperparameter_rules import Rule
from gymlab.runners.sb3.config_shared import EnvironmentConfig
from gymlab.runners.sb3.fields import ActivationName, NetArch, ScheduledRate, extra


class ArsConfig(EnvironmentConfig):
    """Random search over the weights of a small policy, without gradients."""

    RULES: ClassVar[tuple[Rule, ...]] = (Rule(field="n_top", at_most="n_delta"),)

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 0.02
    """Step size, or `lin_x` to let it fall linearly from x to 0."""

    norm_reward: Annotated[
        bool, Field(json_schema_extra=extra("normalisation", fixed_by="state"))
    ] = False
    """With `normalize`: whether rewards are normalised for the learner. Candidates are then compared by a scale that changes between them, so it is off."""

    n_delta: Annotated[
        int,
        Field(
            ge=1,
            le=256,
            json_schema_extra=extra("basic", unit="directions", canonical="num_directions"),
        ),
    ] = 8
    """Random directions per update; each is tried forwards and backwards."""

    n_top: Annotated[
        int | None,
        Field(
            ge=1,
            le=256,
            json_schema_extra=extra("basic", unit="directions", canonical="num_top_directions"),
        ),
    ] = None
    """Best directions that the step is made of; empty = all."""

    delta_std: Annotated[ScheduledRate, Field(json_schema_extra=extra("exploration"))] = 0.05
    """Length of the random directions, or `lin_x`."""

    zero_policy: Annotated[bool, Field(json_schema_extra=extra("advanced"))] = True
    """Whether all weights begin at zero."""

    alive_bonus_offset: Annotated[
        float,
        Field(ge=-100, le=100, json_schema_extra=extra("advanced", unit="reward per timestep")),
    ] = 0.0
    """Added to the reward of each timestep, to cancel a bonus for merely staying alive."""

    n_eval_episodes: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            json_schema_extra=extra(
                "basic", unit="episodes", canonical="num_episodes_per_candidate"
            ),
        ),
    ] = 1
    """Episodes played by each candidate."""

    policy: Annotated[
        Literal["MlpPolicy", "LinearPolicy"],
        Field(json_schema_extra=extra("network", fixed_by="policy")),
    ] = "LinearPolicy"
    """A network or, as in the paper, one linear map."""

    net_arch: Annotated[
        NetArch | None,
        Field(json_schema_extra=extra("network", fixed_by="policy", unit="units per layer")),
    ] = None
    """With MlpPolicy: hidden layers. Empty: [64, 64]."""

    activation_fn: Annotated[
        ActivationName, Field(json_schema_extra=extra("network", fixed_by="policy"))
    ] = "relu"
    """With MlpPolicy: activation function of the hidden layers."""

    with_bias: Annotated[
        bool | None, Field(json_schema_extra=extra("network", fixed_by="policy"))
    ] = None
    """Whether layers add a bias; empty = yes for MlpPolicy, no for LinearPolicy."""

    squash_output: Annotated[
        bool | None, Field(json_schema_extra=extra("network", fixed_by="policy"))
    ] = None
    """Whether continuous actions are bounded by tanh instead of clipped; empty = yes for MlpPolicy, no for LinearPolicy."""
