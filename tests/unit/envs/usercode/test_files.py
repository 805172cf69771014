"""Files of one source import each other, and nothing of another's."""

import copy
import pickle
import sys

import numpy as np
import pytest

from gymlab.domain.code import CodeKind, source_code
from gymlab.domain.code_files import join_files
from gymlab.envs.custom.finding import environment_class, line_of_method
from gymlab.envs.custom.making import make_custom_env
from gymlab.envs.rewarding.function import RewardFunction, Transition
from gymlab.envs.usercode.loading import load_source
from gymlab.errors import UserCodeError, UserCodeTimeoutError

MAIN = """
from physics import G, fall
import physics as p
from .shapes import Box
from . import shapes

def f():
    assert p.G == G and shapes.Box is Box
    return fall(2.0)
"""
PHYSICS = "from dataclasses import dataclass\nG = 10.0\ndef fall(t):\n    return G * t\n"
SHAPES = "import physics\nfrom dataclasses import dataclass\n@dataclass\nclass Box:\n    side: float = physics.G\n"
ENV = """
import gymnasium
from gymnasium import spaces

class World(gymnasium.Env):
    def __init__(self):
        self.observation_space = spaces.Discrete(2)
        self.action_space = spaces.Discrete(2)
    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}
    def step(self, action):
        return STEP
"""


def load(files: dict[str, str], kind: CodeKind = CodeKind.REWARD) -> object:
    """Load a source of several files."""
    return load_source(source_code(join_files(files)), kind)


def test_files_are_imported_by_their_names_and_relatively() -> None:
    """From the main one and from each other, once."""
    module = load({"main.py": MAIN, "physics.py": PHYSICS, "shapes.py": SHAPES})
    assert module.f() == 20.0  # type: ignore[attr-defined]
    box = module.Box(3.0)  # type: ignore[attr-defined]
    assert copy.deepcopy(box) == box
    assert pickle.dumps(box)  # by the name of its class, which is found
    assert "physics" not in sys.modules


def test_two_sources_may_have_files_of_the_same_name() -> None:
    """Each gets its own, also when it imports late."""
    late = "def f():\n    import part\n    return part.X\n"
    one = load({"main.py": late, "part.py": "X = 1\n"})
    two = load({"main.py": late, "part.py": "X = 2\n"}, CodeKind.EVALUATION)
    assert (one.f(), two.f()) == (1, 2)  # type: ignore[attr-defined]


def test_files_may_import_each_other_in_a_circle() -> None:
    """As files on a disk may."""
    module = load({
        "main.py": "LIMIT = 3\nimport part\ndef f():\n    return part.g()\n",
        "part.py": "import main\ndef g():\n    return main.LIMIT\n",
    })
    assert module.f() == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {"main.py": "import part\n", "part.py": "x = 1 +\n"},
            "<reward/part.py>:1: invalid syntax",
        ),
        ({"main.py": "import part\n", "part.py": "\n1 / 0\n"}, "<reward/part.py>:2: ZeroDivision"),
        ({"main.py": "import prat\n", "part.py": ""}, "beside it are part.py"),
        ({"main.py": "from .prat import x\n", "part.py": ""}, "there are part.py"),
        ({"main.py": "from part import y\n", "part.py": "x = 1\n"}, "cannot import name 'y'"),
        ({"main.py": "import part.x\n", "part.py": "x = 1\n"}, "no package 'part'"),
    ],
)
def test_what_goes_wrong_names_the_file(files: dict[str, str], words: str) -> None:
    """And says which files there are."""
    with pytest.raises(UserCodeError, match="<reward") as caught:
        load(files)
    assert words in caught.value.detail


def test_an_endless_loop_at_the_margin_of_a_file_is_stopped() -> None:
    """Its line is named: it is no import of an installed package, which may take long."""
    with pytest.raises(UserCodeTimeoutError) as caught:
        load({"main.py": "import part\n", "part.py": "while True:\n    pass\n"})
    assert str(caught.value.line).startswith("<reward/part.py>:")


def test_an_environment_may_live_in_a_file_beside_the_main_one() -> None:
    """Its lines are found there; a class of the main file comes first."""
    world = ENV.replace("STEP", "0, 0.0, False, False, {}")
    beside = source_code(join_files({"main.py": "from world import World\n", "world.py": world}))
    cls = environment_class(beside)
    assert cls.__name__ == "World"
    assert line_of_method(beside, cls, "step") == "<environment/world.py>:13"
    derived = "from world import World\nclass Mine(World):\n    pass\n"
    both = source_code(join_files({"main.py": derived, "world.py": world}))
    assert environment_class(both).__name__ == "Mine"
    env = make_custom_env(both)
    env.reset(seed=0)
    assert env.step(0)[:2] == (0, 0.0)
    wrong = join_files({"main.py": derived, "world.py": ENV.replace("STEP", "0, 0.0")})
    env = make_custom_env(source_code(wrong))
    env.reset(seed=0)
    with pytest.raises(UserCodeError, match=r"<environment/world.py>:13: step returned 2 values"):
        env.step(0)


def test_a_reward_of_several_files_may_be_read_as_elementwise_by_its_main_one() -> None:
    """What the other files hold is called as it is."""
    main = "from part import W\ndef reward_function(obs, action):\n    return W * obs[..., 0]\n"
    reward = RewardFunction(source_code(join_files({"main.py": main, "part.py": "W = 2.0\n"})))
    assert reward.is_elementwise
    transition = Transition(np.array([3.0]), 0, None, 0.0, False, False, {})
    assert reward(transition) == (6.0, None)
