"""Every kind of environment has a still and an animation."""

import io
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

from gymlab.envs.making import listed_environments
from gymlab.envs.thumbnails import NUM_FRAMES, WIDTH, draw_pictures
from gymlab.errors import DependencyMissingError, EnvironmentNotFoundError, UnavailableError


@pytest.mark.parametrize(
    "env_id",
    [
        "CartPole-v1",
        "LunarLander-v2",
        "FrozenLake-v1",
        "Hopper-v5",
        "ALE/Pong-v5",
        "MiniGrid-DoorKey-5x5-v0",
        "gymlab/GridWorld-v0",
    ],
)
def test_a_still_and_an_animation_are_drawn(env_id: str) -> None:
    """Both are 320 pixels wide, the animation moves and repeats."""
    pictures = draw_pictures(env_id)
    still = Image.open(io.BytesIO(pictures.thumbnail))
    assert (still.format, still.width) == ("JPEG", WIDTH)
    assert np.asarray(still).std() > 0
    animation = Image.open(io.BytesIO(pictures.animation))
    assert (animation.format, animation.width) == ("WEBP", WIDTH)
    assert 4 <= animation.n_frames <= NUM_FRAMES
    assert animation.info["loop"] == 0
    assert len(pictures.thumbnail) < 60_000
    assert len(pictures.animation) < 300_000


def test_the_same_environment_is_drawn_the_same() -> None:
    """Pictures can be cached for ever."""
    assert draw_pictures("LunarLander-v3") == draw_pictures("LunarLander-v3")


def test_an_alias_has_the_pictures_of_its_environment() -> None:
    """The id says which environment is seen."""
    assert draw_pictures("CartPole-v0").env_id == "CartPole-v1"


def test_slow_drawing_is_cut_short() -> None:
    """With no time at all there are still two frames."""
    pictures = draw_pictures("Acrobot-v1", time_budget_s=0.0)
    assert Image.open(io.BytesIO(pictures.animation)).n_frames == 2


def test_what_cannot_be_made_gives_its_reason() -> None:
    """Unknown ids and unavailable levels are told apart."""
    with pytest.raises(EnvironmentNotFoundError):
        draw_pictures("Nope-v0")
    with pytest.raises(DependencyMissingError):
        draw_pictures("MiniGrid-WFC-MazeSimple-v0")


class Blind(gym.Env[np.int64, np.int64]):
    """An environment without pictures."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"]}


def test_an_environment_without_pictures_says_so() -> None:
    """The page shows the reason instead of a black box."""
    gym.register("Blind-v0", entry_point=f"{__name__}:Blind")
    listed_environments.cache_clear()
    try:
        with pytest.raises(UnavailableError, match="draws no pictures"):
            draw_pictures("Blind-v0")
    finally:
        del gym.registry["Blind-v0"]
        listed_environments.cache_clear()
