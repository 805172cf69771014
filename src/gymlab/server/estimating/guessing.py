"""The first guess of a speed, from what a backend's manifest says."""

from gymlab.domain.environments import SpaceInfo
from gymlab.domain.runners import AlgorithmManifest

MIN_PICTURE_SIDE = 36
"""Smaller pictures are read without convolutions."""
PICTURE_SLOWDOWN = 20.0
"""How much slower a CPU trains the convolutions that pictures need than a small network."""


def guessed_speed(
    algorithm: AlgorithmManifest, observed: SpaceInfo | None, *, has_accelerator: bool
) -> float | None:
    """Return timesteps per second; None where not even a guess can be had."""
    speed = algorithm.timesteps_per_second
    if speed and sees_pictures(observed) and not has_accelerator:
        return speed / PICTURE_SLOWDOWN
    return speed or None


def sees_pictures(observed: SpaceInfo | None) -> bool:
    """Tell whether an agent is given pictures."""
    if observed is None:
        return False
    parts = observed.spaces.values() if observed.spaces else (observed,)
    return any(_is_picture(part) for part in parts)


def _is_picture(space: SpaceInfo) -> bool:
    shape = space.shape or []
    return space.dtype == "uint8" and len(shape) == 3 and sorted(shape)[1] >= MIN_PICTURE_SIDE
