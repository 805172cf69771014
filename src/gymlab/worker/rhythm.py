"""When the next timestep is due for somebody who looks: a multiple of an environment's own speed."""

import math
from typing import Any

import gymnasium

DEFAULT_FPS = 30.0
MAX_FPS = 120.0
MAX_SPEED_FPS = 2.0
"""At full speed the picture changes no more often: faster could not be followed."""
SLOWEST, FASTEST = 0.01, 1000.0


class Rhythm:
    """The beat of what is played; may be changed by any thread, at once."""

    def __init__(self, fps: float) -> None:
        """Begin at the natural speed of so many timesteps a second."""
        self._natural_s = 1.0 / fps
        self._last = -math.inf
        self.speed = 1.0
        """Multiple of the natural speed; 0 means as fast as possible."""

    def set_speed(self, speed: float) -> None:
        """Play at a multiple of the natural speed; 0 means as fast as possible."""
        is_number = math.isfinite(speed) and speed > 0
        self.speed = min(max(speed, SLOWEST), FASTEST) if is_number else 0.0

    def shown_fps(self, fps: float) -> float:
        """Return how many moments a second are shown to whoever asks for so many."""
        return fps if self.speed else min(fps, MAX_SPEED_FPS)

    def remaining_s(self, now: float) -> float:
        """Return how long the next timestep has to wait."""
        return max(0.0, self._last + self._interval_s - now)

    def beat(self, now: float) -> None:
        """Note that a timestep is shown; one that comes late does not delay those after it."""
        interval = self._interval_s
        if now - self._last > 2 * interval:
            self._last = now
        else:
            self._last += interval

    @property
    def _interval_s(self) -> float:
        return self._natural_s / self.speed if self.speed else 0.0


def natural_fps(env: gymnasium.Env[Any, Any]) -> float:
    """Return the rate at which an environment looks right, in timesteps per second."""
    try:
        fps = float(env.metadata.get("render_fps") or DEFAULT_FPS)
    except (TypeError, ValueError):
        return DEFAULT_FPS
    return min(fps, MAX_FPS) if fps > 0 else DEFAULT_FPS
