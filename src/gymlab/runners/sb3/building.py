"""Hyperparameters -> a Stable-Baselines3 algorithm."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import warnings
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import torch
from gymnasium import spaces
from sb3_contrib import ARS, QRDQN, TQC, TRPO, RecurrentPPO
from stable_baselines3 import A2C, DDPG, DQN, PPO, SAC, TD3
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.noise import (
    ActionNoise,
    NormalActionNoise,
    OrnsteinUhlenbeckActionNoise,
    VectorizedActionNoise,
)
from stable_baselines3.common.utils import LinearSchedule
from stable_baselines3.common.vec_env import VecEnv

from gymlab.runners.sb3.config_shared import EnvironmentConfig
from gymlab.runners.sb3.fields import schedule_start
from gymlab.runners.sb3.optimizers import step_all_at_once
from gymlab.runners.sb3.pictures import fits_cnn


class ResumableArs(ARS):
    """ARS whose schedules follow the whole budget, also when training continues."""

    def _update_current_progress_remaining(self, num_timesteps: int, total_timesteps: int) -> None:
        # The original passes the timesteps of this call of `learn`, which are fewer on resume.
        del total_timesteps
        super()._update_current_progress_remaining(num_timesteps, self._total_timesteps)

    def _do_one_update(self, callback: BaseCallback, async_eval: Any) -> None:
        # The candidates are drawn before the rollout begins, which is where checkpoints are taken.
        self.generator_before_update = torch.get_rng_state()
        super()._do_one_update(callback, async_eval)


ALGORITHMS: Mapping[str, type[BaseAlgorithm]] = {
    "ppo": PPO,
    "a2c": A2C,
    "dqn": DQN,
    "sac": SAC,
    "td3": TD3,
    "ddpg": DDPG,
    "trpo": TRPO,
    "qrdqn": QRDQN,
    "tqc": TQC,
    "ars": ResumableArs,
    "recurrent_ppo": RecurrentPPO,
}
"""Algorithm id -> class."""

ACTIVATIONS: Mapping[str, type[torch.nn.Module]] = {
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
    "elu": torch.nn.ELU,
    "leaky_relu": torch.nn.LeakyReLU,
    "silu": torch.nn.SiLU,
    "gelu": torch.nn.GELU,
}
"""Name of an activation function -> module."""

_SCHEDULES = ("learning_rate", "clip_range", "clip_range_vf", "delta_std")
_POLICY_FIELDS = frozenset({
    "net_arch",
    "activation_fn",
    "ortho_init",
    "log_std_init",
    "full_std",
    "use_expln",
    "n_critics",
    "n_quantiles",
    "lstm_hidden_size",
    "n_lstm_layers",
    "shared_lstm",
    "enable_critic_lstm",
    "with_bias",
    "squash_output",
})
_FIELDS_OF_A_LINEAR_POLICY = frozenset({"with_bias", "squash_output"})
_OWN_FIELDS = frozenset({
    *EnvironmentConfig.model_fields,
    "optimizer_eps",
    "weight_decay",
    "action_noise",
    "action_noise_std",
    "train_freq_unit",
    "optimize_memory_usage",
    "policy",
    "net_arch_value",
})
"""Fields that are no argument of an algorithm under the same name."""


def build_model(
    algorithm: str,
    config: EnvironmentConfig,
    vector_env: VecEnv,
    *,
    seed: int | None,
    device: str,
) -> tuple[BaseAlgorithm, list[str]]:
    """Make an algorithm that writes no files and prints nothing.

    Returns:
        The algorithm, and what Stable-Baselines3 warned of.
    """
    values = config.model_dump()
    arguments = {
        name: scheduled(value) if name in _SCHEDULES else value
        for name, value in values.items()
        if name not in _OWN_FIELDS and name not in _POLICY_FIELDS
    }
    arguments |= _replay_arguments(values, vector_env)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = cast("Any", ALGORITHMS[algorithm])(
            policy_name(algorithm, values, vector_env.observation_space),
            vector_env,
            policy_kwargs=_policy_arguments(algorithm, values),
            seed=seed,
            device=device,
            verbose=0,
            **arguments,
        )
    step_all_at_once(model)
    model.set_logger(Logger(folder=None, output_formats=[]))
    return model, [str(warning.message).splitlines()[0] for warning in caught]


def policy_name(
    algorithm: str, values: Mapping[str, Any], observation_space: spaces.Space[Any]
) -> str:
    """Choose the kind of network by the observation."""
    if "policy" in values:
        return str(values["policy"])
    kind = "Mlp"
    if isinstance(observation_space, spaces.Dict):
        kind = "MultiInput"
    elif fits_cnn(observation_space):
        kind = "Cnn"
    return f"{kind}LstmPolicy" if algorithm == "recurrent_ppo" else f"{kind}Policy"


def scheduled(value: Any) -> Any:
    """Return a number as it is and `lin_x` as a schedule from x to 0."""
    return LinearSchedule(schedule_start(value), 0.0, 1.0) if isinstance(value, str) else value


def _replay_arguments(values: Mapping[str, Any], vector_env: VecEnv) -> dict[str, Any]:
    if "buffer_size" not in values:
        return {}
    found: dict[str, Any] = {"train_freq": (values["train_freq"], values["train_freq_unit"])}
    if values["optimize_memory_usage"]:
        found["optimize_memory_usage"] = True
        found["replay_buffer_kwargs"] = {"handle_timeout_termination": False}
    if "action_noise" in values:
        found["action_noise"] = _action_noise(values, vector_env)
    return found


def _action_noise(values: Mapping[str, Any], vector_env: VecEnv) -> ActionNoise | None:
    kinds = {"normal": NormalActionNoise, "ornstein-uhlenbeck": OrnsteinUhlenbeckActionNoise}
    kind = kinds.get(values["action_noise"])
    if kind is None:
        return None
    shape = vector_env.action_space.shape or ()
    noise = kind(np.zeros(shape), np.full(shape, values["action_noise_std"]))
    return noise if vector_env.num_envs == 1 else VectorizedActionNoise(noise, vector_env.num_envs)


def _policy_arguments(algorithm: str, values: Mapping[str, Any]) -> dict[str, Any]:
    names = _POLICY_FIELDS & values.keys()
    if values.get("policy") == "LinearPolicy":
        names &= _FIELDS_OF_A_LINEAR_POLICY
    found = {name: values[name] for name in names if values[name] is not None}
    if (of_value := values.get("net_arch_value")) is not None:
        critic = "qf" if "buffer_size" in values else "vf"
        found["net_arch"] = {"pi": found.get("net_arch", of_value), critic: of_value}
    if "activation_fn" in found:
        found["activation_fn"] = ACTIVATIONS[found["activation_fn"]]
    return found | _optimizer_arguments(algorithm, values)


def _optimizer_arguments(algorithm: str, values: Mapping[str, Any]) -> dict[str, Any]:
    eps, weight_decay = values.get("optimizer_eps"), values.get("weight_decay", 0.0)
    if eps is None and weight_decay == 0:
        return {}
    if eps is None:
        # Giving any argument makes Stable-Baselines3 forget its own epsilon.
        own = {"qrdqn": 0.01 / values["batch_size"]}
        eps = own.get(algorithm, 1e-8 if "buffer_size" in values else 1e-5)
    return {
        "optimizer_class": torch.optim.Adam,
        "optimizer_kwargs": {"eps": eps, "weight_decay": weight_decay},
    }
