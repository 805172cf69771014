"""Presets are valid, complete, and the tuned ones equal the published numbers."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.runners import Preset
from gymlab.runners.sb3.config import CONFIGS, parse_config
from gymlab.runners.sb3.problems import find_problems
from gymlab.runners.sb3.tests.recording_context import make_spec

FILE = Path(__file__).parent.parent / "presets.toml"
PRESETS: dict[str, list[Preset]] = {
    algorithm: [Preset.model_validate(preset) for preset in presets]
    for algorithm, presets in tomllib.loads(FILE.read_text(encoding="utf-8")).items()
}
EVERY = [(algorithm, preset) for algorithm, presets in PRESETS.items() for preset in presets]

PPO_LUNAR: dict[str, Any] = {
    "num_envs": 16,
    "n_steps": 1024,
    "batch_size": 64,
    "gae_lambda": 0.98,
    "gamma": 0.999,
    "n_epochs": 4,
    "ent_coef": 0.01,
}
NET = [256, 256]
DQN_TABLE: dict[str, Any] = {
    "net_arch": NET,
    "learning_rate": 6.3e-4,
    "batch_size": 128,
    "buffer_size": 50_000,
    "learning_starts": 0,
    "gamma": 0.99,
    "target_update_interval": 250,
    "train_freq": 4,
    "gradient_steps": -1,
    "exploration_fraction": 0.12,
    "exploration_final_eps": 0.1,
}
TD3_TABLE: dict[str, Any] = {
    "net_arch": [400, 300],
    "action_noise": "normal",
    "action_noise_std": 0.1,
    "learning_rate": 1e-3,
}
TD3_SMALL = {
    **TD3_TABLE,
    "gamma": 0.98,
    "buffer_size": 200_000,
    "learning_starts": 10_000,
    "train_freq": 1,
}

# The published table, row by row: (algorithm, environment) -> timesteps and hyperparameters.
TUNED: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {
    ("ppo", "CartPole-v1"): (
        100_000,
        {
            "num_envs": 8,
            "n_steps": 32,
            "batch_size": 256,
            "gae_lambda": 0.8,
            "gamma": 0.98,
            "n_epochs": 20,
            "ent_coef": 0,
            "learning_rate": "lin_0.001",
            "clip_range": "lin_0.2",
        },
    ),
    ("ppo", "LunarLander-v3"): (1_000_000, PPO_LUNAR),
    ("ppo", "LunarLanderContinuous-v3"): (1_000_000, PPO_LUNAR),
    ("ppo", "BipedalWalker-v3"): (
        5_000_000,
        {
            "normalize": True,
            "num_envs": 32,
            "n_steps": 2048,
            "batch_size": 64,
            "gae_lambda": 0.95,
            "gamma": 0.999,
            "n_epochs": 10,
            "ent_coef": 0,
            "learning_rate": 3e-4,
            "clip_range": 0.18,
        },
    ),
    ("ppo", "Acrobot-v1"): (
        1_000_000,
        {
            "normalize": True,
            "num_envs": 16,
            "n_steps": 256,
            "gae_lambda": 0.94,
            "gamma": 0.99,
            "n_epochs": 4,
            "ent_coef": 0,
        },
    ),
    ("ppo", "MountainCar-v0"): (
        1_000_000,
        {
            "normalize": True,
            "num_envs": 16,
            "n_steps": 16,
            "gae_lambda": 0.98,
            "gamma": 0.99,
            "n_epochs": 4,
            "ent_coef": 0,
        },
    ),
    ("ppo", "MountainCarContinuous-v0"): (
        20_000,
        {
            "normalize": True,
            "num_envs": 1,
            "n_steps": 8,
            "batch_size": 256,
            "gamma": 0.9999,
            "learning_rate": 7.77e-5,
            "ent_coef": 0.00429,
            "clip_range": 0.1,
            "n_epochs": 10,
            "gae_lambda": 0.9,
            "max_grad_norm": 5,
            "vf_coef": 0.19,
            "use_sde": True,
            "log_std_init": -3.29,
            "ortho_init": False,
        },
    ),
    ("ppo", "Pendulum-v1"): (
        100_000,
        {
            "num_envs": 4,
            "n_steps": 1024,
            "gae_lambda": 0.95,
            "gamma": 0.9,
            "n_epochs": 10,
            "ent_coef": 0,
            "learning_rate": 1e-3,
            "clip_range": 0.2,
            "use_sde": True,
            "sde_sample_freq": 4,
        },
    ),
    ("ppo", "Hopper-v5"): (
        1_000_000,
        {
            "normalize": True,
            "num_envs": 1,
            "n_steps": 512,
            "batch_size": 32,
            "gamma": 0.999,
            "learning_rate": 9.80828e-5,
            "ent_coef": 0.00229519,
            "clip_range": 0.2,
            "n_epochs": 5,
            "gae_lambda": 0.99,
            "max_grad_norm": 0.7,
            "vf_coef": 0.835671,
            "net_arch": NET,
            "activation_fn": "relu",
            "log_std_init": -2,
        },
    ),
    ("ppo", "HalfCheetah-v5"): (
        1_000_000,
        {
            "normalize": True,
            "num_envs": 1,
            "n_steps": 512,
            "batch_size": 64,
            "gamma": 0.98,
            "learning_rate": 2.0633e-5,
            "ent_coef": 0.000401762,
            "clip_range": 0.1,
            "n_epochs": 20,
            "gae_lambda": 0.92,
            "max_grad_norm": 0.8,
            "vf_coef": 0.58096,
            "net_arch": NET,
            "activation_fn": "relu",
            "log_std_init": -2,
        },
    ),
    ("dqn", "CartPole-v1"): (
        50_000,
        {
            "net_arch": NET,
            "learning_rate": 2.3e-3,
            "batch_size": 64,
            "buffer_size": 100_000,
            "learning_starts": 1000,
            "gamma": 0.99,
            "target_update_interval": 10,
            "train_freq": 256,
            "gradient_steps": 128,
            "exploration_fraction": 0.16,
            "exploration_final_eps": 0.04,
        },
    ),
    ("dqn", "LunarLander-v3"): (100_000, DQN_TABLE),
    ("dqn", "Acrobot-v1"): (100_000, DQN_TABLE),
    ("dqn", "MountainCar-v0"): (
        120_000,
        {
            "net_arch": NET,
            "learning_rate": 4e-3,
            "batch_size": 128,
            "buffer_size": 10_000,
            "learning_starts": 1000,
            "gamma": 0.98,
            "target_update_interval": 600,
            "train_freq": 16,
            "gradient_steps": 8,
            "exploration_fraction": 0.2,
            "exploration_final_eps": 0.07,
        },
    ),
    ("a2c", "CartPole-v1"): (500_000, {"num_envs": 8, "ent_coef": 0}),
    ("a2c", "LunarLander-v3"): (
        200_000,
        {
            "num_envs": 8,
            "gamma": 0.995,
            "n_steps": 5,
            "learning_rate": "lin_0.00083",
            "ent_coef": 1e-5,
        },
    ),
    ("a2c", "Acrobot-v1"): (500_000, {"normalize": True, "num_envs": 16}),
    ("a2c", "MountainCar-v0"): (1_000_000, {"normalize": True, "num_envs": 16}),
    ("a2c", "Pendulum-v1"): (
        1_000_000,
        {
            "normalize": True,
            "num_envs": 8,
            "n_steps": 8,
            "gae_lambda": 0.9,
            "vf_coef": 0.4,
            "gamma": 0.9,
            "learning_rate": "lin_7e-4",
            "max_grad_norm": 0.5,
            "normalize_advantage": False,
            "use_sde": True,
            "log_std_init": -2,
        },
    ),
    ("a2c", "BipedalWalker-v3"): (
        5_000_000,
        {
            "normalize": True,
            "num_envs": 16,
            "n_steps": 8,
            "gae_lambda": 0.9,
            "vf_coef": 0.4,
            "gamma": 0.99,
            "learning_rate": "lin_0.00096",
            "use_sde": True,
        },
    ),
    ("sac", "Pendulum-v1"): (20_000, {"learning_rate": 1e-3}),
    ("sac", "MountainCarContinuous-v0"): (
        50_000,
        {
            "learning_rate": 3e-4,
            "buffer_size": 50_000,
            "batch_size": 512,
            "ent_coef": 0.1,
            "train_freq": 32,
            "gradient_steps": 32,
            "gamma": 0.9999,
            "tau": 0.01,
            "learning_starts": 0,
            "use_sde": True,
            "log_std_init": -3.67,
            "net_arch": [64, 64],
        },
    ),
    ("sac", "LunarLanderContinuous-v3"): (
        500_000,
        {
            "batch_size": 256,
            "learning_rate": "lin_7.3e-4",
            "buffer_size": 1_000_000,
            "ent_coef": "auto",
            "tau": 0.01,
            "learning_starts": 10_000,
            "net_arch": [400, 300],
        },
    ),
    ("sac", "BipedalWalker-v3"): (
        500_000,
        {
            "learning_rate": 7.3e-4,
            "buffer_size": 300_000,
            "batch_size": 256,
            "gamma": 0.98,
            "tau": 0.02,
            "train_freq": 64,
            "gradient_steps": 64,
            "learning_starts": 10_000,
            "use_sde": True,
            "log_std_init": -3,
            "net_arch": [400, 300],
        },
    ),
    ("sac", "Hopper-v5"): (1_000_000, {"learning_starts": 10_000}),
    ("sac", "HalfCheetah-v5"): (1_000_000, {"learning_starts": 10_000}),
    ("td3", "Pendulum-v1"): (20_000, TD3_SMALL),
    ("td3", "LunarLanderContinuous-v3"): (300_000, TD3_SMALL),
    ("td3", "BipedalWalker-v3"): (1_000_000, TD3_SMALL),
    ("td3", "MountainCarContinuous-v0"): (
        300_000,
        {
            **TD3_TABLE,
            "action_noise": "ornstein-uhlenbeck",
            "action_noise_std": 0.5,
            "batch_size": 256,
        },
    ),
    ("td3", "Hopper-v5"): (
        1_000_000,
        {**TD3_TABLE, "learning_starts": 10_000, "batch_size": 256},
    ),
    ("td3", "HalfCheetah-v5"): (
        1_000_000,
        {**TD3_TABLE, "learning_starts": 10_000, "batch_size": 256},
    ),
}

# What the table leaves out and the file it was taken from has.
ONLY_IN_THE_SOURCE: dict[tuple[str, str], dict[str, Any]] = {
    ("ppo", "Hopper-v5"): {"ortho_init": False},
    ("ppo", "HalfCheetah-v5"): {"ortho_init": False},
    ("a2c", "Pendulum-v1"): {"ortho_init": False},
    ("a2c", "BipedalWalker-v3"): {"ortho_init": False, "log_std_init": -2},
}


@pytest.mark.parametrize(("algorithm", "env_id"), TUNED, ids=str)
def test_tuned_presets_equal_the_published_numbers(algorithm: str, env_id: str) -> None:
    """Neither more nor less than the table, after the defaults are filled in."""
    (preset,) = [p for p in PRESETS[algorithm] if p.env_id == env_id]
    total_timesteps, published = TUNED[algorithm, env_id]
    complete = published | ONLY_IN_THE_SOURCE.get((algorithm, env_id), {})

    assert preset.id == "tuned"
    assert preset.total_timesteps == total_timesteps
    assert preset.hyperparameters == complete
    assert parse_config(algorithm, preset.hyperparameters) == parse_config(algorithm, complete)


def test_there_are_no_other_tuned_presets() -> None:
    """A tuned preset has a published origin; those of our own games are judged by training them."""
    found = {
        (algorithm, preset.env_id)
        for algorithm, preset in EVERY
        if preset.id == "tuned" and not str(preset.env_id).startswith("gymlab/")
    }

    assert found == set(TUNED)


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_every_algorithm_has_the_three_general_presets(algorithm: str) -> None:
    """Fast, stable and high score fit any environment that the algorithm fits."""
    general = [preset.id for preset in PRESETS[algorithm] if preset.env_id is None]

    assert general == ["fast", "stable", "high_score"]


@pytest.mark.parametrize(
    ("algorithm", "preset"),
    EVERY,
    ids=[f"{algorithm}-{preset.id}-{preset.env_id}" for algorithm, preset in EVERY],
)
def test_presets_can_be_trained(algorithm: str, preset: Preset) -> None:
    """Valid values, fitting spaces, a source and a budget."""
    continuous = algorithm in {"sac", "td3", "ddpg", "tqc"}
    env_id = preset.env_id or ("Pendulum-v1" if continuous else "CartPole-v1")
    spec = make_spec(
        algorithm,
        env_id,
        total_timesteps=preset.total_timesteps,
        hyperparameters=preset.hyperparameters,
    )

    assert find_problems(spec) == []
    assert preset.source
