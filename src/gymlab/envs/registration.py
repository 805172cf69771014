"""Fills Gymnasium's registry with everything that is installed, once per process.

The order matters: SDL and MuJoCo read their environment variables when they are first
imported, so headless rendering is chosen before any environment package is touched.
"""

import importlib
import importlib.util
import logging
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import entry_points
from typing import Any, cast

import gymnasium as gym

from gymlab.envs.families import ATARI, MINIGRID, Family

_LOG = logging.getLogger(__name__)

OWN_ENVIRONMENTS: tuple[dict[str, Any], ...] = (
    {
        "id": "gymlab/GridWorld-v0",
        "entry_point": "gymlab.envs.grid_world:GridWorldEnv",
        "max_episode_steps": 200,
    },
    {
        "id": "gymlab/Snake-v0",
        "entry_point": "gymlab.envs.games.snake:SnakeEnv",
        "vector_entry_point": "gymlab.envs.games.snake_vector:SnakeVectorEnv",
        "max_episode_steps": 5000,
    },
    {
        "id": "gymlab/Orbit-v0",
        "entry_point": "gymlab.envs.games.orbit:OrbitEnv",
        "vector_entry_point": "gymlab.envs.games.orbit_vector:OrbitVectorEnv",
        "max_episode_steps": 400,
    },
    {
        "id": "gymlab/Lantern-v0",
        "entry_point": "gymlab.envs.games.lantern:LanternEnv",
        "vector_entry_point": "gymlab.envs.games.lantern_vector:LanternVectorEnv",
        "max_episode_steps": 1000,
    },
    {
        "id": "gymlab/Crossing-v0",
        "entry_point": "gymlab.envs.games.crossing:CrossingEnv",
        "vector_entry_point": "gymlab.envs.games.crossing_vector:CrossingVectorEnv",
        "max_episode_steps": 200,
    },
)
"""Arguments of `gymnasium.register` for every environment that lives in this package."""

_REGISTERED_BY_IMPORT = (ATARI, MINIGRID)
"""Families whose package registers its environments when it is imported."""


def choose_headless_rendering() -> None:
    """Make SDL draw into memory and MuJoCo use EGL, unless the user chose something else.

    Without a display MuJoCo falls back to GLFW, whose second failed start aborts the whole
    process, so Linux always gets EGL, display or not.
    """
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    if sys.platform.startswith("linux"):
        os.environ.setdefault("MUJOCO_GL", "egl")


def _ignore_engine_warning(_message: str) -> None:
    """Drop a warning of the MuJoCo compiler about its own bundled models."""


def _quieten_atari() -> None:
    """Stop the emulator's banner and its line per loaded game."""
    ale_py = cast("Any", sys.modules["ale_py"])
    ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)


def _quieten_mujoco() -> None:
    """Keep MuJoCo from writing `MUJOCO_LOG.TXT` into whatever folder the process stands in."""
    cast("Any", sys.modules["mujoco"]).set_mju_user_warning(_ignore_engine_warning)


def _quieten_minigrid() -> None:
    """Keep BabyAI from printing a line for every mission it draws and throws away."""
    levels = cast("Any", importlib.import_module("minigrid.envs.babyai.core.roomgrid_level"))
    levels.print = _say_nothing


def _say_nothing(*_words: object) -> None:
    """Take the place of `print` in one module."""


_AFTER_IMPORT: Mapping[str, Callable[[], None]] = {
    "ale_py": _quieten_atari,
    "minigrid": _quieten_minigrid,
    "mujoco": _quieten_mujoco,
}


@cache
def _import_package(name: str) -> None:
    """Import an environment package and make it quiet.

    SWIG's types in Box2D warn while they are created, and where warnings are errors the
    interpreter crashes on them instead of raising.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if name == "mujoco":
            _import_mujoco()
        else:
            importlib.import_module(name)
    if name in _AFTER_IMPORT:
        _AFTER_IMPORT[name]()


def _import_mujoco() -> None:
    """Import MuJoCo, without OpenGL where its libraries are missing.

    It opens the OpenGL library while it is imported; training does not need it.
    """
    try:
        importlib.import_module("mujoco")
    except (AttributeError, ImportError, OSError, RuntimeError):
        os.environ["MUJOCO_GL"] = "disabled"
        importlib.import_module("mujoco")


def import_family(family: Family) -> None:
    """Import the packages of a family, all of which must be installed."""
    choose_headless_rendering()
    for name in family.modules:
        _import_package(name)


def _register_plug_ins() -> None:
    """Call what other packages name under the entry point group `gymnasium.envs`."""
    known = {module for family in _REGISTERED_BY_IMPORT for module in family.modules}
    for plug_in in entry_points(group="gymnasium.envs"):
        if plug_in.module.partition(".")[0] in known:
            continue
        try:
            plug_in.load()()
        except (gym.error.Error, AttributeError, ImportError, OSError, TypeError, ValueError):
            # Somebody else's broken package must not take the catalogue with it.
            _LOG.warning(
                "The environments of %s could not be registered", plug_in.value, exc_info=True
            )


@cache
def register_environments() -> None:
    """Register the environments of every installed package and our own."""
    choose_headless_rendering()
    for family in _REGISTERED_BY_IMPORT:
        if missing_module(family) is None:
            with suppress(ImportError, OSError):
                import_family(family)
    _register_plug_ins()
    for arguments in OWN_ENVIRONMENTS:
        if arguments["id"] not in gym.registry:
            gym.register(**arguments)  # pyright: ignore[reportUnknownMemberType]


@cache
def missing_module(family: Family) -> str | None:
    """Return the first module of a family that is not installed, or None."""
    for name in family.modules:
        if importlib.util.find_spec(name) is None:
            return name
    return None
