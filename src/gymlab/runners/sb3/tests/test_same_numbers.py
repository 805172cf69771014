"""What makes training faster here changes none of its numbers."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from stable_baselines3 import A2C, PPO, SAC
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import DummyVecEnv

from gymlab.runners.sb3.building import build_model
from gymlab.runners.sb3.config import parse_config
from gymlab.runners.sb3.vector_env import build_vector_env

_SETTINGS: dict[str, tuple[type[BaseAlgorithm], str, dict[str, Any]]] = {
    "ppo": (PPO, "CartPole-v1", {"n_steps": 64, "batch_size": 32, "n_epochs": 3}),
    "a2c": (A2C, "CartPole-v1", {"n_steps": 16}),
    "sac": (SAC, "Pendulum-v1", {"learning_starts": 50, "train_freq": 1, "batch_size": 16}),
}
_TIMESTEPS = 128


@pytest.mark.parametrize("algorithm", _SETTINGS)
def test_weights_are_those_of_a_script(algorithm: str) -> None:
    """Bit for bit, with the optimizer's memory."""
    torch.set_num_threads(1)
    kind, env_id, settings = _SETTINGS[algorithm]
    made = DummyVecEnv([lambda: gymnasium.make(env_id) for _ in range(2)])
    script = kind("MlpPolicy", made, seed=5, device="cpu", **settings).learn(_TIMESTEPS)

    config = parse_config(algorithm, settings)
    ours = build_vector_env(lambda _: gymnasium.make(env_id), config, 2)
    model, _ = build_model(algorithm, config, ours, seed=5, device="cpu")
    model.learn(_TIMESTEPS)

    for name, state in script.get_parameters().items():
        _assert_same(state, model.get_parameters()[name])


def _assert_same(one: Any, other: Any) -> None:
    """Compare tensors anywhere in nested containers; settings of the optimizer may differ."""
    if isinstance(one, torch.Tensor):
        np.testing.assert_array_equal(one.detach().numpy(), other.detach().numpy())
    elif isinstance(one, dict):
        for key, value in one.items():
            if key != "param_groups":
                _assert_same(value, other[key])
