"""An option of the environment changes while a run trains."""

from typing import Any

import numpy as np
import pytest

from gymlab.domain.wrappers import Curriculum
from gymlab.envs.making import make_env
from gymlab.envs.wrapping.varying import LAST, VaryingEnv
from gymlab.errors import InvalidInputError


def lander(**changes: Any) -> VaryingEnv:
    """Return a lander whose gravity grows."""
    settings = {
        "option": "gravity", "begin": -2.0, "end": -10.0, "over_timesteps": 1000, "num_changes": 4,
    }  # fmt: skip
    change = Curriculum.model_validate({**settings, **changes})
    return VaryingEnv(lambda kwargs: make_env("LunarLander-v3", kwargs), {}, [change])


def gravity(env: VaryingEnv) -> float:
    """Return the gravity of the world that is played."""
    return float(env.unwrapped.world.gravity[1])  # type: ignore[attr-defined]


def test_the_last_value_is_played_where_nobody_says_otherwise() -> None:
    """Evaluations and showcases play the task itself."""
    env = lander()
    env.reset(seed=0)
    assert gravity(env) == pytest.approx(-10.0)
    env.begin_at(LAST)
    env.reset()
    assert gravity(env) == pytest.approx(-10.0)


def test_the_value_changes_in_equal_parts_as_episodes_begin() -> None:
    """Not in the middle of one."""
    env = lander()
    for timestep, expected in ((0, -2.0), (249, -2.0), (250, -4.0), (999, -8.0), (1000, -10.0)):
        env.begin_at(timestep)
        env.reset(seed=0)
        assert gravity(env) == pytest.approx(expected)
    env.begin_at(0)
    env.step(0)
    assert gravity(env) == pytest.approx(-10.0)


def test_random_numbers_go_on_when_the_environment_is_made_anew() -> None:
    """An episode after a change differs from the first one by more than the option."""
    env = lander(begin=-10.0)
    env.begin_at(0)
    first = env.reset(seed=5)[0]
    second = env.reset()[0]
    changed = lander(begin=-9.0)
    changed.begin_at(0)
    assert np.array_equal(changed.reset(seed=5)[0][0], first[0])
    changed.begin_at(1000)
    assert np.array_equal(changed.reset()[0], second)


def test_counts_stay_whole_numbers() -> None:
    """Where both ends are; anything between is rounded."""
    made: list[dict[str, Any]] = []

    def make(kwargs: Any) -> Any:
        made.append(dict(kwargs))
        return make_env("CartPole-v1", {"max_episode_steps": kwargs["max_episode_steps"]})

    change = Curriculum(option="max_episode_steps", begin=10.0, end=50.0, num_changes=3)
    env = VaryingEnv(make, {}, [change])
    env.begin_at(40_000)
    env.reset(seed=0)
    assert [kwargs["max_episode_steps"] for kwargs in made] == [50, 10, 23]


def test_an_option_that_changes_the_spaces_is_refused() -> None:
    """One policy cannot learn both."""
    change = Curriculum(option="x", begin=0.0, end=2.0)
    with pytest.raises(InvalidInputError, match="x changes what the agent sees or can do"):
        VaryingEnv(
            lambda kwargs: make_env("LunarLander-v3", {"continuous": kwargs["x"] > 1}), {}, [change]
        )
