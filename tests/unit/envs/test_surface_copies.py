"""Fast copies of surfaces hold the same pixels, for those who only read."""

import numpy as np
import pygame
import pytest

from gymlab.envs.making import make_env
from gymlab.envs.surface_copies import _Copied, copy_of, speed_up_copies, stored_pixels


@pytest.fixture
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pygame.surfarray, "pixels3d", pygame.surfarray.pixels3d)
    speed_up_copies()


def painted(width: int, height: int, *, depth: int = 32) -> pygame.Surface:
    """Return a surface where every pixel differs."""
    surface = pygame.Surface((width, height), depth=depth)
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (width, height, 3), dtype=np.uint8)
    pygame.surfarray.blit_array(surface, pixels)
    return surface


def drawn(env_id: str) -> np.ndarray:
    """Return a picture of a new environment after some timesteps."""
    env = make_env(env_id, {}, render_mode="rgb_array")
    env.reset(seed=1)
    env.action_space.seed(1)
    for _ in range(20):
        env.step(env.action_space.sample())
    picture = env.render()
    env.close()
    assert isinstance(picture, np.ndarray)
    return picture


@pytest.mark.parametrize("size", [(600, 400), (7, 5), (1, 1)])
def test_every_pixel_is_the_same(size: tuple[int, int]) -> None:
    """In the same axes and order of colours."""
    surface = painted(*size)

    assert np.array_equal(copy_of(surface), pygame.surfarray.pixels3d(surface))


def test_a_part_of_a_surface_is_copied_too() -> None:
    """Its rows are further apart than they are long."""
    part = painted(40, 30).subsurface((3, 5, 20, 10))

    assert np.array_equal(copy_of(part), pygame.surfarray.pixels3d(part))


def test_a_large_picture_is_copied_once_and_owns_its_pixels() -> None:
    """Whoever encodes it takes them as they are stored; what is drawn later does not show."""
    surface = painted(300, 200)
    picture = np.transpose(np.array(_Copied(copy_of(surface))), axes=(1, 0, 2))
    before = picture.copy()
    stored = stored_pixels(picture)
    assert stored is not None
    assert np.shares_memory(stored, picture)
    assert np.array_equal(stored[:, :, 2::-1], picture)
    surface.fill((1, 2, 3))
    assert np.array_equal(picture, before)
    assert stored_pixels(before) is None
    assert stored_pixels(picture[5:, :, :]) is None


@pytest.mark.parametrize(
    "env_id", ["CartPole-v1", "LunarLander-v3", "BipedalWalker-v3", "Taxi-v4", "CarRacing-v3"]
)
def test_environments_draw_the_same_pictures(env_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without, to the pixel."""
    view_of = pygame.surfarray.pixels3d
    monkeypatch.setattr(pygame.surfarray, "pixels3d", view_of)
    slow = drawn(env_id)
    speed_up_copies()
    assert pygame.surfarray.pixels3d is not view_of
    fast = drawn(env_id)

    assert slow.dtype == fast.dtype == np.uint8
    assert np.array_equal(slow, fast)


@pytest.mark.usefixtures("_fast")
def test_others_can_still_write_through_the_view() -> None:
    """Code that draws by writing pixels keeps what it relies on."""
    surface = painted(4, 4)

    pygame.surfarray.pixels3d(surface)[1, 2] = (9, 8, 7)

    assert tuple(surface.get_at((1, 2)))[:3] == (9, 8, 7)
