"""Whatever an environment draws becomes a sane picture or a sentence."""

from typing import Any

import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st

from gymlab.worker.pictures import (
    MAX_WIDTH,
    NoPictureError,
    as_picture,
    composite,
    encode_jpeg,
    grid_of,
)


def plain(height: int, width: int, colour: int = 200) -> np.ndarray[Any, Any]:
    """Return a picture of one colour."""
    return np.full((height, width, 3), colour, dtype=np.uint8)


@pytest.mark.parametrize(
    "drawn",
    [
        None,
        "text",
        [[0, 0, 0]],
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3)),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((9000, 1, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_named(drawn: object) -> None:
    """The reason is a sentence for the user."""
    with pytest.raises(NoPictureError, match="draws"):
        as_picture(drawn)


def test_a_picture_is_a_private_copy() -> None:
    """The environment may draw over its memory while the picture is encoded."""
    drawn = plain(4, 6).transpose(1, 0, 2)
    picture = as_picture(drawn)
    drawn[:] = 0
    assert picture.min() == 200


@given(st.integers(1, 8), st.integers(1, 900), st.integers(1, 900))
def test_a_composite_shows_every_tile_within_the_width(count: int, height: int, width: int) -> None:
    """Nothing is cut off and no composite is wider than allowed."""
    picture = composite([plain(height, width)] * count)
    columns, rows = grid_of(count)
    assert picture.shape[1] <= MAX_WIDTH
    assert columns >= rows
    assert columns * rows >= count
    tile_height, tile_width = picture.shape[0] // rows, picture.shape[1] // columns
    for place in range(count):
        top, left = (place // columns) * tile_height, (place % columns) * tile_width
        assert picture[top : top + tile_height, left : left + tile_width].min() == 200


def test_tiles_of_different_sizes_fit() -> None:
    """Sub-environments may draw differently large pictures."""
    picture = composite([plain(10, 20), plain(30, 10, colour=90)])
    assert picture.shape == (30, 40, 3)
    assert set(np.unique(picture)) == {0, 90, 200}


def test_a_jpeg_shows_the_picture() -> None:
    """Quality 80 keeps a plain colour, also from a transposed array."""
    picture = plain(300, 400).transpose(1, 0, 2)
    image = encode_jpeg(picture)
    height, width, _, subsampling = simplejpeg.decode_jpeg_header(image)
    assert (height, width, subsampling) == (400, 300, "420")
    assert abs(int(simplejpeg.decode_jpeg(image).mean()) - 200) <= 2
