"""What policies say they make of an observation is what they do."""

from typing import Any

import msgspec
import pytest
import torch

from gymlab.runner_api.runner import Thinker
from gymlab.runners.native.runner import RUNNER
from gymlab.runners.native.tests.rehearsing import DQN, PPO, make_spec, settings, trained

OWN_MEMORY = {
    "layers": [{"type": "dense", "units": 8}],
    "critic_layers": [{"type": "lstm", "units": 8}],
}
MEMORY = {"layers": [{"type": "dense", "units": 8}, {"type": "gru", "units": 8}], "trunk": "shared"}


@pytest.mark.parametrize(
    ("algorithm", "env_id", "values", "kind", "layers"),
    [
        ("ppo", "CartPole-v1", PPO, "probabilities", ["1 dense"]),
        ("ppo", "Pendulum-v1", PPO, "means", ["1 dense"]),
        (
            "ppo",
            "CartPole-v1",
            settings(PPO, network=MEMORY),
            "probabilities",
            ["1 dense", "2 gru"],
        ),
        (
            "ppo",
            "CartPole-v1",
            settings(PPO, network=OWN_MEMORY),
            "probabilities",
            ["1 dense"],
        ),
        ("dqn", "CartPole-v1", DQN, "action_values", ["1 dense"]),
        ("dqn", "CartPole-v1", settings(DQN, dueling=True), "action_values", ["1 dense"]),
    ],
)
def test_thoughts(
    algorithm: str, env_id: str, values: dict[str, Any], kind: str, layers: list[str]
) -> None:
    """The likeliest action is the one taken; looking changes neither memory nor generators."""
    spec = make_spec(algorithm, env_id, total_timesteps=96, **values)
    members = trained(spec).record.checkpoints[-1].members.durable
    actor, other = (RUNNER.load_actor(spec, members) for _ in range(2))
    assert isinstance(actor, Thinker)
    env = RUNNER.make_env(spec, render_mode=None)
    observation, _ = env.reset(seed=0)
    generator = torch.get_rng_state()
    for _ in range(5):
        thoughts = actor.think(observation)
        assert thoughts.value is not None
        action = actor.act(observation, deterministic=True)
        assert other.act(observation, deterministic=True) == action
        if kind != "means":
            assert thoughts.chosen == [int(action)]
            assert max(thoughts.outputs) == thoughts.outputs[int(action)]
        if kind == "probabilities":
            assert sum(thoughts.outputs) == pytest.approx(1.0, abs=1e-3)
        assert thoughts.kind == kind
        assert [layer.name for layer in thoughts.layers] == layers
        assert all(layer.width >= len(layer.values) > 0 for layer in thoughts.layers)
        assert sum(thoughts.weights[0].counts) > 0
        assert len(msgspec.json.encode(thoughts)) < 16_000
        observation, *_ = env.step(action)
    env.close()
    assert torch.equal(torch.get_rng_state(), generator)


def test_a_critic_with_a_memory_says_what_it_learnt_with() -> None:
    """Its value of an observation is that of the whole episode up to it."""
    network = {**MEMORY, "trunk": "separate"}
    spec = make_spec("ppo", total_timesteps=96, **settings(PPO, network=network))
    members = trained(spec).record.checkpoints[-1].members.durable
    actor = RUNNER.load_actor(spec, members)
    assert isinstance(actor, Thinker)
    env = RUNNER.make_env(spec, render_mode=None)
    first, _ = env.reset(seed=0)
    fresh = actor.think(first).value
    second = env.step(actor.act(first, deterministic=True))[0]
    later = actor.think(second).value
    actor.reset()
    assert actor.think(first).value == fresh
    assert actor.think(second).value != later
    env.close()
