"""Playing one episode so that its seed alone decides it."""

import random
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces

from gymlab.envs.ending import reason_of
from gymlab.worker.playing import EpisodePlayer, Play


class GlobalNoise(gymnasium.Env[np.ndarray, int]):
    """Draws its rewards from generators that belong to the whole process."""

    observation_space = spaces.Box(-1, 1, (1,))
    action_space: Any = spaces.Discrete(2)

    def __init__(self) -> None:
        self._count = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin."""
        super().reset(seed=seed, options=options)
        self._count = 0
        return np.zeros(1, np.float32), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Give a random reward."""
        self._count += 1
        drawn = float(np.random.rand()) + random.random() + self.np_random.random()  # noqa: NPY002, S311 - as careless environments do
        reward = drawn + float(torch.rand(1)) + action
        is_over = self._count == 5
        return np.zeros(1, np.float32), reward, is_over, False, {"termination": "tired"}


class Careless:
    """Draws its actions from the space of the environment."""

    def __init__(self) -> None:
        self.num_resets = 0
        self._space = spaces.Discrete(2)

    def reset(self) -> None:
        """Seed the space."""
        self.num_resets += 1
        self._space.seed(int(np.random.randint(2**31)))  # noqa: NPY002 - what episodes are seeded through

    def act(self, observation: Any, *, deterministic: bool) -> Any:  # noqa: ARG002 - part of the interface
        """Return an action."""
        return self._space.sample()


def play(seed: int, actor: Careless, each: Any = lambda: None) -> Any:
    """Play one episode."""
    return EpisodePlayer(GlobalNoise(), actor, Play(1, seed, deterministic=False)).run(each)


def test_an_episode_repeats_from_its_seed_alone() -> None:
    """Whatever generators environment and policy draw from, and whatever was played before."""
    actor = Careless()
    first = play(3_000_000_000, actor)
    other = play(3_000_000_001, actor)
    again = play(3_000_000_000, actor)
    assert again == first
    assert other.episode_return != first.episode_return
    assert actor.num_resets == 3
    assert first.reason == "tired"


def test_every_state_is_shown_once() -> None:
    """The first and the last included."""
    seen: list[int] = []
    row = play(1, Careless(), lambda: seen.append(1))
    assert len(seen) == row.episode_length + 1


@pytest.mark.parametrize(
    ("info", "terminated", "reason"),
    [
        ({}, True, "terminated"),
        ({}, False, "truncated"),
        ({"termination": "goal"}, True, "goal"),
        ({"termination_reason": "fell\x00over\n"}, True, "fell over"),
        ({"termination": 7}, True, "terminated"),
        ({"termination": "x" * 500}, True, "x" * 60),
        ({"termination": "  "}, False, "truncated"),
        (None, False, "truncated"),
    ],
)
def test_the_reason_is_the_environments_own(info: Any, terminated: bool, reason: str) -> None:
    """Where it gives one that is a plain short text."""
    assert reason_of(info, terminated=terminated) == reason
