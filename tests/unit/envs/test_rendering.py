"""A machine without OpenGL is told so and never aborts."""

import os
import subprocess
import sys

import pytest

TRY_TWICE = """
from gymlab.envs.making import make_env
from gymlab.errors import UnavailableError
for _ in range(3):
    try:
        make_env("Hopper-v5", render_mode="rgb_array")
    except UnavailableError as error:
        print(error.detail)
env = make_env("Hopper-v5")
env.reset(seed=0)
from gymlab.envs.catalogue import describe_environment
print("can_render", describe_environment("Hopper-v5").can_render)
"""


@pytest.mark.parametrize("backend", ["glfw", "osmesa", "egl"])
def test_failing_opengl_is_told_every_time_and_training_still_works(backend: str) -> None:
    """Neither a missing display nor a missing library ends the process."""
    env = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "MUJOCO_GL"}}
    env |= {"MUJOCO_GL": backend}
    if backend == "egl":
        # Any other platform makes MuJoCo's EGL module refuse to load.
        env |= {"PYOPENGL_PLATFORM": "glx"}
    done = subprocess.run(
        [sys.executable, "-c", TRY_TWICE],
        env=env,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(f"MuJoCo cannot draw here with MUJOCO_GL={backend}") == 3
    assert "can_render False" in done.stdout
