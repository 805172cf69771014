"""Every entry of the catalogue keeps Gymnasium's contract, or is listed here with the reason."""

import math
import re
import warnings

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from gymlab.envs.arguments import to_json
from gymlab.envs.atari import known_games, read_game
from gymlab.envs.catalogue import describe_environment, describe_environments
from gymlab.envs.families import ATARI, MINIGRID
from gymlab.envs.known import known_levels
from gymlab.envs.making import (
    listed_environments,
    make_env,
    settable_kwargs,
    time_limit,
    unavailable_reason,
)
from gymlab.envs.observations import AnyEnv
from gymlab.envs.rendering import rendering_problem
from gymlab.envs.space_info import describe_space
from gymlab.errors import DependencyMissingError, InvalidInputError

LISTED = listed_environments()

CANNOT_BE_MADE = {
    env_id: "lacks the pattern pictures" for env_id in LISTED if env_id.startswith("MiniGrid-WFC-")
}
"""Entries that are listed but greyed, with a part of the reason that people read."""

TOLERATED_WARNINGS = {
    r"is different from the unwrapped version": "an agent is given the wrapped environment",
    r"Box observation space (minimum|maximum) value is -?infinity": "physics has no bounds",
    r"we recommend using a symmetric and normalized space": "units of the original problem",
}
"""Advice of the checker that does not apply, with the reason."""

MAX_DARK_TIMESTEPS = 300

AVAILABLE = [env_id for env_id in LISTED if env_id not in CANNOT_BE_MADE]


@pytest.mark.parametrize("env_id", AVAILABLE)
def test_an_environment_keeps_gymnasiums_contract(env_id: str) -> None:
    """The checker passes, nothing unknown is warned of, and a frame can be drawn."""
    environment = LISTED[env_id]
    assert rendering_problem(environment.family) is None
    env = make_env(env_id, render_mode="rgb_array")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(env, skip_render_check=True)
    unexpected = [
        str(warning.message)
        for warning in caught
        if not any(re.search(known, str(warning.message)) for known in TOLERATED_WARNINGS)
    ]
    assert unexpected == []

    assert _shows_something(env)
    env.close()


def _shows_something(env: AnyEnv) -> bool:
    """Play until the picture is more than one plain colour; some games begin in the dark."""
    env.reset(seed=0)
    for _ in range(MAX_DARK_TIMESTEPS):
        frame = env.render()
        assert isinstance(frame, np.ndarray)
        assert (frame.dtype, frame.ndim, frame.shape[2]) == (np.uint8, 3, 3)
        if frame.std() > 0:
            return True
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            env.reset()
    return False


@pytest.mark.parametrize("env_id", CANNOT_BE_MADE)
def test_a_greyed_environment_still_fails_for_its_reason(env_id: str) -> None:
    """It is shown as unavailable, with a reason, until its package ships what it needs."""
    info = describe_environment(env_id)
    assert not info.available
    assert CANNOT_BE_MADE[env_id] in str(info.unavailable_reason)
    with pytest.raises(DependencyMissingError, match=CANNOT_BE_MADE[env_id]):
        make_env(env_id)


@pytest.mark.parametrize(
    "env_id", [env_id for env_id in AVAILABLE if LISTED[env_id].family is not ATARI]
)
def test_the_catalogue_tells_the_spaces_an_agent_is_given(env_id: str) -> None:
    """What the form shows is what the environment has."""
    info = describe_environment(env_id)
    env = make_env(env_id)
    assert info.action_space == describe_space(env.action_space)
    assert info.observation_space == describe_space(env.observation_space)
    assert info.summary.endswith((".", "…"))
    assert info.title
    assert [section.title for section in info.description][:1] == ["Description"]
    env.close()


@pytest.mark.parametrize("env_id", [i for i in AVAILABLE if LISTED[i].family is ATARI])
def test_the_data_file_of_a_game_agrees_with_the_emulator(env_id: str) -> None:
    """Screen and joystick are as the installed emulator has them.

    When this fails after an update, write `read_game` of every game to `atari_games.json`.
    """
    spec = LISTED[env_id].spec
    assert spec is not None
    assert known_games()[env_id] == read_game(spec)


def test_every_known_level_of_minigrid_is_installed_and_none_is_forgotten() -> None:
    """The list that is shown without minigrid is the list that is shown with it."""
    installed = {
        env_id
        for env_id, environment in LISTED.items()
        if environment.family is MINIGRID and environment.spec is not None
    }
    assert installed == set(known_levels())


def test_every_game_is_known() -> None:
    """The list that is shown without the emulator is the list that is shown with it."""
    installed = {env_id for env_id, env in LISTED.items() if env.family is ATARI and env.spec}
    assert installed == set(known_games())


def test_the_whole_catalogue_is_described() -> None:
    """One entry per environment, in the order of the families."""
    infos = describe_environments()
    assert {info.id for info in infos} == set(LISTED)
    assert len(infos) == len(LISTED)
    assert list(dict.fromkeys(info.family for info in infos))[:2] == ["gymlab", "classic-control"]


def test_nothing_but_the_listed_is_unavailable() -> None:
    """All packages are installed here, so everything else can be made."""
    greyed = {env_id for env_id, env in LISTED.items() if unavailable_reason(env) is not None}
    assert greyed == set(CANNOT_BE_MADE)


WITH_ARGUMENTS = [
    *(env_id for env_id in AVAILABLE if LISTED[env_id].family not in {ATARI, MINIGRID}),
    "ALE/Pong-v5",
    "MiniGrid-DoorKey-5x5-v0",
    "BabyAI-GoToLocal-v0",
]


@pytest.mark.parametrize("env_id", WITH_ARGUMENTS)
def test_the_default_arguments_can_be_given_back(env_id: str) -> None:
    """A form that sends what it was shown makes the same environment."""
    environment = LISTED[env_id]
    shown = {name: to_json(value) for name, value in settable_kwargs(environment).items()}
    given = make_env(env_id, {name: value for name, value in shown.items() if value is not None})
    default = make_env(env_id)
    assert given.observation_space == default.observation_space
    assert given.action_space == default.action_space
    assert np.array_equal(given.reset(seed=3)[0], default.reset(seed=3)[0])


HOSTILE = (
    None, -1, 0, 3, 1e308, 10**400, math.nan, "x", "inf", True, [], [["a"]], [-5, 5], {"a": 1},
)  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # what a strange but possible value makes NumPy say
@pytest.mark.parametrize("env_id", [each for each in WITH_ARGUMENTS if each != "ALE/Pong-v5"])
def test_a_hostile_argument_is_played_or_refused(env_id: str) -> None:
    """Each argument is given each strange value: nothing else happens, and nothing hangs.

    Games are left out here, because each attempt loads a ROM.
    """
    for name in settable_kwargs(LISTED[env_id]):
        for value in HOSTILE:
            try:
                make_env(env_id, {name: value}).close()
            except InvalidInputError as error:
                problem = error
            else:
                continue
            assert f"env_kwargs.{name}" in problem.fields[0].field


@pytest.mark.parametrize(
    "env_id", [env_id for env_id in AVAILABLE if LISTED[env_id].family not in {ATARI, MINIGRID}]
)
def test_every_episode_ends(env_id: str) -> None:
    """There is a time limit wherever a poor policy could go on for ever."""
    assert time_limit(LISTED[env_id]) is not None or env_id == "Blackjack-v1"
