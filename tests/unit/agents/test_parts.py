"""Actions, observations, normalisation, optimizer and stepping of our own agents."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

import copy
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from gymlab.agents.actions import action_distribution
from gymlab.agents.config_dqn import DqnConfig
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.fields import scheduled_value
from gymlab.agents.flat_optimizer import FlatAdam
from gymlab.agents.normalising import Normaliser, RunningMoments
from gymlab.agents.observing import ObservationEncoder
from gymlab.agents.parsing import parse_config
from gymlab.agents.stepping import EnvironmentRow
from gymlab.errors import InvalidInputError, TrainingFailedError

ACTIONS: list[tuple[spaces.Space[Any], int]] = [
    (spaces.Discrete(3, start=2), 3),
    (spaces.MultiDiscrete([2, 3]), 5),
    (spaces.MultiBinary(4), 4),
    (spaces.Box(-1, 1, (2,)), 2),
]


@pytest.mark.parametrize(("space", "num_outputs"), ACTIONS, ids=lambda item: str(item)[:20])
def test_actions_fit_their_space(space: spaces.Space[Any], num_outputs: int) -> None:
    """Drawn and likeliest actions are actions of the environment."""
    torch.manual_seed(0)
    actions = action_distribution(space)
    outputs, log_std = torch.randn(50, num_outputs), torch.zeros(num_outputs)
    assert actions.num_outputs == num_outputs
    for chosen in (actions.sample(outputs, log_std), actions.mode(outputs)):
        for action in actions.for_environments(chosen.numpy()):
            assert space.contains(action)


def test_probabilities_are_those_of_torch() -> None:
    """Log-probability and entropy agree with the library's distributions."""
    torch.manual_seed(0)
    logits, log_std = torch.randn(20, 3), torch.randn(3)
    discrete = action_distribution(spaces.Discrete(3))
    chosen = discrete.sample(logits, None)
    reference: Any = torch.distributions.Categorical(logits=logits)
    log_probs, entropies = discrete.log_prob_and_entropy(logits, None, chosen)
    torch.testing.assert_close(log_probs, reference.log_prob(chosen[:, 0]))
    torch.testing.assert_close(entropies, reference.entropy())

    gaussian = action_distribution(spaces.Box(-1, 1, (3,)))
    drawn = gaussian.sample(logits, log_std)
    reference = torch.distributions.Normal(logits, log_std.exp())
    log_probs, entropies = gaussian.log_prob_and_entropy(logits, log_std, drawn)
    torch.testing.assert_close(log_probs, reference.log_prob(drawn).sum(-1))
    torch.testing.assert_close(entropies, reference.entropy().sum(-1))

    switches = action_distribution(spaces.MultiBinary(3))
    set_on = switches.sample(logits, None)
    reference = torch.distributions.Bernoulli(logits=logits)
    log_probs, entropies = switches.log_prob_and_entropy(logits, None, set_on)
    torch.testing.assert_close(log_probs, reference.log_prob(set_on.float()).sum(-1))
    torch.testing.assert_close(entropies, reference.entropy().sum(-1))


def test_draws_follow_the_probabilities() -> None:
    """The Gumbel-max trick draws from the softmax."""
    torch.manual_seed(0)
    logits = torch.tensor([0.1, 0.6, 0.3]).log().expand(20_000, 3)
    chosen = action_distribution(spaces.Discrete(3)).sample(logits, None)
    shares = np.bincount(chosen[:, 0].numpy(), minlength=3) / 20_000
    assert shares == pytest.approx([0.1, 0.6, 0.3], abs=0.015)


def test_unsupported_actions_are_refused() -> None:
    """Nested actions have no distribution here."""
    with pytest.raises(InvalidInputError, match="not supported"):
        action_distribution(spaces.Dict({"a": spaces.Discrete(2)}))


@pytest.mark.parametrize(
    ("space", "observation", "encoded"),
    [
        (spaces.Discrete(4, start=1), 3, [0, 0, 1, 0]),
        (spaces.MultiDiscrete([2, 3]), np.array([1, 0]), [0, 1, 1, 0, 0]),
        (spaces.MultiBinary(3), np.array([1, 0, 1], np.int8), [1, 0, 1]),
        (spaces.Box(-1, 1, (2, 2)), np.array([[1, 2], [3, 4]], np.float32), [1, 2, 3, 4]),
    ],
    ids=lambda item: str(item)[:20],
)
def test_observations_become_vectors(
    space: spaces.Space[Any], observation: Any, encoded: list[float]
) -> None:
    """Choices are one-hot, boxes are laid out."""
    assert ObservationEncoder(space).encode(observation)[0].tolist() == encoded


def test_channels_of_pictures_come_first() -> None:
    """Bytes stay bytes."""
    encoder = ObservationEncoder(spaces.Box(0, 255, (5, 4, 3), np.uint8))
    picture = np.arange(60, dtype=np.uint8).reshape(5, 4, 3)
    encoded = encoder.encode(picture)
    assert encoded.dtype == np.uint8
    assert np.array_equal(encoded[0], picture.transpose(2, 0, 1))


def test_observations_without_a_shape_are_refused() -> None:
    """Nested and empty ones cannot be fed to a network."""
    for space in (spaces.Dict({"a": spaces.Discrete(2)}), spaces.Box(0, 1, (0,))):
        with pytest.raises(InvalidInputError, match="cannot be fed"):
            ObservationEncoder(space)


def test_moments_are_those_of_everything_seen() -> None:
    """In batches or at once: the same mean and variance."""
    numbers = np.random.default_rng(0).normal(3.0, 2.0, (300, 2))
    moments = RunningMoments((2,))
    for batch in np.split(numbers, 10):
        moments.add(batch)
    assert moments.mean == pytest.approx(numbers.mean(0), abs=1e-3)
    assert moments.var == pytest.approx(numbers.var(0), abs=1e-3)


def test_statistics_come_back() -> None:
    """A normaliser scales as the one whose file it read, and refuses files that do not fit."""
    encoder = ObservationEncoder(spaces.Box(-9, 9, (2,)))
    config = PpoConfig(normalize=True)
    first, second = (Normaliser(config, encoder, 3) for _ in range(2))
    seen = np.random.default_rng(0).normal(5.0, 2.0, (3, 2)).astype(np.float32)
    first.see(seen)
    first.see_rewards(np.array([1.0, 2.0, 3.0]), np.array([False, True, False]))
    second.load(first.members())
    assert np.array_equal(first.scaled(seen), second.scaled(seen))
    assert first.discounted_returns.tolist() == [1.0, 0.0, 3.0]
    with pytest.raises(TrainingFailedError, match="without normalisation"):
        second.load({})
    for damaged in (b"", b"\x08" + 7 * b"\0" + b"{}      "):
        with pytest.raises(TrainingFailedError, match="cannot be used"):
            second.load({"normalization.safetensors": damaged})


def test_flat_adam_is_adam_with_clipping() -> None:
    """After 50 steps the weights are those of the library's optimizer."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
    other = copy.deepcopy(network)
    flat = FlatAdam(network, eps=1e-5, weight_decay=0.01, max_grad_norm=0.5)
    adam = torch.optim.Adam(other.parameters(), lr=1e-2, eps=1e-5, weight_decay=0.01)
    inputs = torch.randn(16, 4)
    for _ in range(50):
        flat.descend(network(inputs).square().sum(), 1e-2)
        adam.zero_grad()
        other(inputs).square().sum().backward()
        nn.utils.clip_grad_norm_(other.parameters(), 0.5)
        adam.step()
    for mine, theirs in zip(network.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-4)


class _Countdown(gymnasium.Env[Any, Any]):
    """Ends after a number of timesteps, and shows how many are left."""

    observation_space = spaces.Box(-100, 100, (1,))
    action_space = spaces.Discrete(2)

    def __init__(self, length: int) -> None:
        self._length = length
        self._left = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed, options=options)
        self._left = self._length
        return np.array([self._left], np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self._left -= 1
        return np.array([self._left], np.float32), float(action), self._left == 0, False, {}


def test_an_episode_that_ends_is_followed_by_the_next() -> None:
    """The last observation of the old and the first of the new episode are both there."""
    row = EnvironmentRow(
        [_Countdown(2), _Countdown(9)], ObservationEncoder(_Countdown.observation_space)
    )
    row.reset(0)
    row.step([1, 0])
    assert row.observations[:, 0].tolist() == [1, 8]
    row.step([1, 0])
    assert row.ended.tolist() == [True, False]
    assert row.final_observations[0, 0] == 0
    assert row.observations[:, 0].tolist() == [2, 7]
    assert row.rewards.tolist() == [1.0, 0.0]


def test_schedules() -> None:
    """Constants stay, `lin_x` falls to 0."""
    assert scheduled_value(0.2, 0.5) == 0.2
    assert scheduled_value("lin_0.2", 0.25) == pytest.approx(0.15)
    assert scheduled_value("lin_0.2", 2.0) == 0.0


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"num_envs": 0}, "hyperparameters.num_envs", "greater than or equal to 1"),
        ({"num_envs": 1_000_000}, "hyperparameters.num_envs", "less than or equal to 1024"),
        ({"gama": 0.9}, "hyperparameters.gama", "No hyperparameter"),
        ({"learning_rate": "lin_0"}, "hyperparameters.learning_rate", "not allowed"),
        ({"gamma": float("nan")}, "hyperparameters.gamma", "not allowed"),
        ({"network": {"layers": []}}, "hyperparameters.network.layers", "no layers"),
        ({"n_steps": "8" * 10_000}, "hyperparameters.n_steps", "not allowed"),
    ],
)
def test_wrong_hyperparameters_are_named(values: dict[str, Any], field: str, words: str) -> None:
    """Each problem says its field and what is allowed."""
    with pytest.raises(InvalidInputError, match=words) as caught:
        parse_config(PpoConfig, values)
    assert caught.value.fields[0].field == field
    assert len(caught.value.fields[0].detail) < 300


def test_numbers_of_json_are_whole_where_they_are() -> None:
    """1e5 is a buffer size."""
    assert parse_config(DqnConfig, {"buffer_size": 1e5}).buffer_size == 100_000
