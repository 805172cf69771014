"""What policies say they make of an observation is what they do."""

from typing import Any

import msgspec
import pytest
import torch

from gymlab.runner_api.runner import Thinker
from gymlab.runners.sb3.runner import RUNNER
from gymlab.runners.sb3.tests.recording_context import RecordingContext, make_spec

ON_POLICY: dict[str, Any] = {"n_steps": 16, "num_envs": 2, "net_arch": [8]}
OFF_POLICY: dict[str, Any] = {"learning_starts": 20, "buffer_size": 200, "net_arch": [8]}


@pytest.mark.parametrize(
    ("algorithm", "env_id", "values", "kind"),
    [
        ("ppo", "CartPole-v1", {**ON_POLICY, "batch_size": 16, "normalize": True}, "probabilities"),
        ("ppo", "Pendulum-v1", {**ON_POLICY, "batch_size": 16}, "means"),
        ("ppo", "gymlab/GridWorld-v0", {**ON_POLICY, "batch_size": 16}, "probabilities"),
        ("a2c", "CartPole-v1", ON_POLICY, "probabilities"),
        ("dqn", "CartPole-v1", OFF_POLICY, "action_values"),
        ("sac", "Pendulum-v1", OFF_POLICY, "means"),
        ("td3", "Pendulum-v1", OFF_POLICY, "means"),
        ("tqc", "Pendulum-v1", OFF_POLICY, None),
        ("recurrent_ppo", "CartPole-v1", {"n_steps": 16, "batch_size": 16}, None),
    ],
)
def test_thoughts(algorithm: str, env_id: str, values: dict[str, Any], kind: str | None) -> None:
    """The likeliest action is the one taken; looking changes no generator."""
    context = RecordingContext(make_spec(algorithm, env_id, total_timesteps=64, **values))
    RUNNER.train(context)
    members = context.checkpoints[-1][1].durable
    actor = RUNNER.load_actor(context.spec, members)
    if kind is None:
        assert not isinstance(actor, Thinker)
        return
    assert isinstance(actor, Thinker)
    env = RUNNER.make_env(context.spec, render_mode=None)
    observation, _ = env.reset(seed=0)
    actor.reset()
    generator = torch.get_rng_state()
    for _ in range(5):
        thoughts = actor.think(observation)
        action = actor.act(observation, deterministic=True)
        assert thoughts.kind == kind
        if kind != "means":
            assert thoughts.chosen == [int(action)]
        if kind == "probabilities":
            assert sum(thoughts.outputs) == pytest.approx(1.0, abs=1e-3)
        assert [layer.width for layer in thoughts.layers] == [8]
        assert thoughts.value is not None
        assert sum(thoughts.weights[0].counts) > 0
        assert thoughts.seen is not None
        assert len(msgspec.json.encode(thoughts)) < 16_000
        observation, *_ = env.step(action)
    env.close()
    assert torch.equal(torch.get_rng_state(), generator)
