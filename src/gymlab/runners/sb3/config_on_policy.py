"""PPO, A2C, TRPO and recurrent PPO, under the names of Stable-Baselines3 2.9.

Sources: Schulman et al. 2017, arXiv:1707.06347 (PPO); Mnih et al. 2016, arXiv:1602.01783 (A2C);
Schulman et al. 2015, arXiv:1502.05477 (TRPO). Defaults: Stable-Baselines3.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from gymlab.domain.hyperparameter_rules import Rule
from gymlab.runners.sb3.config_shared import (
    AdamConfig,
    GradientConfig,
    SdeConfig,
    ValueNetworkConfig,
)
from gymlab.runners.sb3.fields import (
    ActivationName,
    ScheduledRate,
    extra,
)


class OnPolicyConfig(SdeConfig, ValueNetworkConfig, GradientConfig):
    """What algorithms share that learn from the rollout they just took."""

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

    gae_lambda: Annotated[float, Field(ge=0, le=1, json_schema_extra=extra("basic"))] = 0.95
    """Bias against variance of the advantage estimate: 0 trusts the value function, 1 the returns."""

    normalize_advantage: Annotated[bool, Field(json_schema_extra=extra("advanced"))] = True
    """Whether advantages are scaled to mean 0 and standard deviation 1 before each update."""

    activation_fn: Annotated[
        ActivationName, Field(json_schema_extra=extra("network", fixed_by="policy"))
    ] = "tanh"
    """Activation function of the hidden layers."""

    ortho_init: Annotated[bool, Field(json_schema_extra=extra("network"))] = True
    """Whether weights begin orthogonal."""

    full_std: Annotated[bool, Field(json_schema_extra=extra("exploration", fixed_by="policy"))] = (
        True
    )
    """With gSDE: one standard deviation per feature and action instead of one per feature."""


class ActorCriticLossConfig(OnPolicyConfig):
    """Weights of the three parts of an actor-critic loss."""

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


class PpoConfig(AdamConfig, ActorCriticLossConfig):
    """Proximal policy optimisation."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(field="batch_size", when={"normalize_advantage": True}, at_least=2),
    )

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
    """Transitions of one gradient step; best a divisor of n_steps x num_envs."""

    n_epochs: Annotated[
        int,
        Field(
            ge=1, le=100, json_schema_extra=extra("basic", unit="passes", canonical="num_epochs")
        ),
    ] = 10
    """Passes over each rollout."""

    clip_range: Annotated[ScheduledRate, Field(json_schema_extra=extra("basic"))] = 0.2
    """How far the probability of an action may move in one update (epsilon of the paper), or `lin_x`."""

    clip_range_vf: Annotated[ScheduledRate | None, Field(json_schema_extra=extra("advanced"))] = (
        None
    )
    """The same for the value function; empty = not clipped. Depends on the scale of the rewards."""

    target_kl: Annotated[
        float | None, Field(gt=0, le=10, json_schema_extra=extra("advanced", unit="nat"))
    ] = None
    """Stop an update early when the policy moved 1.5 times this far; empty = never."""


class RecurrentPpoConfig(PpoConfig):
    """PPO with an LSTM, for environments whose observation does not tell everything."""

    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule(field="enable_critic_lstm", when={"shared_lstm": True}, allowed=[False]),
    )

    n_steps: Annotated[
        int,
        Field(
            ge=1,
            le=65_536,
            json_schema_extra=extra(
                "basic", unit="timesteps", canonical="rollout_length", scale="log"
            ),
        ),
    ] = 128
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
    ] = 128
    """Transitions of one gradient step; best a divisor of n_steps x num_envs."""

    lstm_hidden_size: Annotated[
        int,
        Field(
            ge=1,
            le=1024,
            json_schema_extra=extra("network", fixed_by="policy", unit="units", scale="log"),
        ),
    ] = 256
    """Width of the LSTM's memory."""

    n_lstm_layers: Annotated[
        int,
        Field(
            ge=1,
            le=4,
            json_schema_extra=extra(
                "network", fixed_by="policy", unit="layers", canonical="num_lstm_layers"
            ),
        ),
    ] = 1
    """Layers of the LSTM."""

    shared_lstm: Annotated[bool, Field(json_schema_extra=extra("network", fixed_by="policy"))] = (
        False
    )
    """Whether policy and value function use one LSTM; then `enable_critic_lstm` must be off."""

    enable_critic_lstm: Annotated[
        bool, Field(json_schema_extra=extra("network", fixed_by="policy"))
    ] = True
    """Whether the value function has an LSTM of its own."""


class A2cConfig(ActorCriticLossConfig):
    """Advantage actor-critic: one gradient step per short rollout."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 7e-4
    """Step size of the optimizer, or `lin_x` to let it fall linearly from x to 0."""

    n_steps: Annotated[
        int,
        Field(
            ge=1,
            le=65_536,
            json_schema_extra=extra(
                "basic", unit="timesteps", canonical="rollout_length", scale="log"
            ),
        ),
    ] = 5
    """Timesteps of each environment between two updates; one update uses n_steps x num_envs."""

    gae_lambda: Annotated[float, Field(ge=0, le=1, json_schema_extra=extra("basic"))] = 1.0
    """Bias against variance of the advantage estimate: 0 trusts the value function, 1 the returns."""

    normalize_advantage: Annotated[bool, Field(json_schema_extra=extra("advanced"))] = False
    """Whether advantages are scaled to mean 0 and standard deviation 1 before each update."""

    use_rms_prop: Annotated[bool, Field(json_schema_extra=extra("advanced", fixed_by="state"))] = (
        True
    )
    """RMSProp, as in the paper, instead of Adam."""

    rms_prop_eps: Annotated[
        float, Field(gt=0, le=1, json_schema_extra=extra("advanced", fixed_by="state"))
    ] = 1e-5
    """With RMSProp: its epsilon."""


class TrpoConfig(AdamConfig, OnPolicyConfig):
    """Trust-region policy optimisation; the learning rate is that of the value function."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 1e-3
    """Step size of the value function's optimizer, or `lin_x`; the policy's step comes from `target_kl`."""

    batch_size: Annotated[
        int,
        Field(
            ge=1,
            le=1_048_576,
            json_schema_extra=extra(
                "basic", unit="transitions", canonical="minibatch_size", scale="log"
            ),
        ),
    ] = 128
    """Transitions of one gradient step of the value function."""

    target_kl: Annotated[float, Field(gt=0, le=1, json_schema_extra=extra("basic", unit="nat"))] = (
        0.01
    )
    """How far one update may move the policy; small values such as 0.01 to 0.05 are stable."""

    cg_max_steps: Annotated[
        int, Field(ge=1, le=200, json_schema_extra=extra("advanced", unit="iterations"))
    ] = 15
    """Iterations of the conjugate-gradient solver."""

    cg_damping: Annotated[float, Field(ge=0, le=10, json_schema_extra=extra("advanced"))] = 0.1
    """Damping of the Hessian-vector product."""

    line_search_shrinking_factor: Annotated[
        float, Field(gt=0, lt=1, json_schema_extra=extra("advanced"))
    ] = 0.8
    """Factor by which a step that went too far is shortened."""

    line_search_max_iter: Annotated[
        int, Field(ge=1, le=100, json_schema_extra=extra("advanced", unit="iterations"))
    ] = 10
    """Attempts at shortening a step before it is given up."""

    n_critic_updates: Annotated[
        int, Field(ge=1, le=100, json_schema_extra=extra("advanced", unit="passes"))
    ] = 10
    """Passes of the value function over each rollout."""

    sub_sampling_factor: Annotated[int, Field(ge=1, le=64, json_schema_extra=extra("advanced"))] = 1
    """Use only every n-th transition for the policy's step, which is faster."""
