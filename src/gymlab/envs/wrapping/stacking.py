"""A wrapper that gives several observations together."""

from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium import spaces

AnyEnv = gymnasium.Env[Any, Any]
Array = np.ndarray[Any, Any]


class StackedObservations(gymnasium.Wrapper[Array, Any, Array, Any]):
    """Joins the latest observations along their last axis, the newest last."""

    def __init__(self, env: AnyEnv, num_frames: int) -> None:
        """Wrap an environment whose observations are vectors or pictures."""
        super().__init__(env)
        space = cast("spaces.Box", env.observation_space)
        self._num_frames = num_frames
        self._length = space.shape[-1]
        low, high = (np.concatenate([b] * num_frames, axis=-1) for b in (space.low, space.high))
        self.observation_space = spaces.Box(low, high, dtype=cast("Any", space.dtype))
        self._frames: Array = np.zeros_like(low)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begin with the first observation repeated."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._frames = np.concatenate([observation] * self._num_frames, axis=-1)
        return self._frames, info

    def step(self, action: Any) -> tuple[Array, Any, bool, bool, dict[str, Any]]:
        """Take a timestep and drop the oldest observation."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._frames = np.concatenate((self._frames[..., self._length :], observation), axis=-1)
        return self._frames, reward, terminated, truncated, info
