"""Rewards and environments of users, and links that change the reward, in our own agents."""

import numpy as np
import pytest

from gymlab.domain.code import source_code
from gymlab.domain.runs import WrapperSpec
from gymlab.runners.native.runner import RUNNER
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


LEVERS = """
import gymnasium
import numpy as np
from gymnasium import spaces

class Levers(gymnasium.Env):
    def __init__(self):
        self.observation_space = spaces.MultiDiscrete([3, 2])
        self.action_space = spaces.MultiDiscrete([3, 2])
    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.asked, self.left = self.np_random.integers([3, 2]), 10
        return self.asked, {}
    def step(self, action):
        assert self.action_space.contains(action), action
        reward = float((action == self.asked).mean())
        self.asked, self.left = self.np_random.integers([3, 2]), self.left - 1
        return self.asked, reward, self.left == 0, False, {}
"""


def test_several_choices_at_once_are_learnt() -> None:
    """MultiDiscrete actions and observations: every lever is pulled as it is asked for."""
    values = PPO | {"num_envs": 8, "n_steps": 32, "batch_size": 64, "n_epochs": 10}
    spec = make_spec(
        "ppo",
        "code/000000000000@1",
        total_timesteps=8192,
        environment_code=source_code(LEVERS),
        **values | {"learning_rate": 0.01},
    )
    context = trained(spec)
    returns = [episode.episode_return or 0.0 for episode in context.record.episodes]
    assert sum(returns[:20]) / 20 < 7.0
    assert sum(returns[-20:]) / 20 > 9.5
    members = context.record.checkpoints[-1].members.durable
    actor, env = RUNNER.load_actor(spec, members), RUNNER.make_env(spec, render_mode=None)
    observation, _ = env.reset(seed=1)
    for _ in range(5):
        action = actor.act(observation, deterministic=True)
        assert np.array_equal(action, observation)
        observation, *_ = env.step(action)
    env.close()
