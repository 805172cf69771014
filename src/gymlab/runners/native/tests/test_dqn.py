"""DQN's mathematics, its memory and its options."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces

from gymlab.agents.action_values import ActionValues, exploration_rate
from gymlab.agents.config_dqn import PrioritizedDqnConfig
from gymlab.agents.observing import ObservationEncoder
from gymlab.agents.remembering import REPLAY_FILE
from gymlab.domain.networks import NetworkSpec
from gymlab.errors import TrainingFailedError
from gymlab.runners.native.dqn import dqn_loss, next_values
from gymlab.runners.native.replay import Replay
from gymlab.runners.native.sum_tree import SumTree
from gymlab.runners.native.tests.rehearsing import DQN, make_spec, trained

SPEC = NetworkSpec.model_validate({"layers": [{"type": "dense", "units": 8}]})
ENCODER = ObservationEncoder(spaces.Box(-100, 100, (1,)))


def _values(*, dueling: bool = False) -> ActionValues:
    return ActionValues(SPEC, (4,), 3, dueling=dueling)


def test_double_dqn_lets_the_network_choose() -> None:
    """The target network says what the network's own choice is worth."""
    torch.manual_seed(0)
    network, target, following = _values(), _values(), torch.randn(32, 4)
    plain = next_values(network, target, following, double=False)
    double = next_values(network, target, following, double=True)
    chosen = network(following).argmax(1)
    torch.testing.assert_close(plain, target(following).max(1).values)
    torch.testing.assert_close(double, target(following)[torch.arange(32), chosen])
    assert (double <= plain).all()
    assert (double < plain).any()


def test_advantages_of_a_dueling_network_have_no_mean() -> None:
    """The mean of its action values is its value of the state."""
    torch.manual_seed(0)
    network, observations = _values(dueling=True), torch.randn(5, 4)
    assert network.value is not None
    value = network.value(network.trunk(observations))
    torch.testing.assert_close(network(observations).mean(1, keepdim=True), value)


def test_the_loss_is_hubers_and_weighted() -> None:
    """Quadratic below 1, linear above, each transition by its weight."""
    predicted, targets = torch.tensor([0.0, 0.0]), torch.tensor([0.5, 3.0])
    assert float(dqn_loss(predicted, targets, None)) == pytest.approx((0.125 + 2.5) / 2)
    weights = torch.tensor([1.0, 0.5])
    assert float(dqn_loss(predicted, targets, weights)) == pytest.approx((0.125 + 1.25) / 2)


def test_exploration_falls_and_stays() -> None:
    """From the first to the final rate over its share of the budget."""
    config = PrioritizedDqnConfig(exploration_fraction=0.5, exploration_final_eps=0.1)
    rates = [exploration_rate(config, progress) for progress in (0.0, 0.25, 0.5, 1.0)]
    assert rates == pytest.approx([1.0, 0.55, 0.1, 0.1])


def _fill(replay: Replay, rewards: list[float], *, terminated: bool) -> None:
    for t, reward in enumerate(rewards):
        is_last = t == len(rewards) - 1
        replay.add(
            0,
            np.array([t], np.float32),
            t % 3,
            reward,
            np.array([t + 1], np.float32),
            terminated=terminated and is_last,
            ended=is_last,
        )


@pytest.mark.parametrize("terminated", [True, False])
def test_returns_of_several_timesteps(terminated: bool) -> None:
    """R sums up to n rewards; a real end is worth nothing, a time limit what follows it."""
    replay = Replay(PrioritizedDqnConfig(n_steps=3, gamma=0.5, buffer_size=10), ENCODER, 1)
    _fill(replay, [1.0, 2.0, 4.0, 8.0], terminated=terminated)
    assert len(replay) == 4
    assert replay.rewards[:4].tolist() == [3.0, 6.0, 8.0, 8.0]
    assert replay.observations[:4, 0].tolist() == [0, 1, 2, 3]
    assert replay.following[:4, 0].tolist() == [3, 4, 4, 4]
    ends = [0.0, 0.0, 0.0] if terminated else [0.125, 0.25, 0.5]
    assert replay.discounts[:4].tolist() == [0.125, *ends]


def test_the_oldest_transitions_give_way() -> None:
    """The memory is a ring."""
    replay = Replay(PrioritizedDqnConfig(buffer_size=3), ENCODER, 1)
    _fill(replay, [1.0, 2.0, 3.0, 4.0], terminated=True)
    assert len(replay) == 3
    assert sorted(replay.rewards.tolist()) == [2.0, 3.0, 4.0]


def test_a_sum_tree_draws_in_proportion() -> None:
    """Sums are right after every change, and places are found by them."""
    generator = np.random.default_rng(0)
    tree = SumTree(11)
    priorities = np.zeros(11)
    for _ in range(50):
        places = generator.integers(0, 11, 4)
        values = generator.random(4)
        tree.set(places, values)
        for place, value in zip(places, values, strict=True):
            priorities[place] = value
        last = {int(place): value for place, value in zip(places, values, strict=True)}
        for place, value in last.items():
            priorities[place] = value
        assert tree.leaves == pytest.approx(priorities)
        assert tree.total == pytest.approx(priorities.sum())
    sums = generator.random(5000) * tree.total
    found = tree.find(sums)
    assert (found == np.searchsorted(np.cumsum(priorities), sums, side="right")).all()


def test_a_sum_tree_never_finds_a_place_without_priority() -> None:
    """Not even where rounding points beyond the last."""
    tree = SumTree(6)
    tree.set(np.array([1, 3]), np.array([0.1, 0.2]))
    assert set(tree.find(np.array([0.0, 0.1, 0.2, tree.total, 2 * tree.total])).tolist()) == {1, 3}


def test_prioritised_draws_and_their_weights() -> None:
    """Bad predictions come back more often and count less; fresh transitions come at once."""
    config = PrioritizedDqnConfig(prioritized_replay=True, priority_exponent=1.0, buffer_size=8)
    replay = Replay(config, ENCODER, 1)
    _fill(replay, [0.0, 0.0, 0.0, 0.0], terminated=True)
    generator = np.random.default_rng(0)
    assert set(replay.draw(64, generator, 1.0).places.tolist()) == {0, 1, 2, 3}

    everything = replay.draw(4, generator, 1.0)
    replay.learnt(everything, np.where(everything.places == 2, 7.0, 1.0))
    drawn = replay.draw(1000, generator, 1.0)
    shares = np.bincount(drawn.places, minlength=4) / 1000
    assert shares == pytest.approx([0.1, 0.1, 0.7, 0.1], abs=0.01)
    assert drawn.weights is not None
    ratio = drawn.weights[drawn.places == 0][0] / drawn.weights[drawn.places == 2][0]
    assert ratio == pytest.approx(7.0, rel=1e-3)


@pytest.mark.parametrize("prioritized", [True, False])
def test_a_memory_comes_back(prioritized: bool) -> None:
    """It draws the same transitions; a damaged file is refused."""
    config = PrioritizedDqnConfig(prioritized_replay=prioritized, buffer_size=8, n_steps=2)
    first, second = Replay(config, ENCODER, 1), Replay(config, ENCODER, 1)
    _fill(first, [1.0, 2.0, 3.0], terminated=True)
    data = first.members()[REPLAY_FILE]
    second.load(data)
    draws = [replay.draw(16, np.random.default_rng(3), 0.5).places for replay in (first, second)]
    assert np.array_equal(draws[0], draws[1])
    assert np.array_equal(first.rewards, second.rewards)
    for damaged in (b"", data[:20], data[:-8]):
        with pytest.raises(TrainingFailedError, match="cannot be used"):
            second.load(damaged)


@pytest.mark.parametrize(
    "changes",
    [
        {"double_q": True, "dueling": True},
        {"prioritized_replay": True, "n_steps": 3},
        {"prioritized_replay": True, "double_q": True, "num_envs": 2},
        {"normalize": True, "gradient_steps": -1},
        {"tau": 0.01, "target_update_interval": 1, "gradient_steps": 8},
    ],
)
def test_it_trains_with_every_option(changes: dict[str, Any]) -> None:
    """Finite measurements, and gradient steps as often as asked."""
    context = trained(make_spec("dqn", "CartPole-v1", 200, **{**DQN, **changes}))
    assert context.record.metrics
    for row in context.record.metrics:
        assert all(np.isfinite(value) for value in row.values())
