"""What a picture is taken of, and rewards that are computed together."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gymlab.domain.code import source_code
from gymlab.runner_api.rehearsal import Record
from gymlab.runners.native.tests.rehearsing import DQN, PPO, make_spec, settings, trained

GRID = "gymlab/GridWorld-v0"
REWARD = """def reward_function(obs, action, next_obs, reward, terminated, truncated, info):
    return {"up": abs(next_obs[..., 2]), "fuel": -0.1 * (action == 1)}
"""


@pytest.mark.parametrize(
    ("algorithm", "values"),
    [
        ("ppo", PPO),
        ("ppo", settings(PPO, normalize=True)),
        ("dqn", DQN),
        ("dqn", settings(DQN, dueling=True)),
    ],
)
def test_a_learner_shows_itself(algorithm: str, values: dict[str, Any]) -> None:
    """Every matrix of weights, the gradient once there is one, and what it thinks of states."""
    spec = make_spec(algorithm, GRID, total_timesteps=192, **values)
    first, second = trained(spec).record.pictures
    assert all(layer.gradient is None for layer in first.layers)
    assert all(layer.gradient is not None for layer in second.layers)
    assert all(layer.weights.ndim > 1 for layer in second.layers)
    assert second.discount == 0.99
    assert second.judge is not None
    found, actions = second.judge(range(36))
    assert found.shape == actions.shape == (36,)
    assert np.isfinite(found).all()
    assert set(actions.tolist()) <= {0, 1, 2, 3}


def test_looking_changes_nothing() -> None:
    """The run goes on with the same numbers."""
    values = settings(PPO, network={"layers": [{"type": "dense", "units": 8}, {"type": "dropout"}]})
    spec = make_spec("ppo", GRID, total_timesteps=192, **values)
    (learner, *_) = trained(spec).record.pictures
    generator = torch.get_rng_state()
    assert learner.judge is not None
    learner.judge(range(36))
    assert torch.equal(torch.get_rng_state(), generator)


def test_a_memory_and_continuous_actions_have_no_judge() -> None:
    """Single states say nothing there."""
    memory = {"layers": [{"type": "gru", "units": 8}]}
    spec = make_spec("ppo", GRID, total_timesteps=96, **settings(PPO, network=memory))
    assert trained(spec).record.pictures[-1].judge is None
    spec = make_spec("ppo", "Pendulum-v1", total_timesteps=96, **PPO)
    assert trained(spec).record.pictures[-1].judge is None


@pytest.mark.parametrize(("algorithm", "values"), [("ppo", PPO), ("dqn", DQN)])
def test_rewards_computed_together_are_those_computed_alone(
    algorithm: str, values: dict[str, Any]
) -> None:
    """With eight environments arrays are used, with the same episodes and losses."""
    runs: list[Record] = []
    for source in (REWARD, REWARD.replace("    return", "    if False: pass\n    return")):
        spec = make_spec(
            algorithm,
            total_timesteps=640,
            reward_code=source_code(source),
            **settings(values, num_envs=8),
        )
        runs.append(trained(spec).record)
    together, alone = runs
    assert any("at once" in text for _, text in together.events)
    assert not any("at once" in text for _, text in alone.events)
    # Alone, an episode is reported at once and needs no timestep of its own.
    ended = [replace(episode, timestep=None) for episode in together.episodes]
    assert ended == alone.episodes
    assert together.metrics == alone.metrics
