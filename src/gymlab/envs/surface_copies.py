"""Copying what Gymnasium's environments drew, many times as fast.

They all end their drawing with `np.array(pygame.surfarray.pixels3d(surface))`. NumPy copies
that view byte by byte, which takes longer than all the drawing: 1.3 of 1.6 ms for 600 x 400
pixels, on the thread that trains. Here a large picture is copied as it lies in memory, in one
piece, and shown as red, green and blue: whoever encodes it can take the copy as it is
(`stored_pixels`). Of a small one, which may be an observation, each colour is copied at once.
"""

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_BLUE_GREEN_RED = (0xFF0000, 0xFF00, 0xFF)
"""Masks of red, green and blue where a pixel is stored as blue, green, red, unused."""
LARGE_PIXELS = 160 * 160
"""From here on a picture is for people: it is copied in one piece."""
_ONLY_READERS = "gymnasium.envs."
"""Modules that copy the pixels and never write through them."""


def speed_up_copies() -> None:
    """Replace `pygame.surfarray.pixels3d` for Gymnasium's own environments; others keep it.

    Raises:
        ImportError: pygame is missing.
    """
    surfarray: Any = import_module("pygame.surfarray")
    if not hasattr(surfarray.pixels3d, "view_of"):
        surfarray.pixels3d = _PixelsForReaders(surfarray.pixels3d)


class _PixelsForReaders:
    """Stands for `pixels3d`: a fast copy for those who only read, else the writable view."""

    def __init__(self, view_of: Callable[[Any], Pixels]) -> None:
        self.view_of = view_of

    def __call__(self, surface: Any) -> "Pixels | _Copied":
        frame = inspect.currentframe()
        caller = frame.f_back if frame is not None else None
        name = str(caller.f_globals.get("__name__", "")) if caller is not None else ""
        if name.startswith(_ONLY_READERS) and _is_blue_green_red(surface):
            return _Copied(copy_of(surface))
        return self.view_of(surface)


class _Copied:
    """What `np.array` takes without copying it a second time."""

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Pixels:  # noqa: FBT001 - NumPy's form
        return self._pixels if dtype is None else self._pixels.astype(dtype)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # NumPy would take the array behind it, and copy that
        return getattr(self._pixels, name)

    def __getitem__(self, index: Any) -> Any:
        return self._pixels[index]


class StoredPixels(np.ndarray[Any, Any]):
    """(H, W, 4) a private copy of a surface: blue, green, red, unused."""


def stored_pixels(picture: Pixels) -> Pixels | None:
    """Return the (H, W, 4) blue, green, red and unused bytes behind a picture that owns them."""
    base = picture.base
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    if not isinstance(base, StoredPixels) or picture.shape[:2] != base.shape[:2]:
        return None
    is_whole = picture.strides == (base.strides[0], base.strides[1], -1)
    return base.view(np.ndarray) if is_whole else None


def _is_blue_green_red(surface: Any) -> bool:
    masks = tuple(surface.get_masks()[:3])
    is_known = surface.get_bytesize() == 4 and masks == _BLUE_GREEN_RED
    return is_known and sys.byteorder == "little"


def copy_of(surface: Any) -> Pixels:
    """Return the (W, H, 3) pixels of a surface that stores blue, green, red, unused."""
    width, height = surface.get_size()
    rows = np.frombuffer(surface.get_buffer(), np.uint8).reshape(height, surface.get_pitch())
    if width * height >= LARGE_PIXELS:
        stored = StoredPixels((height, width, 4), np.uint8)
        stored[...] = rows[:, : 4 * width].reshape(height, width, 4)
        return stored.transpose(1, 0, 2)[:, :, 2::-1].view(np.ndarray)
    copied = np.empty((height, width, 3), np.uint8)
    for color in range(3):
        copied[:, :, color] = rows[:, 2 - color : 4 * width : 4]
    return copied.transpose(1, 0, 2)
