"""Rewards and environments of users, and links that change the reward, in our own agents."""

import pytest

from gymlab.domain.code import source_code
from gymlab.domain.runs import WrapperSpec
from gymlab.runners.native.tests.rehearsing import DQN, PPO, make_spec, trained

REWARD = """
def reward_function(obs, action, next_obs, reward, terminated, truncated, info):
    return {"half": 0.5 * reward, "left": -1.0 * (action == 0)}
"""
WORLD = """
import gymnasium
import numpy as np
from gymnasium import spaces
from rules import LENGTH

class Walk(gymnasium.Env):
    def __init__(self):
        self.observation_space = spaces.Box(0.0, 1.0, (1,), np.float32)
        self.action_space = spaces.Discrete(2)
    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = 0
        return self._seen(), {}
    def step(self, action):
        self.place += int(action)
        return self._seen(), float(action), self.place >= LENGTH, False, {}
    def _seen(self):
        return np.array([self.place / LENGTH], np.float32)

# ---- file: rules.py ----
LENGTH = 5
"""
ALGORITHMS = {"ppo": PPO, "dqn": DQN}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_agents_learn_from_a_users_reward_and_are_measured_by_the_environments(
    algorithm: str,
) -> None:
    """Every episode has both returns, and the terms."""
    spec = make_spec(algorithm, reward_code=source_code(REWARD), **ALGORITHMS[algorithm])
    episodes = trained(spec).record.episodes
    assert episodes
    for episode in episodes:
        assert episode.episode_return == episode.episode_length
        assert episode.terms["half"] == episode.episode_length / 2
        assert episode.shaped_return == pytest.approx(sum(episode.terms.values()))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_agents_train_in_an_environment_of_several_files(algorithm: str) -> None:
    """With its rewards scaled for the learner alone."""
    spec = make_spec(
        algorithm,
        "code/000000000000@1",
        environment_code=source_code(WORLD),
        wrappers=(WrapperSpec(id="scale_reward", kwargs={"factor": 0.25}),),
        **ALGORITHMS[algorithm],
    )
    episodes = trained(spec).record.episodes
    assert episodes
    for episode in episodes:
        assert episode.episode_return == 5.0
        assert episode.shaped_return == 1.25
