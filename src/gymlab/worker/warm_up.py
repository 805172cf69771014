"""Does once, in an idle worker, everything slow that the first run would wait for."""

import importlib
import os
from collections.abc import Iterable
from contextlib import suppress

from gymlab.envs.making import make_env
from gymlab.envs.surface_copies import speed_up_copies
from gymlab.worker.discovery import RunnerFolder, discover_runners
from gymlab.worker.foreign import ForeignCodeError, foreign_code
from gymlab.worker.pictures import as_picture, composite, encode_jpeg

_HEADLESS = {
    "SDL_VIDEODRIVER": "dummy",
    "SDL_AUDIODRIVER": "dummy",
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    "MUJOCO_GL": "egl",
    "OMP_NUM_THREADS": "1",
}
_FIRST_ENV = "CartPole-v1"


def set_headless() -> None:
    """Choose drivers that need no display, before anything reads them."""
    for name, value in _HEADLESS.items():
        os.environ.setdefault(name, value)


def warm_up(runner_ids: Iterable[str] | None = None) -> None:
    """Import and touch the runners, torch, the drawing library and the JPEG encoder.

    Args:
        runner_ids: Only these runners; None means every one that is available.
    """
    found, _ = discover_runners()
    wanted = None if runner_ids is None else set(runner_ids)
    folders = [
        folder
        for folder in found
        if folder.unavailable_reason is None and (wanted is None or folder.manifest.id in wanted)
    ]
    if any("torch" in folder.manifest.requires for folder in folders):
        importlib.import_module("torch").set_num_threads(1)
    for folder in folders:
        _warm_runner(folder)
    _draw_once()


def _warm_runner(folder: RunnerFolder) -> None:
    # One broken runner must not keep the others from being used; the log has the reason.
    with suppress(ForeignCodeError), foreign_code(f"warming up {folder.manifest.id}"):
        folder.load().warm_up()


def _draw_once() -> None:
    # Without a drawing library runs still train.
    with suppress(ForeignCodeError), foreign_code("drawing a first picture"):
        speed_up_copies()
        env = make_env(_FIRST_ENV, render_mode="rgb_array")
        env.reset(seed=0)
        encode_jpeg(composite([as_picture(env.render())]))
        env.close()
