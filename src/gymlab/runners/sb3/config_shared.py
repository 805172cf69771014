"""Hyperparameters that several algorithms share: environments, normalisation, gSDE, optimizer."""

from typing import Annotated, ClassVar

from pydantic import Field

from gymlab.domain.hyperparameter_rules import Rule
from gymlab.runners.sb3.fields import (
    ActivationName,
    HyperparameterModel,
    NetArch,
    ScheduledRate,
    extra,
)


class EnvironmentConfig(HyperparameterModel):
    """How environments are stepped and what the learner sees of them."""

    RULES: ClassVar[tuple[Rule, ...]] = (Rule(field="frame_stack", of="no pictures", allowed=[1]),)

    num_envs: Annotated[
        int,
        Field(
            ge=1,
            le=256,
            json_schema_extra=extra("basic", fixed_by="state", unit="environments", scale="log"),
        ),
    ] = 1
    """Environments stepped in lockstep; their timesteps all count towards the budget."""

    normalize: Annotated[
        bool,
        Field(
            json_schema_extra=extra(
                "normalisation", fixed_by="policy", set_by_wrapper={"normalize_observation": True}
            )
        ),
    ] = False
    """Divide observations and rewards by their running standard deviation (VecNormalize). Helps where their scales differ widely; pictures are left alone."""

    norm_obs: Annotated[
        bool,
        Field(
            json_schema_extra=extra(
                "normalisation", fixed_by="policy", set_by_wrapper={"normalize_observation": True}
            )
        ),
    ] = True
    """With `normalize`: whether observations are normalised."""

    norm_reward: Annotated[
        bool,
        Field(
            json_schema_extra=extra(
                "normalisation", fixed_by="state", set_by_wrapper={"normalize_observation": False}
            )
        ),
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

    frame_stack: Annotated[
        int,
        Field(ge=1, le=16, json_schema_extra=extra("advanced", fixed_by="policy", unit="frames")),
    ] = 1
    """Last pictures given to the policy together, so that it sees motion. Only for environments whose observations are pictures; Atari observations already hold four."""

    atari_wrapper: Annotated[
        bool, Field(json_schema_extra=extra("advanced", fixed_by="policy"))
    ] = True
    """For Atari games: a lost life ends the learner's episode, rewards are clipped to their sign and full screens are shrunk to 84 x 84 in grey. Ignored elsewhere. Returns are still those of whole games."""


class GradientConfig(EnvironmentConfig):
    """What every algorithm has that learns by gradient descent."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 3e-4
    """Step size of the optimizer, or `lin_x` to let it fall linearly from x to 0."""

    gamma: Annotated[
        float,
        Field(ge=0, le=1, json_schema_extra=extra("basic", canonical="discount")),
    ] = 0.99
    """Discount factor: how much a reward is worth one timestep later."""

    net_arch: Annotated[
        NetArch | None,
        Field(json_schema_extra=extra("network", fixed_by="policy", unit="units per layer")),
    ] = None
    """Hidden layers of each network, for example [256, 256]. Empty: Stable-Baselines3's own choice for the algorithm and the observation."""

    activation_fn: Annotated[
        ActivationName, Field(json_schema_extra=extra("network", fixed_by="policy"))
    ] = "relu"
    """Activation function of the hidden layers."""


class ValueNetworkConfig(HyperparameterModel):
    """What algorithms have whose values come from a network of their own."""

    RULES: ClassVar[tuple[Rule, ...]] = (Rule(field="net_arch_value", needs="net_arch"),)

    net_arch_value: Annotated[
        NetArch | None,
        Field(json_schema_extra=extra("network", fixed_by="policy", unit="units per layer")),
    ] = None
    """Hidden layers of the value network (of each critic) where they differ from `net_arch`, which must be given then. Empty: as `net_arch`."""


class AdamConfig(HyperparameterModel):
    """Settings of the Adam optimizer beyond its learning rate."""

    optimizer_eps: Annotated[
        float | None,
        Field(
            gt=0,
            le=1,
            json_schema_extra=extra("advanced", fixed_by="state", canonical="adam_epsilon"),
        ),
    ] = None
    """Adam's epsilon. Empty: Stable-Baselines3's own choice (1e-5 on-policy, 1e-8 off-policy, 0.01 / batch_size for QR-DQN)."""

    weight_decay: Annotated[
        float, Field(ge=0, le=1, json_schema_extra=extra("advanced", fixed_by="state"))
    ] = 0.0
    """L2 penalty on the weights."""


class SdeConfig(HyperparameterModel):
    """Generalised state-dependent exploration. Source: Raffin et al. 2021, arXiv:2005.05719."""

    RULES: ClassVar[tuple[Rule, ...]] = (Rule(field="use_sde", of="discrete", allowed=[False]),)

    use_sde: Annotated[bool, Field(json_schema_extra=extra("exploration", fixed_by="policy"))] = (
        False
    )
    """Explore with noise that depends on the state (gSDE) instead of independent noise per timestep. Continuous actions only."""

    sde_sample_freq: Annotated[
        int, Field(ge=-1, le=1_000_000, json_schema_extra=extra("exploration", unit="timesteps"))
    ] = -1
    """With gSDE: timesteps between two draws of the noise; -1 = once per rollout."""

    log_std_init: Annotated[
        float, Field(ge=-20, le=2, json_schema_extra=extra("exploration", unit="nat"))
    ] = 0.0
    """Logarithm of the first standard deviation of the actions."""

    use_expln: Annotated[bool, Field(json_schema_extra=extra("exploration", fixed_by="policy"))] = (
        False
    )
    """With gSDE: keep the standard deviation positive by `expln` instead of `exp`, which grows slower."""
