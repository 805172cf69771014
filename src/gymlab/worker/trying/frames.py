"""Small pictures of an episode that is played again from its seed and actions."""

import base64
import math
import time
from collections.abc import Sequence
from typing import Any

import gymnasium

from gymlab.worker.pictures import as_picture, encode_jpeg, scaled_to_width

MAX_FRAMES = 40
WIDTH = 200
BUDGET_S = 0.3
"""Time for the pictures of one episode; slow drawing leaves later ones out."""


class FrameStrip:
    """Evenly spaced pictures of one episode."""

    def __init__(self) -> None:
        """Begin without any."""
        self.frames: list[str] = []
        """JPEG pictures, base64."""
        self.timesteps: list[int] = []
        """Timesteps that they were taken after."""

    def film(self, env: gymnasium.Env[Any, Any], seed: int, actions: Sequence[Any]) -> None:
        """Play an episode again and draw it.

        Raises:
            NoPictureError: What the environment draws is no picture.
        """
        spacing = max(1, math.ceil((len(actions) + 1) / MAX_FRAMES))
        env.reset(seed=seed)
        began = time.monotonic()
        self._draw(env, 0)
        for timestep, action in enumerate(actions, start=1):
            env.step(action)
            is_due = timestep % spacing == 0 or timestep == len(actions)
            if is_due and time.monotonic() - began <= BUDGET_S:
                self._draw(env, timestep)

    def _draw(self, env: gymnasium.Env[Any, Any], timestep: int) -> None:
        content = encode_jpeg(scaled_to_width(as_picture(env.render()), WIDTH))
        self.frames.append(base64.b64encode(content).decode())
        self.timesteps.append(timestep)
