"""What a picture is taken of."""

import numpy as np
import pytest
import torch

from gymlab.runners.sb3.runner import RUNNER
from gymlab.runners.sb3.tests.recording_context import RecordingContext, make_spec

GRID = "gymlab/GridWorld-v0"
SMALL = {"net_arch": [8]}
ON_POLICY = {**SMALL, "n_steps": 16, "num_envs": 2}
OFF_POLICY = {**SMALL, "learning_starts": 20, "buffer_size": 200, "batch_size": 8}


@pytest.mark.parametrize(
    ("algorithm", "values", "can_judge"),
    [
        ("ppo", {**ON_POLICY, "batch_size": 16, "normalize": True}, True),
        ("a2c", {**ON_POLICY}, True),
        ("dqn", {**OFF_POLICY}, True),
        ("qrdqn", {**OFF_POLICY}, False),
        ("recurrent_ppo", {"n_steps": 16, "batch_size": 16, "lstm_hidden_size": 8}, False),
    ],
)
def test_a_learner_shows_itself(algorithm: str, values: dict[str, object], can_judge: bool) -> None:
    """Its weights, the gradients that moved them, and its values where single states have some."""
    context = RecordingContext(make_spec(algorithm, GRID, total_timesteps=128, **values))
    RUNNER.train(context)
    first, last = context.pictures[0], context.pictures[-1]
    assert all(layer.gradient is None for layer in first.layers)
    assert any(layer.gradient is not None for layer in last.layers)
    assert not any("target" in layer.name for layer in last.layers)
    assert last.gradient_steps > 0
    assert (last.judge is not None) is can_judge
    if last.judge is not None:
        generator = torch.get_rng_state()
        found, actions = last.judge(range(36))
        assert torch.equal(torch.get_rng_state(), generator)
        assert found.shape == actions.shape == (36,)
        assert np.isfinite(found).all()
