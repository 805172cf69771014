"""A custom reward is added up beside the environment's own and reaches nothing else."""

import json
from typing import Any

import numpy as np
import pytest

from gymlab.domain.code import source_code
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.rewarding.function import RewardFunction
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv

REWARD = """
def reward_function(obs, action, next_obs, reward, terminated, truncated, info):
    before = obs.copy()
    obs[:] = 99
    next_obs += 0
    info["x"] = 1
    return {"moved": float(abs(next_obs - before).sum()), "end": -10.0 * terminated}
"""


def _spec(source: str | None = REWARD) -> RunSpec:
    return RunSpec(
        run_id="r",
        env_id="CartPole-v1",
        runner="x",
        algorithm="x",
        hyperparameters={},
        total_timesteps=100,
        seed=0,
        reward_code=source_code(source) if source else None,
    )


def _tracked(source: str | None = REWARD) -> tuple[TrackedEnv, list[FinishedEpisode]]:
    spec, episodes = _spec(source), list[FinishedEpisode]()
    reward = RewardFunction(spec.reward_code) if spec.reward_code else None
    env = compose_env(spec, reward=reward)
    return TrackedEnv(env, RunCounters(), 0, episodes.append), episodes


def _played(env: TrackedEnv, num_timesteps: int) -> list[tuple[Any, ...]]:
    """Play fixed actions and return everything that an agent sees."""
    seen: list[tuple[Any, ...]] = []
    for number in range(num_timesteps):
        observation, reward, terminated, truncated, info = env.step(number % 2)
        seen.append((observation.tolist(), reward, terminated, truncated, dict(info)))
        if terminated or truncated:
            seen.append((env.reset()[0].tolist(),))
    return seen


def test_own_and_shaped_returns_are_kept_apart() -> None:
    """The environment's own reward is measured, the other one is what the agent gets."""
    env, episodes = _tracked()
    env.reset(seed=3)
    seen = _played(env, 120)
    first = episodes[0]
    assert first.episode_return == first.episode_length
    rewards = [step[1] for step in seen[: first.episode_length]]
    assert first.shaped_return == pytest.approx(sum(rewards))
    assert first.terms["end"] == -10.0
    assert first.shaped_return == pytest.approx(sum(first.terms.values()))


def test_a_reward_that_spoils_its_arguments_changes_nothing_but_itself() -> None:
    """Observations, infos and ends are those of a run without it."""
    spoiled, plain = _tracked()[0], _tracked(None)[0]
    starts = [env.reset(seed=3)[0].tolist() for env in (spoiled, plain)]
    assert starts[0] == starts[1]
    drop_reward = [
        [(*step[:1], *step[2:]) for step in _played(env, 120)] for env in (spoiled, plain)
    ]
    assert drop_reward[0] == drop_reward[1]


@pytest.mark.parametrize("cut_at", [1, 7, 50])
def test_an_episode_continues_with_its_partial_sums(cut_at: int) -> None:
    """Saved in the middle, the rest and the sums are the same to the last bit."""
    whole, episodes = _tracked()
    whole.reset(seed=5)
    _played(whole, cut_at)
    saved = json.loads(json.dumps(whole.save()))
    num_before = len(episodes)
    expected = _played(whole, 100)

    again, continued = _tracked()
    again.repeat(saved)
    again.tracker.restore(saved["tracker"])
    assert [(s[0], *s[1:]) for s in _played(again, 100)] == expected
    assert continued == episodes[num_before:]


def test_an_episode_cut_by_a_reset_keeps_its_shaped_return() -> None:
    """As its own return."""
    env, episodes = _tracked()
    env.reset(seed=0)
    _played(env, 3)
    env.reset()
    assert episodes[0].truncated
    assert episodes[0].shaped_return == pytest.approx(episodes[0].terms["moved"])


def test_what_an_environment_reuses_is_copied() -> None:
    """Many environments write into one array; `obs` is still the one before."""
    source = """
def reward_function(obs, action, next_obs, reward, terminated, truncated, info):
    return float(obs is not next_obs and (obs != next_obs).any())
"""
    env, _ = _tracked(source)
    shaping = env.shaping
    assert shaping is not None
    shared = np.zeros(4)

    class Reusing(type(shaping.env)):  # type: ignore[misc]
        def step(self, action: Any) -> Any:
            shared[:] += action + 1
            return shared, 0.0, False, False, {}

    shaping.env.__class__ = Reusing
    env.reset(seed=0)
    assert env.step(0)[1] == 1.0
    assert env.step(0)[1] == 1.0
