"""Wrappers of observations that are pictures."""

from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from PIL import Image

AnyEnv = gymnasium.Env[Any, Any]
UInt8Array = NDArray[np.uint8]


class GreyPictures(gymnasium.ObservationWrapper[UInt8Array, Any, UInt8Array]):
    """Turns (H, W, 3) pictures into (H, W, 1) ones. Source: ITU-R BT.601 luma."""

    def __init__(self, env: AnyEnv) -> None:
        """Wrap an environment that shows pictures in colour."""
        super().__init__(env)
        shape = cast("tuple[int, ...]", env.observation_space.shape)
        self.observation_space = spaces.Box(0, 255, (*shape[:2], 1), np.uint8)

    def observation(self, observation: UInt8Array) -> UInt8Array:
        """Return the grey picture."""
        return np.asarray(Image.fromarray(observation).convert("L"), dtype=np.uint8)[..., None]


class ResizedPictures(gymnasium.ObservationWrapper[UInt8Array, Any, UInt8Array]):
    """Gives (H, W, C) pictures another height and width."""

    def __init__(self, env: AnyEnv, size: tuple[int, int]) -> None:
        """Wrap an environment that shows pictures; `size` is height and width."""
        super().__init__(env)
        self._size = (size[1], size[0])
        channels = cast("tuple[int, ...]", env.observation_space.shape)[-1]
        self.observation_space = spaces.Box(0, 255, (*size, channels), np.uint8)

    def observation(self, observation: UInt8Array) -> UInt8Array:
        """Return the picture in its new size, channel by channel."""
        # Pillow knows pictures of one, three or four channels only.
        channels = [
            Image.fromarray(np.ascontiguousarray(observation[..., idx])).resize(
                self._size, Image.Resampling.BOX
            )
            for idx in range(observation.shape[-1])
        ]
        return np.stack([np.asarray(channel, dtype=np.uint8) for channel in channels], axis=-1)
