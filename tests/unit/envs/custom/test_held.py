"""A user's environment is held to Gymnasium's contract; what it hands over runs no code of the user's."""

from typing import Any

import numpy as np
import pytest

from gymlab.domain.code import source_code
from gymlab.envs.custom.making import make_custom_env
from gymlab.errors import UserCodeError

HEAD = """
import collections
import gymnasium
import numpy as np
from gymnasium import spaces

class Box(spaces.Box):
    pass

class Array(np.ndarray):
    pass

class Info(collections.UserDict):
    pass

class World(gymnasium.Env):
    num_asked = 0
    space = spaces.Box(-1.0, 1.0, (2,), np.float32)
    seen = np.zeros(2, np.float32)
    paid, over, cut, info = 1.0, False, False, {}

    @property
    def observation_space(self):
        World.num_asked += 1
        return self.space

    @property
    def action_space(self):
        World.num_asked += 1
        return spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.seen, self.info

    def step(self, action):
        return self.seen, self.paid, self.over, self.cut, self.info
"""


def _made(change: str = "") -> Any:
    return make_custom_env(source_code(f"{HEAD}    {change}\n"))


def test_what_an_environment_says_of_itself_is_read_once() -> None:
    """An attribute may be computed by code that does not end."""
    env = _made()
    world: Any = type(env.unwrapped)
    asked = world.num_asked
    env.reset(seed=1)
    for _ in range(3):
        env.step(env.action_space.sample())
    assert env.observation_space.shape == (2,)
    assert world.num_asked == asked


def test_classes_of_the_users_are_not_handed_over() -> None:
    """Arrays and dictionaries of their own would run code of theirs later, outside every limit."""
    env = _made("seen, info = np.zeros(2, np.float32).view(Array), Info(a=1)")
    observation, info = env.reset(seed=1)
    assert type(observation) is np.ndarray
    assert (type(info), info) == (dict, {"a": 1})
    named = "space = spaces.Dict(a=spaces.Box(-1.0, 1.0, (2,), np.float32))\n"
    held = _made(
        f"{named}    seen = collections.OrderedDict(a=np.zeros(2, np.float32).view(Array))"
    )
    observation, _ = held.reset(seed=1)
    assert (type(observation), type(observation["a"])) == (dict, np.ndarray)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("space = None", "observation_space is not set"),
        ("space = (2,)", "observation_space is a tuple, no space"),
        ("space = Box(-1.0, 1.0, (2,))", "of a class of your own, Box"),
    ],
)
def test_what_is_no_space_is_refused(change: str, said: str) -> None:
    """When the environment is made."""
    with pytest.raises(UserCodeError, match=said) as caught:
        _made(change)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("seen = [0.0, 0.0]", "a list as the observation, which is an array"),
        ("seen = np.zeros(3, np.float32)", "shape \\(3,\\); its space says \\(2,\\)"),
        ("seen = np.array([np.nan, 0.0], np.float32)", "not finite"),
        ("seen = np.array([np.inf, 0.0], np.float32)", "not finite"),
        ("seen = np.array(['a', 'b'])", "an observation of <U1"),
        ("info = None", "None as the info"),
        ("paid = None", "None as the reward"),
        ("paid = 10 ** 400", "too large"),
        ("paid = 1j", "complex"),
        ("paid = float('nan')", "NaN"),
        ("over = None", "None as terminated"),
        ("cut = 'yes'", "'yes' as truncated"),
    ],
)
def test_what_breaks_the_contract_is_named(change: str, said: str) -> None:
    """With what it should be."""
    env = _made(change)

    def play() -> None:
        env.reset(seed=1)
        env.step(0)

    with pytest.raises(UserCodeError, match=said) as caught:
        play()
    assert caught.value.hint


def test_a_step_before_a_reset_is_refused() -> None:
    """The environment has no state yet."""
    held = _made().env
    with pytest.raises(UserCodeError, match="step was called before reset"):
        held.step(0)


def test_an_observation_out_of_its_bounds_does_no_harm() -> None:
    """It is a remark before training, no reason to end it."""
    env = _made("seen = np.full(2, 7.0, np.float32)")
    observation, _ = env.reset(seed=1)
    assert observation.tolist() == [7.0, 7.0]


def test_an_episode_that_never_ends_is_cut_off() -> None:
    """As the class says, else after 10,000 timesteps."""
    env = _made("max_episode_steps = 3")
    env.reset(seed=1)
    assert [env.step(0)[3] for _ in range(3)] == [False, False, True]
