"""The catalogue says what people want to know before they train."""

import json
from collections.abc import Iterator

import gymnasium as gym
import pytest

from gymlab.domain.environments import EnvironmentInfo
from gymlab.envs.catalogue import describe_environment, describe_environments
from gymlab.envs.making import listed_environments
from gymlab.errors import EnvironmentNotFoundError


@pytest.fixture(scope="module")
def catalogue() -> dict[str, EnvironmentInfo]:
    """Every entry by id."""
    return {info.id: info for info in describe_environments()}


@pytest.mark.parametrize(
    ("env_id", "action", "observation", "limit", "threshold"),
    [
        ("CartPole-v1", "Discrete(2)", "Box(4)", 500, 475.0),
        ("MountainCar-v0", "Discrete(3)", "Box(2)", 200, -110.0),
        ("Acrobot-v1", "Discrete(3)", "Box(6)", 500, -100.0),
        ("Pendulum-v1", "Box(1)", "Box(3)", 200, None),
        ("LunarLander-v3", "Discrete(4)", "Box(8)", 1000, 200.0),
        ("LunarLanderContinuous-v3", "Box(2)", "Box(8)", 1000, 200.0),
        ("BipedalWalker-v3", "Box(4)", "Box(24)", 1600, 300.0),
        ("CarRacing-v3", "Box(3)", "Box(96, 96, 3)", 1000, 900.0),
        ("FrozenLake-v1", "Discrete(4)", "Discrete(16)", 100, 0.7),
        ("Taxi-v4", "Discrete(6)", "Discrete(500)", 200, 8.0),
        ("Blackjack-v1", "Discrete(2)", "MultiDiscrete(32, 11, 2)", None, None),
        ("Hopper-v5", "Box(3)", "Box(11)", 1000, 3800.0),
        ("ALE/Breakout-v5", "Discrete(4)", "Box(84, 84, 4)", 27_000, None),
        ("MiniGrid-DoorKey-5x5-v0", "Discrete(7)", "Box(980)", 250, None),
        ("gymlab/GridWorld-v0", "Discrete(4)", "Discrete(36)", 200, None),
    ],
)
def test_the_facts_of_an_environment(
    catalogue: dict[str, EnvironmentInfo],
    env_id: str,
    action: str,
    observation: str,
    limit: int | None,
    threshold: float | None,
) -> None:
    """Spaces, time limit and threshold are those of the registry."""
    info = catalogue[env_id]
    assert info.action_space is not None
    assert info.observation_space is not None
    assert (info.action_space.text, info.observation_space.text) == (action, observation)
    assert (info.max_episode_steps, info.reward_threshold) == (limit, threshold)
    assert info.available
    assert info.can_render
    assert info.render_fps


def test_it_is_json_without_infinity_or_nan(catalogue: dict[str, EnvironmentInfo]) -> None:
    """A browser's parser refuses what Python would write for infinity."""
    text = json.dumps(
        [info.model_dump(mode="json") for info in catalogue.values()], allow_nan=False
    )
    again = [EnvironmentInfo.model_validate(item) for item in json.loads(text)]
    assert again == list(catalogue.values())


def test_the_sections_come_from_the_docstring(catalogue: dict[str, EnvironmentInfo]) -> None:
    """Headings, actions and observations of the cart-pole."""
    info = catalogue["CartPole-v1"]
    titles = [section.title for section in info.description]
    assert {"Description", "Action Space", "Observation Space", "Rewards", "Starting State"} <= set(
        titles
    )
    assert [m.meaning for m in info.action_meanings] == [
        "Push cart to the left",
        "Push cart to the right",
    ]
    assert [row.cells["Observation"] for row in info.observation_table] == [
        "Cart Position",
        "Cart Velocity",
        "Pole Angle",
        "Pole Angular Velocity",
    ]
    assert info.default_kwargs == {"sutton_barto_reward": False, "max_episode_steps": 500}


def test_a_variant_does_not_show_the_actions_of_another(
    catalogue: dict[str, EnvironmentInfo],
) -> None:
    """Both landers share a docstring that lists the discrete engines."""
    assert len(catalogue["LunarLander-v3"].action_meanings) == 4
    assert "Throttle" in catalogue["LunarLanderContinuous-v3"].action_meanings[0].meaning


def test_every_action_has_its_meaning_or_none_is_shown(
    catalogue: dict[str, EnvironmentInfo],
) -> None:
    """A table with missing rows would mislead."""
    for info in catalogue.values():
        if info.action_space is None or not info.action_meanings:
            continue
        expected = info.action_space.n or sum(info.action_space.shape or [])
        assert len(info.action_meanings) == expected, info.id


def test_every_family_but_pictures_tells_its_actions(
    catalogue: dict[str, EnvironmentInfo],
) -> None:
    """All classic, toy, Box2D, MuJoCo, Atari and grid environments do."""
    silent = [i.id for i in catalogue.values() if i.available and not i.action_meanings]
    assert silent == []


def test_aliases_are_listed_and_answered() -> None:
    """An alias is described by the current environment."""
    info = describe_environment("LunarLander-v2")
    assert info.id == "LunarLander-v3"
    assert "LunarLander-v2" in info.aliases
    with pytest.raises(EnvironmentNotFoundError):
        describe_environment("Lunar")


def test_no_alias_is_also_an_entry_or_claimed_twice(catalogue: dict[str, EnvironmentInfo]) -> None:
    """Every id means one environment."""
    aliases = [alias for info in catalogue.values() for alias in info.aliases]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(catalogue)


@pytest.fixture
def _broken_package() -> Iterator[None]:
    """Register an environment of another package whose constructor fails."""
    gym.register("Broken-v0", entry_point="email.message:NoSuchEnvironment")
    listed_environments.cache_clear()
    yield
    del gym.registry["Broken-v0"]
    listed_environments.cache_clear()


@pytest.mark.usefixtures("_broken_package")
def test_a_broken_package_is_greyed_and_harms_no_other() -> None:
    """The reason is shown where the environment would be."""
    infos = {info.id: info for info in describe_environments()}
    assert infos["Broken-v0"].available is False
    assert "NoSuchEnvironment" in str(infos["Broken-v0"].unavailable_reason)
    assert infos["Broken-v0"].family == "installed"
    assert infos["CartPole-v1"].available
