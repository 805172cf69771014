"""Small pictures of environments for the catalogue: one still and one short animation.

Both come from the same seeded episode with random actions, so they look the same on every
machine that draws the same way.
"""

import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gymlab.envs.families import ATARI
from gymlab.envs.making import listed_environments, make_env, resolve_env_id
from gymlab.envs.observations import AnyEnv
from gymlab.errors import UnavailableError

WIDTH = 320
NUM_FRAMES = 24
FRAMES_PER_SECOND = 12
SEED = 7
TIME_BUDGET_S = 8.0
"""When drawing takes longer than this, the animation has fewer frames."""

_MAX_HEIGHT = 640
_MIN_CONTRAST = 4.0
_JPEG_QUALITY = 82
_WEBP_QUALITY = 60
_DEFAULT_WARM_UP = 6
_ATARI_WARM_UP = 160
"""Many games begin with a title or a pause of ten seconds."""
_WARM_UP: Mapping[str, int] = {"CarRacing-v3": 60, "CartPole-v1": 2}
"""Timesteps before the first picture; car racing begins with a slow zoom."""

UInt8Array = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class EnvironmentPictures:
    """What an environment looks like."""

    env_id: str
    thumbnail: bytes
    """JPEG, 320 pixels wide."""
    animation: bytes
    """Animated WebP, 320 pixels wide, about two seconds, repeated for ever."""


def draw_pictures(env_id: str, *, time_budget_s: float = TIME_BUDGET_S) -> EnvironmentPictures:
    """Play an environment for two seconds with random actions and draw it.

    Args:
        env_id: Id of the catalogue or an alias.
        time_budget_s: How long drawing may take before the animation is cut short.

    Returns:
        A still and an animation; the still is one of the animation's frames.

    Raises:
        EnvironmentNotFoundError: The id is unknown.
        DependencyMissingError: Its package is not installed.
        UnavailableError: It cannot be drawn.
    """
    current = resolve_env_id(env_id).env_id
    env = make_env(current, render_mode="rgb_array")
    is_atari = listed_environments()[current].family is ATARI
    warm_up = _ATARI_WARM_UP if is_atari else _WARM_UP.get(current, _DEFAULT_WARM_UP)
    return draw_env(current, env, warm_up=warm_up, time_budget_s=time_budget_s)


def draw_env(
    env_id: str,
    env: AnyEnv,
    *,
    warm_up: int = _DEFAULT_WARM_UP,
    time_budget_s: float = TIME_BUDGET_S,
) -> EnvironmentPictures:
    """Draw an environment that was made for pictures, and close it.

    Args:
        env_id: What it is called.
        env: The environment.
        warm_up: Timesteps before the first picture.
        time_budget_s: How long drawing may take before the animation is cut short.

    Raises:
        UnavailableError: It cannot be drawn.
    """
    try:
        frames = [_shrink(frame) for frame in _play(env, warm_up, time_budget_s)]
    finally:
        env.close()
    if not frames:
        raise UnavailableError(f"{env_id} draws no pictures.")
    still = _representative(frames)
    return EnvironmentPictures(env_id, _as_jpeg(still), _as_webp(frames))


def _play(env: AnyEnv, warm_up: int, time_budget_s: float) -> Iterator[UInt8Array]:
    deadline = time.monotonic() + time_budget_s
    steps_per_frame = 2 if float(env.metadata.get("render_fps") or 0) >= 30 else 1
    env.action_space.seed(SEED)
    env.reset(seed=SEED)
    _step(env, warm_up)
    for idx in range(NUM_FRAMES):
        frame = cast("Any", env.render())
        if not _is_picture(frame):
            return
        yield frame.astype(np.uint8)
        if idx and time.monotonic() > deadline:
            return
        _step(env, steps_per_frame)


def _is_picture(frame: Any) -> bool:
    return isinstance(frame, np.ndarray) and frame.ndim == 3 and cast("Any", frame).shape[2] == 3


def _step(env: AnyEnv, num_timesteps: int) -> None:
    for _ in range(num_timesteps):
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            env.reset()


def _shrink(frame: UInt8Array) -> Image.Image:
    picture = Image.fromarray(frame)
    height = min(_MAX_HEIGHT, max(1, round(picture.height * WIDTH / picture.width)))
    # Doubled pixels of a console look right only with hard edges.
    is_doubling = picture.width * 2 == WIDTH
    method = Image.Resampling.NEAREST if is_doubling else Image.Resampling.LANCZOS
    return picture.resize((WIDTH, height), method)


def _representative(frames: list[Image.Image]) -> Image.Image:
    """Return the middle frame, or the richest one where a game is dark just then."""
    middle = frames[len(frames) // 2]
    if _contrast(middle) >= _MIN_CONTRAST:
        return middle
    return max(frames, key=_contrast)


def _contrast(picture: Image.Image) -> float:
    return float(np.asarray(picture, dtype=np.float64).std())


def _as_jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return buffer.getvalue()


def _as_webp(frames: list[Image.Image]) -> bytes:
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=round(1000 / FRAMES_PER_SECOND),
        loop=0,
        quality=_WEBP_QUALITY,
        method=2,
    )
    return buffer.getvalue()
