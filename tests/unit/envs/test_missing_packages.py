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
try:
    make_env({env_id!r})
except DependencyMissingError as error:
    message = error.detail
keep = ("id", "family", "available", "unavailable_reason", "title", "summary", "action_space")
print(json.dumps([message, [info.model_dump(mode="json", include=set(keep)) for info in infos]]))
"""


@pytest.mark.parametrize(
    ("hidden", "family", "env_id", "hint", "count"),
    [
        (["ale_py"], "atari", "ALE/Pong-v5", "gymlab[atari]", 104),
        (["minigrid"], "minigrid", "MiniGrid-DoorKey-5x5-v0", "gymlab[minigrid]", 173),
        (["mujoco"], "mujoco", "Hopper-v5", "gymlab[mujoco]", 11),
        (["Box2D"], "box2d", "LunarLander-v3", "gymlab[box2d]", 5),
        (["pygame"], "classic-control", "CartPole-v1", "pip install gymlab", 5),
    ],
)
def test_a_missing_package_greys_its_family(
    hidden: list[str], family: str, env_id: str, hint: str, count: int
) -> None:
    """Everything of the family is there, with a reason; all else still works."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(hidden=hidden, env_id=env_id)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    message, infos = json.loads(done.stdout)
    greyed = [info for info in infos if info["family"] == family]
    assert len(greyed) == count
    assert not any(info["available"] for info in greyed)
    assert all(hint in info["unavailable_reason"] for info in greyed)
    assert all(info["action_space"] is None and info["summary"] for info in greyed)
    assert hidden[0] in message
    assert any(info["available"] for info in infos if info["family"] != family)
    lander = next(info for info in infos if info["id"] == "LunarLander-v3")
    assert lander["title"] == "Lunar Lander"
