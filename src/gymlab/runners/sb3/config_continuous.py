"""SAC, TD3, DDPG and TQC, under the names of Stable-Baselines3 2.9.

Sources: Haarnoja et al. 2018, arXiv:1801.01290 and arXiv:1812.05905 (SAC); Fujimoto et al. 2018,
arXiv:1802.09477 (TD3); Lillicrap et al. 2015, arXiv:1509.02971 (DDPG); Kuznetsov et al. 2020,
arXiv:2005.04269 (TQC). Defaults: Stable-Baselines3.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gymlab.domain.hyperparameter_rules import Rule
from gymlab.runners.sb3.config_replay import ReplayConfig
from gymlab.runners.sb3.config_shared import SdeConfig, ValueNetworkConfig
from gymlab.runners.sb3.fields import (
    ActionNoiseName,
    HyperparameterModel,
    ScheduledRate,
    extra,
)

AUTO_PATTERN = r"^auto(?:_(?=[0.]*[1-9])(?:[0-9]{1,3}(?:\.[0-9]{1,12})?|\.[0-9]{1,12}))?(?![\s\S])"
"""`auto`, or `auto_` and a positive number that the coefficient begins with."""


class ActionNoiseConfig(HyperparameterModel):
    """Noise added to the actions."""

    action_noise: Annotated[
        ActionNoiseName, Field(json_schema_extra=extra("exploration", fixed_by="state"))
    ] = "none"
    """Noise added to each action: none, normal (independent) or Ornstein-Uhlenbeck (correlated in time)."""

    action_noise_std: Annotated[
        float,
        Field(ge=0, le=2, json_schema_extra=extra("exploration", unit="of the half action range")),
    ] = 0.1
    """Standard deviation of that noise, with actions scaled to -1 ... 1."""


class SacConfig(ActionNoiseConfig, SdeConfig, ValueNetworkConfig, ReplayConfig):
    """Soft actor-critic."""

    ent_coef: Annotated[
        Annotated[float, Field(ge=0, le=1000)]
        | Annotated[str, Field(pattern=AUTO_PATTERN, max_length=24)],
        Field(
            json_schema_extra=extra(
                "exploration", fixed_by="state", canonical="entropy_coefficient"
            )
        ),
    ] = "auto"
    """Weight of the entropy: a number, `auto` to learn it, or `auto_0.1` to learn it from 0.1 on."""

    target_entropy: Annotated[
        Annotated[float, Field(ge=-1000, le=1000)] | Literal["auto"],
        Field(json_schema_extra=extra("exploration", unit="nat")),
    ] = "auto"
    """Entropy that the learnt coefficient aims at; `auto` = minus the number of action components."""

    target_update_interval: Annotated[
        int,
        Field(ge=1, le=10_000, json_schema_extra=extra("advanced", unit="gradient steps")),
    ] = 1
    """Gradient steps between two updates of the target networks, counted within one update."""

    use_sde_at_warmup: Annotated[bool, Field(json_schema_extra=extra("exploration"))] = False
    """With gSDE: use it instead of uniformly random actions before learning starts."""

    log_std_init: Annotated[
        float, Field(ge=-20, le=2, json_schema_extra=extra("exploration", unit="nat"))
    ] = -3.0
    """With gSDE: logarithm of the first standard deviation of the actions."""

    n_critics: Annotated[
        int,
        Field(
            ge=1,
            le=10,
            json_schema_extra=extra(
                "network", fixed_by="policy", unit="networks", canonical="num_critics"
            ),
        ),
    ] = 2
    """Critics; the smallest estimate counts."""


class TqcConfig(SacConfig):
    """SAC with truncated quantile critics."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(field="top_quantiles_to_drop_per_net", below="n_quantiles"),
    )

    n_quantiles: Annotated[
        int,
        Field(
            ge=1,
            le=200,
            json_schema_extra=extra(
                "network", fixed_by="policy", unit="quantiles", canonical="num_quantiles"
            ),
        ),
    ] = 25
    """Quantiles per critic."""

    top_quantiles_to_drop_per_net: Annotated[
        int, Field(ge=0, le=199, json_schema_extra=extra("advanced", unit="quantiles"))
    ] = 2
    """Largest quantiles of each critic that are left out, against overestimation."""


class DdpgConfig(ActionNoiseConfig, ValueNetworkConfig, ReplayConfig):
    """Deep deterministic policy gradient."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 1e-3
    """Step size of the optimizer, or `lin_x` to let it fall linearly from x to 0."""

    n_critics: Annotated[
        int,
        Field(
            ge=1,
            le=10,
            json_schema_extra=extra(
                "network", fixed_by="policy", unit="networks", canonical="num_critics"
            ),
        ),
    ] = 1
    """Critics; the smallest estimate counts."""


class Td3Config(DdpgConfig):
    """Twin delayed DDPG."""

    n_critics: Annotated[
        int,
        Field(
            ge=1,
            le=10,
            json_schema_extra=extra(
                "network", fixed_by="policy", unit="networks", canonical="num_critics"
            ),
        ),
    ] = 2
    """Critics; the smallest estimate counts."""

    policy_delay: Annotated[
        int, Field(ge=1, le=1000, json_schema_extra=extra("advanced", unit="gradient steps"))
    ] = 2
    """Gradient steps of the critics per step of the policy and the target networks."""

    target_policy_noise: Annotated[
        float, Field(ge=0, le=2, json_schema_extra=extra("advanced"))
    ] = 0.2
    """Standard deviation of the noise that smooths the target policy."""

    target_noise_clip: Annotated[float, Field(ge=0, le=2, json_schema_extra=extra("advanced"))] = (
        0.5
    )
    """Largest size of that noise."""
