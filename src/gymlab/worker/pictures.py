"""Pictures: checked, scaled, put side by side and encoded."""

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from gymlab.envs.surface_copies import stored_pixels

Picture = NDArray[np.uint8]
MAX_WIDTH = 640
"""Widest picture that is sent, in pixels."""
MAX_SIDE = 8192
JPEG_QUALITY = 80


class NoPictureError(Exception):
    """What an environment drew is no picture; the message says what it is."""


def as_picture(drawn: object) -> Picture:
    """Return a private (H, W, 3) copy of what an environment drew.

    Raises:
        NoPictureError: It drew nothing, or not an 8-bit colour picture of a sane size.
    """
    if drawn is None:
        raise NoPictureError("The environment draws nothing.")
    if not isinstance(drawn, np.ndarray):
        raise NoPictureError(f"The environment draws a {type(drawn).__name__}, not a picture.")
    array = cast("NDArray[Any]", drawn)
    shape, dtype = array.shape, array.dtype
    if len(shape) != 3 or shape[2] != 3 or dtype != np.uint8:
        raise NoPictureError(
            f"The environment draws an array of shape {shape} and type {dtype}; a picture has "
            "shape (height, width, 3) and type uint8."
        )
    if not all(1 <= side <= MAX_SIDE for side in shape[:2]):
        raise NoPictureError(f"The environment draws {shape[1]} x {shape[0]} pixels.")
    if stored_pixels(array) is not None:
        return array  # it owns its pixels
    # The environment may draw into the same memory again while this picture is encoded.
    return np.array(array, order="K", copy=True)


def contiguous(picture: Picture) -> Picture:
    """Return the picture with its bytes in reading order."""
    stored = stored_pixels(picture)
    if stored is None:
        return np.ascontiguousarray(picture)
    ordered = np.empty(picture.shape, np.uint8)
    for color in range(3):  # NumPy would copy byte by byte
        ordered[:, :, color] = stored[:, :, 2 - color]
    return ordered


def scaled_to_width(picture: Picture, max_width: int) -> Picture:
    """Return the picture, smaller if it is wider than allowed."""
    height, width = picture.shape[:2]
    if width <= max_width:
        return picture
    size = (max_width, max(1, round(height * max_width / width)))
    image = Image.fromarray(contiguous(picture))
    return np.asarray(image.resize(size, Image.Resampling.BOX))


def grid_of(count: int) -> tuple[int, int]:
    """Return columns and rows of a grid for so many pictures, wider than high."""
    columns = math.ceil(math.sqrt(count))
    return columns, math.ceil(count / columns)


def composite(pictures: Sequence[Picture]) -> Picture:
    """Return the pictures side by side in reading order, at most `MAX_WIDTH` wide."""
    if len(pictures) == 1:
        return scaled_to_width(pictures[0], MAX_WIDTH)
    columns, rows = grid_of(len(pictures))
    tiles = [scaled_to_width(picture, MAX_WIDTH // columns) for picture in pictures]
    height = max(tile.shape[0] for tile in tiles)
    width = max(tile.shape[1] for tile in tiles)
    canvas = np.zeros((rows * height, columns * width, 3), dtype=np.uint8)
    for place, tile in enumerate(tiles):
        top, left = (place // columns) * height, (place % columns) * width
        canvas[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return canvas


def encode_jpeg(picture: Picture) -> bytes:
    """Return the picture as a JPEG of quality 80 with halved colour resolution."""
    stored = stored_pixels(picture)
    return simplejpeg.encode_jpeg(
        np.ascontiguousarray(picture) if stored is None else stored,
        quality=JPEG_QUALITY,
        colorspace="RGB" if stored is None else "BGRX",
        colorsubsampling="420",
    )
