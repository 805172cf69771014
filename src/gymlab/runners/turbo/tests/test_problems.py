"""What cannot be trained is said before anything starts; every preset can."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.runners import Preset
from gymlab.runners.turbo.algorithms import config_of
from gymlab.runners.turbo.memory import memory_problem
from gymlab.runners.turbo.problems import find_problems
from gymlab.runners.turbo.tests.rehearsing import make_spec

FILE = Path(__file__).parent.parent / "presets.toml"
EVERY = [
    (algorithm, Preset.model_validate(preset))
    for algorithm, presets in tomllib.loads(FILE.read_text(encoding="utf-8")).items()
    for preset in presets
]
FITTING = {"ppo": "CartPole-v1", "dqn": "CartPole-v1", "sac": "Pendulum-v1"}


@pytest.mark.parametrize(
    ("algorithm", "preset"),
    EVERY,
    ids=[f"{algorithm}-{preset.id}-{preset.env_id}" for algorithm, preset in EVERY],
)
def test_presets_can_be_trained(algorithm: str, preset: Preset) -> None:
    """Valid values, fitting spaces, a source and a budget."""
    spec = make_spec(
        algorithm,
        preset.env_id or FITTING[algorithm],
        preset.total_timesteps,
        **preset.hyperparameters,
    )
    assert find_problems(spec) == []
    assert preset.source


CONV = {"layers": [{"type": "conv2d", "filters": 4}]}
MEMORY = {"layers": [{"type": "gru", "units": 4}]}
NOISE = {"layers": [{"type": "dropout"}, {"type": "dense", "units": 4}]}


@pytest.mark.parametrize(
    ("algorithm", "env_id", "settings", "words"),
    [
        ("ppo", "CartPole-v1", {"network": {"layers": []}}, "no layers"),
        ("ppo", "CartPole-v1", {"network": CONV}, "needs a picture"),
        ("ppo", "CartPole-v1", {"network": MEMORY}, "gru layers are not compiled"),
        ("ppo", "CartPole-v1", {"network": NOISE}, "dropout layers are not compiled"),
        ("dqn", "CartPole-v1", {"network": MEMORY}, "without a memory"),
        ("dqn", "CartPole-v1", {"prioritized_replay": True}, "No hyperparameter"),
        ("dqn", "Pendulum-v1", {}, "needs Discrete"),
        ("sac", "CartPole-v1", {}, "needs Box"),
        ("dqn", "CartPole-v1", {"buffer_size": 10_000_001}, "buffer_size"),
        ("ppo", "CartPole-v1", {"num_envs": 0}, "num_envs"),
        ("ppo", "CartPole-v1", {"num_envs": 1_000_000}, "num_envs = 1000000"),
        ("ppo", "CartPole-v1", {"n_steps": 1}, "at least 2"),
        ("ppo", "CartPole-v1", {"device": "cuda"}, "processor"),
        ("sarsa", "CartPole-v1", {}, "there are: ppo, dqn"),
        ("ppo", "NoSuch-v0", {}, "NoSuch-v0"),
    ],
)
def test_reasons(algorithm: str, env_id: str, settings: dict[str, Any], words: str) -> None:
    """In words that name the value."""
    assert words in " ".join(find_problems(make_spec(algorithm, env_id, **settings)))


def test_a_rollout_that_does_not_fit_is_refused_with_one_that_does() -> None:
    """Estimated from the observation, the network and the number of environments."""
    spec = make_spec("ppo", "BipedalWalker-v3", num_envs=1024, n_steps=4096)
    config = config_of(spec)
    (problem,) = memory_problem(spec, config, free_bytes=2_000_000_000)
    assert "needs about 3.6 GB" in problem
    assert "num_envs = 452 would fit" in problem
    assert list(memory_problem(spec, config, free_bytes=8_000_000_000)) == []
    (problem,) = memory_problem(spec, config, free_bytes=1_000_000)
    assert "n_steps smaller" in problem
