"""Links of a chain change what is learned from, and nothing that is measured."""

from typing import Any

import pytest

from gymlab.domain.code import source_code
from gymlab.domain.runs import RunSpec, WrapperSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.rewarding.choosing import reward_of
from gymlab.errors import InvalidInputError
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv

TERMS = """
def reward_function(obs, action, next_obs, reward, terminated, truncated, info):
    return {"own": reward, "help": 10.0}
"""


def tracked(
    links: list[tuple[str, dict[str, Any]]], source: str | None = None, timestep: int = 0
) -> tuple[TrackedEnv, list[FinishedEpisode]]:
    """Return an environment as a run trains in it."""
    spec = RunSpec(
        run_id="r",
        env_id="CartPole-v1",
        runner="x",
        algorithm="x",
        hyperparameters={},
        total_timesteps=100,
        seed=0,
        reward_code=source_code(source) if source else None,
        wrappers=tuple(WrapperSpec(id=name, kwargs=kwargs) for name, kwargs in links),
    )
    episodes: list[FinishedEpisode] = []
    env = compose_env(spec, reward=reward_of(spec))
    return TrackedEnv(env, RunCounters(timestep=timestep), 0, episodes.append), episodes


def play(env: TrackedEnv) -> list[float]:
    """Play an episode; return what the agent was given."""
    env.reset(seed=1)
    given: list[float] = []
    while True:
        _, reward, terminated, truncated, _ = env.step(1)
        given.append(float(reward))
        if terminated or truncated:
            return given


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([("scale_reward", {"factor": 0.5})], 0.5),
        ([("clip_reward", {"limit": 0.25})], 0.25),
        ([("scale_reward", {"factor": 5.0}), ("clip_reward", {"limit": 2.0})], 2.0),
        ([("clip_reward", {"limit": 0.5}), ("scale_reward", {"factor": 4.0})], 2.0),
        ([("action_repeat", {"num_repeats": 2}), ("clip_reward", {"limit": 1.5})], 1.5),
    ],
)
def test_rewards_are_scaled_and_clipped_in_the_order_of_the_chain(
    links: list[tuple[str, dict[str, Any]]], expected: float
) -> None:
    """For each timestep of the agent; the environment's own return stays what it is."""
    env, episodes = tracked(links)
    given = play(env)
    assert given[0] == expected
    assert episodes[0].shaped_return == pytest.approx(sum(given))
    plain, others = tracked([link for link in links if link[0] == "action_repeat"])
    play(plain)
    assert episodes[0].episode_return == others[0].episode_return
    assert others[0].shaped_return is None


def test_the_weight_of_a_term_changes_with_the_run_episode_by_episode() -> None:
    """Its curve shows the weighed term, the other one stays."""
    weight = {
        "term": "help", "begin": 1.0, "end": 0.0, "from_timestep": 100, "over_timesteps": 1000,
        "num_changes": 4,
    }  # fmt: skip
    for timestep, expected in ((0, 11.0), (349, 11.0), (350, 8.5), (600, 6.0), (5000, 1.0)):
        env, episodes = tracked([("term_weight", weight)], TERMS, timestep)
        assert play(env)[0] == pytest.approx(expected)
        length = episodes[0].episode_length
        assert episodes[0].terms["help"] == pytest.approx((expected - 1.0) * length)
        assert episodes[0].terms["own"] == length


def test_a_term_that_never_comes_weighs_nothing() -> None:
    """Other names, and rewards without terms."""
    weight = {"term": "other", "begin": 0.0, "end": 0.0}
    assert play(tracked([("term_weight", weight)], TERMS)[0])[0] == 11.0
    plain = "def reward_function(obs, action):\n    return 3.0\n"
    assert play(tracked([("term_weight", weight)], plain)[0])[0] == 3.0


def test_without_such_links_nothing_of_it_runs() -> None:
    """A run with other wrappers learns from the environment directly."""
    env, _ = tracked([("sticky_actions", {})])
    assert env.shaping is None


def test_impossible_settings_are_refused() -> None:
    """They were checked before the run, but a specification may be anything."""
    with pytest.raises(InvalidInputError, match="wrappers of the reward"):
        tracked([("clip_reward", {"limit": -1.0})])
