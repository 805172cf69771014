"""The picture shows what is where."""

import numpy as np
import pytest

from gymlab.envs.grid_world import GridWorldEnv
from gymlab.envs.grid_world_layout import make_layout
from gymlab.envs.grid_world_rendering import GridWorldPicture


def redness(tile: np.ndarray) -> float:
    """How much redder than green a part of a picture is."""
    return float((tile[..., 0].astype(float) - tile[..., 1]).mean())


def blueness(tile: np.ndarray) -> float:
    """How much bluer than red a part of a picture is."""
    return float((tile[..., 2].astype(float) - tile[..., 0]).mean())


@pytest.mark.parametrize("size", [2, 3, 7, 50])
def test_every_board_size_is_drawn(size: int) -> None:
    """Small boards get large cells and large ones small cells."""
    picture = GridWorldPicture(make_layout(size)).draw((0, 0))
    assert picture.dtype == np.uint8
    assert picture.shape[0] == picture.shape[1]
    assert 400 <= picture.shape[0] <= 480


def test_things_are_drawn_in_their_cells() -> None:
    """Wall dark, trap red, goal green, agent blue."""
    layout = make_layout(4, walls=[[1, 1]], traps=[[2, 2]])
    picture = GridWorldPicture(layout).draw((0, 3))
    side = picture.shape[0] // 4
    tiles = {
        (row, column): picture[row * side : (row + 1) * side, column * side : (column + 1) * side]
        for row, column in layout.cells
    }
    assert tiles[1, 1].mean() < 100
    assert max(tiles, key=lambda cell: redness(tiles[cell])) == (2, 2)
    assert min(tiles, key=lambda cell: redness(tiles[cell])) == (3, 3) or redness(tiles[3, 3]) < 0
    assert max(tiles, key=lambda cell: blueness(tiles[cell])) == (0, 3)


def test_the_agent_moves_in_the_picture_and_leaves_a_trail() -> None:
    """A new episode begins without a trail."""
    env = GridWorldEnv(size=4, walls=[], traps=[], render_mode="rgb_array")
    env.reset(seed=0)
    first = env.render()
    env.step(np.int64(1))
    second = env.render()
    env.reset(seed=0)
    third = env.render()
    assert first is not None
    assert second is not None
    assert not np.array_equal(first, second)
    assert np.array_equal(first, third)
    assert second[:120, :120].std() > 0, "the trail is seen in the cell that was left"


def test_values_shade_the_cells() -> None:
    """Cells near the goal are greener than those far away."""
    env = GridWorldEnv(
        size=4, walls=[], traps=[], step_reward=-0.1, show_values=True, render_mode="rgb_array"
    )
    env.reset(seed=0)
    picture = env.render()
    assert picture is not None
    near, far = picture[250:280, 370:400], picture[130:160, 10:40]
    assert redness(near) < redness(far)


def test_without_a_render_mode_there_is_no_picture() -> None:
    """Training without a viewer draws nothing."""
    env = GridWorldEnv()
    env.reset(seed=0)
    assert env.render() is None
