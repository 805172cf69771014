"""Whether pictures can be had on this machine, found out without risking the process."""

import os
import subprocess
import sys
from functools import cache
from importlib import import_module
from typing import Any, cast

from gymlab.envs.families import MUJOCO, Family
from gymlab.envs.registration import choose_headless_rendering, import_family

_PROBE_TIMEOUT_S = 20
_PROBE = """
import mujoco
context = mujoco.GLContext(64, 64)
context.make_current()
mujoco.MjrContext(mujoco.MjModel.from_xml_string("<mujoco/>"), mujoco.mjtFontScale.mjFONTSCALE_150)
"""


def rendering_problem(family: Family) -> str | None:
    """Return why environments of a family cannot be drawn here, or None where they can.

    Everything but MuJoCo draws in memory. MuJoCo needs OpenGL, and a second failed attempt to
    start it aborts the process: it is tried once, in a way that cannot abort.
    """
    return _opengl_problem() if family is MUJOCO else None


@cache
def _opengl_problem() -> str | None:
    asked = _chosen_backend()
    import_family(MUJOCO)
    backend = _chosen_backend()
    if backend == "disabled":
        failure: str | None = "the library does not load."
    else:
        failure = _try_egl() if backend == "egl" else _try_in_a_process_of_its_own()
    if failure is None:
        return None
    return (
        f"MuJoCo cannot draw here with MUJOCO_GL={asked or '(unset)'}: {failure} "
        "Install the EGL libraries (Debian: `apt install libegl1 libgl1-mesa-dri`) and leave "
        "MUJOCO_GL unset."
    )


def _chosen_backend() -> str:
    choose_headless_rendering()
    return os.environ.get("MUJOCO_GL", "")


def _try_egl() -> str | None:
    """Open an EGL context in this process; it fails by an exception and never aborts."""
    try:
        egl = cast("Any", import_module("mujoco.egl"))
        context = egl.GLContext(64, 64)
        context.make_current()
        context.free()
    except (ImportError, AttributeError, RuntimeError, OSError, TypeError) as error:
        return f"{type(error).__name__}: {str(error)[:200]}."
    return None


def _try_in_a_process_of_its_own() -> str | None:
    """Open a context of another backend in a child, because it may abort."""
    try:
        child = subprocess.run(
            [sys.executable, "-c", _PROBE],
            capture_output=True,
            timeout=_PROBE_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}."
    return None if child.returncode == 0 else f"it ended with code {child.returncode}."
