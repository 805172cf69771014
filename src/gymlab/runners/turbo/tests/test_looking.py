"""What a picture is taken of: the weights as they are, and what the agent thinks of states."""

from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from gymlab.runners.turbo.tests.rehearsing import DQN, PPO, SAC, make_spec, settings, trained

GRID = "gymlab/GridWorld-v0"


@pytest.mark.parametrize(
    ("algorithm", "env_id", "values"),
    [
        ("ppo", GRID, PPO),
        ("dqn", GRID, settings(DQN, dueling=True)),
        ("sac", "MountainCarContinuous-v0", SAC),
    ],
)
def test_a_learner_shows_itself(algorithm: str, env_id: str, values: dict[str, Any]) -> None:
    """Every matrix of its weights, and the mean of the gradients once there is one."""
    first, second = trained(make_spec(algorithm, env_id, 400, **values)).record.pictures
    assert first.averages_gradients
    assert all(layer.gradient is None for layer in first.layers)
    assert all(layer.gradient is not None for layer in second.layers)
    assert any(np.any(layer.gradient) for layer in second.layers)
    assert all(layer.weights.ndim > 1 for layer in second.layers)
    assert second.discount == 0.99


def test_states_are_judged_by_the_weights_of_the_moment() -> None:
    """As whoever loads the files judges them; nothing is drawn, so the run goes on the same."""
    plain = trained(make_spec("ppo", GRID, 400, **PPO))
    record = plain.record
    picture = record.pictures[-1]
    assert picture.judge is not None
    values, actions = picture.judge(range(36))
    assert values.shape == actions.shape == (36,)
    assert set(actions.tolist()) <= {0, 1, 2, 3}
    saved = load(bytes(record.checkpoints[-1].members.durable["policy.safetensors"]))
    layers = {f"{layer.name}.weight": layer.weights for layer in picture.layers}
    assert set(layers) == {name for name, tensor in saved.items() if tensor.ndim > 1}
    assert {name: part.shape for name, part in layers.items()} == {
        name: saved[name].shape for name in layers
    }


@pytest.mark.parametrize("env_id", ["CartPole-v1", "MountainCarContinuous-v0"])
def test_what_is_not_counted_has_no_judge(env_id: str) -> None:
    """Only environments of few states are compared with an exact solution."""
    assert trained(make_spec("ppo", env_id, 96, **PPO)).record.pictures[-1].judge is None
