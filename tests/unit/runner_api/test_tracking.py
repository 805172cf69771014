"""Episodes are counted exactly, whatever the environment does."""

import math
from typing import Any

import gymnasium
import pytest
from gymnasium import spaces
from hypothesis import given
from hypothesis import strategies as st

from gymlab.runner_api.tracking import (
    FinishedEpisode,
    RunCounters,
    TrackedEnv,
    as_finite_or_nan,
)


class ScriptedEnv(gymnasium.Env[int, int]):
    """Gives rewards and ends from a list."""

    observation_space = spaces.Discrete(1)
    action_space = spaces.Discrete(1)

    def __init__(self, script: list[tuple[Any, bool, bool]]) -> None:
        self._script = iter(script)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Begin."""
        super().reset(seed=seed, options=options)
        return 0, {}

    def step(self, action: int) -> tuple[int, Any, bool, bool, dict[str, Any]]:
        """Follow the script."""
        assert self.action_space.contains(action)
        reward, terminated, truncated = next(self._script)
        return 0, reward, terminated, truncated, {}


def tracked(
    script: list[tuple[Any, bool, bool]],
) -> tuple[TrackedEnv, RunCounters, list[FinishedEpisode]]:
    """Return a tracked environment with its counters and a list that fills with episodes."""
    counters = RunCounters()
    episodes: list[FinishedEpisode] = []

    def note(episode: FinishedEpisode) -> None:
        counters.episodes += 1
        episodes.append(episode)

    return TrackedEnv(ScriptedEnv(script), counters, 2, note), counters, episodes


transitions = st.lists(
    st.tuples(st.floats(-1e6, 1e6), st.booleans(), st.booleans()), min_size=1, max_size=60
)


@given(transitions)
def test_episodes_add_up_to_the_transitions(script: list[tuple[float, bool, bool]]) -> None:
    """Lengths and returns partition the transitions; both kinds of end are kept apart."""
    env, counters, episodes = tracked(script)
    env.reset()
    expected: list[tuple[float, int, bool, bool]] = []
    total, length = 0.0, 0
    for reward, terminated, truncated in script:
        env.step(0)
        total, length = total + reward, length + 1
        if terminated or truncated:
            expected.append((total, length, terminated, truncated))
            total, length = 0.0, 0
            env.reset()
    found = [(e.episode_return, e.episode_length, e.terminated, e.truncated) for e in episodes]
    assert found == expected
    assert counters.timestep == len(script)
    assert env.tracker.timestep == length
    assert all(episode.env_index == 2 for episode in episodes)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, None, "reward", 10**400, [1, 2]])
def test_a_reward_that_is_no_number_makes_the_return_null(bad: object) -> None:
    """One bad reward spoils its own episode only."""
    env, _, episodes = tracked([(1.0, False, False), (bad, True, False), (2.0, True, False)])
    env.reset()
    env.step(0)
    env.step(0)
    env.reset()
    env.step(0)
    assert [episode.episode_return for episode in episodes] == [None, 2.0]


def test_a_reset_in_the_middle_counts_as_cut_off() -> None:
    """Timesteps of an abandoned episode do not vanish; a reset before any timestep is nothing."""
    env, _, episodes = tracked([(1.0, False, False)] * 3)
    env.reset()
    env.reset()
    assert episodes == []
    env.step(0)
    env.step(0)
    env.reset()
    assert [(e.episode_length, e.terminated, e.truncated) for e in episodes] == [(2, False, True)]


def test_a_cut_takes_effect_at_the_next_timestep() -> None:
    """The learner sees the truncation, once."""
    env, _, episodes = tracked([(1.0, False, False)] * 4)
    env.reset()
    env.step(0)
    env.cut_episode()
    _, _, terminated, truncated, _ = env.step(0)
    assert (terminated, truncated) == (False, True)
    env.reset()
    assert env.step(0)[3] is False
    assert len(episodes) == 1


def test_a_cut_at_a_real_end_changes_nothing() -> None:
    """An episode that terminates by itself is not also called truncated."""
    env, _, episodes = tracked([(1.0, True, False)])
    env.reset()
    env.cut_episode()
    env.step(0)
    assert (episodes[0].terminated, episodes[0].truncated) == (True, False)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_only_finite_numbers_pass(value: float) -> None:
    """Everything else becomes NaN."""
    number = as_finite_or_nan(value)
    assert number == value if math.isfinite(value) else math.isnan(number)
