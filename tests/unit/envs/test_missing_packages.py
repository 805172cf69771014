"""Without its package a family is listed, greyed, with what to install."""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import sys
for name in {hidden!r}:
    sys.modules[name] = None
import json
from gymlab.envs.catalogue import describe_environments
from gymlab.envs.making import make_env
from gymlab.errors import DependencyMissingError
infos = describe_environments()
messages = []
for env_id in {env_ids!r}:
    try:
        make_env(env_id)
    except DependencyMissingError as error:
        messages.append(error.detail)
keep = ("id", "family", "available", "unavailable_reason", "title", "summary", "action_space")
print(json.dumps([messages, [info.model_dump(mode="json", include=set(keep)) for info in infos]]))
"""
PACKAGES = {
    "ale_py": ("atari", "ALE/Pong-v5", "gymlab[atari]", 104),
    "minigrid": ("minigrid", "MiniGrid-DoorKey-5x5-v0", "gymlab[minigrid]", 173),
    "mujoco": ("mujoco", "Hopper-v5", "gymlab[mujoco]", 11),
    "Box2D": ("box2d", "LunarLander-v3", "gymlab[box2d]", 5),
    "pygame": ("classic-control", "CartPole-v1", "pip install gymlab", 5),
}
"""Package -> the family that needs it, one of its environments, the hint, and how many it has."""


@pytest.mark.parametrize("hidden", [("ale_py", "mujoco"), ("minigrid", "Box2D"), ("pygame",)])
def test_a_missing_package_greys_its_family(hidden: tuple[str, ...]) -> None:
    """Everything of the family is there, with a reason; all else still works."""
    script = SCRIPT.format(hidden=hidden, env_ids=[PACKAGES[name][1] for name in hidden])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    messages, infos = json.loads(done.stdout)
    for name, message in zip(hidden, messages, strict=True):
        family, _, hint, count = PACKAGES[name]
        greyed = [info for info in infos if info["family"] == family]
        assert len(greyed) == count
        assert not any(info["available"] for info in greyed)
        assert all(hint in info["unavailable_reason"] for info in greyed)
        assert all(info["action_space"] is None and info["summary"] for info in greyed)
        assert name in message
    greyed_families = {PACKAGES[name][0] for name in hidden}
    others = {info["family"] for info in infos if info["available"]} - greyed_families
    needs_pygame = {"classic-control", "toy-text", "box2d", "minigrid"}
    working = {family for family, *_ in PACKAGES.values()} - greyed_families
    assert others >= (working - needs_pygame if "pygame" in hidden else working)
    lander = next(info for info in infos if info["id"] == "LunarLander-v3")
    assert lander["title"] == "Lunar Lander"
