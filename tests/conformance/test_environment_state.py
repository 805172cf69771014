"""What is declared exact is exact: an episode goes on in a fresh environment bit for bit."""

import copy
from typing import Any

import numpy as np
import pytest

from gymlab.domain.environments import ResumeLevel
from gymlab.envs.catalogue import describe_environment
from gymlab.envs.families import FAMILIES, INSTALLED
from gymlab.envs.making import listed_environments, make_env, unavailable_reason
from gymlab.envs.state.levels import resume_info
from gymlab.envs.state.values import digest
from gymlab.runner_api.environment_states import environments_member, restore_environments
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv

LISTED = listed_environments()
NUM_COMPARED = 50
CUT_EVERY = 23
"""Episodes end by themselves too seldom: some are cut off, as somebody's RESET does."""

REPRESENTATIVES = {
    "CartPole-v1", "MountainCarContinuous-v0", "Pendulum-v1", "Acrobot-v1",
    "Taxi-v4", "Blackjack-v1", "FrozenLake-v1", "CliffWalking-v1",
    "LunarLander-v3", "LunarLanderContinuous-v3", "BipedalWalker-v3", "CarRacing-v3",
    "Hopper-v5", "Humanoid-v5", "Pusher-v5", "Reacher-v5",
    "ALE/Breakout-v5", "ALE/Pong-v5", "ALE/Seaquest-v5",
    "MiniGrid-DoorKey-5x5-v0", "MiniGrid-Dynamic-Obstacles-6x6-v0", "BabyAI-GoToRedBall-v0",
    "gymlab/GridWorld-v0", "gymlab/Snake-v0", "gymlab/Orbit-v0", "gymlab/Lantern-v0",
    "gymlab/Crossing-v0",
}  # fmt: skip
"""Environments that every run of the tests looks at; all others are marked slow."""


def _declared_exact() -> list[Any]:
    return [
        pytest.param(env_id, marks=() if env_id in REPRESENTATIVES else pytest.mark.slow)
        for env_id, environment in LISTED.items()
        if resume_info(environment.family).level is ResumeLevel.EXACT
        and unavailable_reason(environment) is None
    ]


def _tracked(env_id: str, *, is_watched: bool = False) -> tuple[TrackedEnv, list[FinishedEpisode]]:
    finished: list[FinishedEpisode] = []
    env = make_env(env_id, render_mode="rgb_array" if is_watched else None)
    return TrackedEnv(env, RunCounters(), 0, finished.append), finished


def _play(env: TrackedEnv, actions: list[Any], *, is_watched: bool = False) -> list[Any]:
    """Take these actions, resetting at every end and every so often; return all that came of it."""
    seen: list[Any] = []
    for count, action in enumerate(actions, start=1):
        observation, reward, terminated, truncated, _ = env.step(copy.deepcopy(action))
        seen.append((digest(observation), float(reward), terminated, truncated))
        if is_watched and count % 7 == 0:
            env.render()
        if terminated or truncated or count % CUT_EVERY == 0:
            seen.append(digest(env.reset()[0]))
    return seen


def _actions(env: TrackedEnv, count: int, seed: int) -> list[Any]:
    env.action_space.seed(seed)
    return [env.action_space.sample() for _ in range(count)]


@pytest.mark.parametrize("env_id", _declared_exact())
def test_an_episode_goes_on_bit_for_bit(env_id: str) -> None:
    """After seeded and unseeded resets, ends and cuts, and while somebody watches."""
    original, episodes = _tracked(env_id, is_watched=True)
    num_played = 2 * CUT_EVERY + int(np.random.default_rng(len(env_id)).integers(1, CUT_EVERY))
    original.reset(seed=11)
    _play(original, _actions(original, num_played, 1), is_watched=True)
    members = environments_member({0: original})
    resumed, later = _tracked(env_id)
    restore_environments({0: resumed}, members)
    actions = _actions(original, NUM_COMPARED, 2)
    num_before = len(episodes)
    expected = _play(original, actions)

    assert _play(resumed, actions) == expected
    assert later == episodes[num_before:]
    assert environments_member({0: resumed}) == environments_member({0: original})
    original.close()
    resumed.close()


@pytest.mark.parametrize("env_id", ["CartPole-v1", "LunarLander-v3", "Hopper-v5", "Taxi-v4"])
def test_watching_changes_nothing(env_id: str) -> None:
    """Drawing takes no random numbers and moves nothing."""
    alone, _ = _tracked(env_id)
    watched, _ = _tracked(env_id, is_watched=True)
    alone.reset(seed=3)
    watched.reset(seed=3)
    actions = _actions(alone, 100, 4)

    assert _play(watched, actions, is_watched=True) == _play(alone, actions)
    alone.close()
    watched.close()


def test_every_family_says_how_exactly_it_resumes() -> None:
    """Only what comes from other packages is approximate, and says why."""
    approximate = {
        family.id
        for family in FAMILIES.values()
        if resume_info(family).level is ResumeLevel.APPROXIMATE
    }
    shown = describe_environment("CartPole-v1").resume

    assert LISTED.keys() >= REPRESENTATIVES
    assert approximate == {INSTALLED.id}
    assert shown is not None
    assert shown.level is ResumeLevel.EXACT
    assert all(len(resume_info(family).reason) > 20 for family in FAMILIES.values())
