"""What is said about sources without running them: exact, and silent about what is right."""

import ast
from pathlib import Path

import pytest

import gymlab
from gymlab.domain.code import MAX_SOURCE_BYTES, CodeKind
from gymlab.domain.environments import SpaceInfo
from gymlab.server.code.checking.checker import Setting, check_source
from gymlab.server.code.checking.source import Problem
from gymlab.server.code.templates import all_templates

BODY = "def reward_function(obs, action):\n    return 1.0\n"
ENV = """import gymnasium
from gymnasium import spaces


class World(gymnasium.Env):
    metadata = {"render_modes": ["rgb_array"]}

    def __init__(self, render_mode=None):
        self.observation_space = spaces.Discrete(2)
        self.action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        return 0, 0.0, False, False, {}

    def render(self):
        return None
"""


def check(source: str, kind: CodeKind = CodeKind.REWARD) -> list[Problem]:
    """Return the problems of a source."""
    return check_source(source, kind)


def only(source: str, kind: CodeKind = CodeKind.REWARD) -> Problem:
    """Return the one problem of a source."""
    found = check(source, kind)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("template", all_templates(), ids=lambda template: template.id)
def test_nothing_is_wrong_with_the_templates(template: object) -> None:
    """They are where people begin."""
    assert check(template.source, template.kind) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("source", "place", "code"),
    [
        ("def reward_function(obs, action)\n    return 1\n", (1, 33), "syntax"),
        ("def reward_function(obs, action):\nreturn 1\n", (2, 1), "syntax"),
        ("x = (1,\n", (1, 5), "syntax"),
        ("x = 'ä' 'ö' $\n", (1, 13), "syntax"),
        ("def f():\n\tif 1:\n        pass\n", (3, 1), "mixed_indentation"),
        ("x = 1\0\n", (1, 6), "nul"),
        ("", (1, 1), "empty"),
        (" \n\t\n", (1, 1), "empty"),
        ("x = " + "(" * 5000, (1, 205), "syntax"),
        ("x = " + "-" * 5000 + "1", (1, 1), "too_deep"),
        ("if x:\n  pass\n" + "elif x:\n  pass\n" * 5000, (1, 1), "too_deep"),
        ("#" * (MAX_SOURCE_BYTES + 1), (1, 1), "too_long"),
    ],
)
def test_what_is_no_python_is_named_at_its_place(
    source: str, place: tuple[int, int], code: str
) -> None:
    """And nothing else is said about it."""
    problem = only(source)
    assert (problem.line, problem.column, problem.code, problem.severity) == (*place, code, "error")


@pytest.mark.parametrize(
    ("function", "code"),
    [
        ("x = 1", "missing_function"),
        ("def reward(obs, action):\n    return 1", "missing_function"),
        (
            "class A:\n    def reward_function(self, obs, action):\n        return 1",
            "missing_function",
        ),
        ("def reward_function(obs):\n    return 1", "wrong_signature"),
        ("def reward_function(self, obs, action):\n    return 1", "wrong_signature"),
        ("def reward_function(obs, action, next_obs):\n    return 1", "wrong_signature"),
        ("def reward_function(obs, action, *, scale):\n    return 1", "wrong_signature"),
        ("def reward_function():\n    return 1", "wrong_signature"),
        ("async def reward_function(obs, action):\n    return 1", "wrong_signature"),
        ("reward_function = lambda obs: 1", "wrong_signature"),
        ("reward_function = 3", "wrong_signature"),
        ("def reward_function(obs, action):\n    obs + 1", "returns_nothing"),
        ("def reward_function(obs, action):\n    yield 1", "returns_nothing"),
        ("def reward_function(obs, action):\n    return", "returns_nothing"),
    ],
)
def test_a_function_that_cannot_be_called_is_named(function: str, code: str) -> None:
    """Missing, under another name, with other arguments, or without a value."""
    problem = only(f"{function}\n")
    assert problem.code == code
    assert problem.hint


@pytest.mark.parametrize(
    "function",
    [
        BODY,
        "def reward_function(a, b, c, d, e, f, g):\n    return d",
        "def reward_function(*everything):\n    return 1",
        "def reward_function(obs, action, *rest, scale=2, **more):\n    return 1",
        "def reward_function(obs, action, scale=2):\n    return scale",
        "reward_function = lambda obs, action: 1",
        "import functools\n\ndef f(k, obs, action):\n    return k\n\nreward_function = functools.partial(f, 2)",
        "try:\n    import nothing_here\nexcept ImportError:\n    nothing_here = None\n" + BODY,
        "if True:\n    def reward_function(obs, action):\n        return 1",
        "def reward_function(obs, action):\n    raise NotImplementedError",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import nothing_here\n" + BODY,
        "\ufeff" + BODY.replace("\n", "\r\n"),
        BODY.replace("    ", "\t"),
    ],
)
def test_what_works_has_no_errors(function: str) -> None:
    """Whatever form was chosen."""
    assert [item for item in check(function) if item.severity != "info"] == []


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("x = y", ["y"]),
        ("x = [a for a in range(3)]\nz = a", ["a"]),
        ("x = [b for a in range(3)]", ["b"]),
        ("class A:\n    q = 1\n    def f(self):\n        return q", ["q"]),
        ("class A:\n    q = 1\n    r = q", []),
        ("class A:\n    q = [1]\n    r = [q for _ in q]", ["q"]),
        ("def f():\n    return late\nlate = 1", []),
        ("def f():\n    global made\n    made = 1\nprint(made)", []),
        ("def f():\n    a = 1\n    def g():\n        nonlocal a\n        a += 1\n    return g", []),
        ("def f(x: Missing): pass", ["Missing"]),
        ("from __future__ import annotations\ndef f(x: Missing): pass", []),
        ("def f():\n    x: Missing = 1\n    return x", []),
        ("try:\n    maybe\nexcept NameError:\n    maybe = 1", []),
        ("from math import *\nx = sqrt(2)\ny = sqroot(2)", ["sqroot"]),
        ("from gymnasium import *\nx = anything", []),
        ("globals()['a'] = 1\nx = a", []),
        ("exec('a = 1')\nx = a", []),
        ("if (n := 10) > 5: print(n)", []),
        ("match 3:\n    case [a, *b]: print(a, b)\n    case {'k': c, **d}: print(c, d)", []),
        ("try:\n    pass\nexcept ValueError as error:\n    print(error)", []),
        ("with open('x') as file: print(file)", []),
        ("import numpy.linalg\nprint(numpy)", []),
        ("import numpy.linalg as la\nprint(numpy, la)", ["numpy"]),
        ("print(__name__, __file__, __doc__)", []),
        ("class A:\n    def f(self): return __class__", []),
        ("f = lambda a, *b, c=1, **d: (a, b, c, d, e)", ["e"]),
        ("x = {k: v for k, v in {}.items() if k in w}", ["w"]),
        ("x = f'{inside}'", ["inside"]),
        ("@decorated\ndef f(): pass", ["decorated"]),
        ("äpfel = 1\nx = äpfel + birnen", ["birnen"]),
    ],
)
def test_names_that_do_not_exist(lines: str, names: list[str]) -> None:
    """Exactly those, in every scope."""
    found = check(f"{BODY}\n{lines}\n")
    undefined = [item for item in found if item.code == "undefined_name"]
    assert [item.message for item in undefined] == [f"`{name}` is not defined." for name in names]
    for item, name in zip(undefined, names, strict=True):
        text = f"{BODY}\n{lines}\n".split("\n")[item.line - 1]
        assert text[item.column - 1 : (item.end_column or 0) - 1] == name


def test_a_counter_that_never_begins_is_named() -> None:
    """The usual mistake with a variable of the module."""
    problem = only(
        "count = 0\ndef reward_function(obs, action):\n    count += 1\n    return count\n"
    )
    assert problem.code == "no_first_value"
    assert problem.hint == "Write `global count` at the beginning of the function."


@pytest.mark.parametrize(
    ("lines", "code", "severity", "word"),
    [
        ("import gym", "missing_package", "error", "gymnasium as gym"),
        ("import nump", "missing_package", "error", "`numpy`"),
        ("import surely_not_there.part", "missing_package", "error", "numpy"),
        ("from . import terms", "relative_import", "error", "this file"),
        ("import subprocess", "denied", "warning", "process"),
        ("import socket", "denied", "warning", "network"),
        ("import ctypes", "denied", "warning", "worker"),
        ("import os\nos.system('ls')", "denied", "warning", "process"),
        ("from os import fork", "denied", "warning", "process"),
        ("import urllib.request", "denied", "warning", "network"),
        ("import multiprocessing as mp", "denied", "warning", "process"),
        ("x = input()", "nobody_types", "error", "print"),
        ("import math\nx = math.squareroot(2)", "no_member", "error", ""),
        ("import numpy as np\nx = np.clipp(1, 0, 2)", "no_member", "error", "clip"),
        ("from math import squareroot", "no_member", "error", ""),
        ("while True:\n    x = 1", "endless_loop", "warning", "break"),
        ("while 1:\n    for x in range(3):\n        break", "endless_loop", "warning", "break"),
        (
            "import itertools\nfor x in itertools.count():\n    pass",
            "endless_loop",
            "warning",
            "break",
        ),
        ("x = 1 is 1", "doubtful_syntax", "warning", ""),
        ("x = 'a\u202eb'", "invisible_character", "warning", ""),
    ],
)
def test_what_will_not_work_is_explained(lines: str, code: str, severity: str, word: str) -> None:
    """With what to do instead."""
    problem = only(f"{BODY}\n{lines}\n")
    assert (problem.code, problem.severity) == (code, severity)
    assert word in (problem.hint or "")


@pytest.mark.parametrize(
    "lines",
    [
        "while True:\n    if BODY:\n        break",
        "def f():\n    while True:\n        return 1",
        "def f():\n    while True:\n        yield 1",
        "while True:\n    for x in []:\n        pass\n    else:\n        break",
        "while x:\n    pass",
        "import numpy as np\nnp = 3\nnp.nothing",
        "import math\ndef f(math): return math.anything",
        "import numpy as np\nx = np.random.default_rng(0)",
        "import collections.abc\nx = collections.abc.Mapping",
    ],
)
def test_no_alarm_is_false(lines: str) -> None:
    """What ends, and what only looks like a module."""
    found = check(f"BODY = x = 1\n{BODY}\n{lines}\n")
    assert found == []


def test_a_good_environment_has_no_problems() -> None:
    """Nothing is said about it."""
    assert check(ENV, CodeKind.ENVIRONMENT) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("(gymnasium.Env)", "", "missing_environment"),
        ("def step", "def stepp", "missing_method"),
        ("self.action_space", "self.actions", "missing_space"),
        ("seed=None, options=None", "seed=None", "wrong_signature"),
        ("self, action", "self", "wrong_signature"),
        ("super().reset(seed=seed)", "pass", "not_seeded"),
        ("return 0, {}", "return 0, {}, 1", "wrong_return"),
        ("return 0, {}", "return None", "wrong_return"),
        ("return 0, 0.0, False, False, {}", "return 0, 0.0, False, {}", "wrong_return"),
        ("def render(", "def draw(", "no_pictures"),
        ("render_mode=None", "size=3", "no_pictures"),
        ('metadata = {"render_modes": ["rgb_array"]}', "", "no_pictures"),
        ("return 0, 0.0", "import random\n        return random.random(), 0.0", "not_seeded"),
    ],
)
def test_what_an_environment_lacks_is_named(old: str, new: str, code: str) -> None:
    """One change, one problem, with its fix."""
    assert old in ENV
    problem = only(ENV.replace(old, new), CodeKind.ENVIRONMENT)
    assert problem.code == code
    assert problem.hint


def test_of_several_environments_one_is_chosen() -> None:
    """By a line at the end; parents need none."""
    other = ENV + "\n\nclass Other(gymnasium.Env):\n    pass\n"
    assert "several_environments" in {item.code for item in check(other, CodeKind.ENVIRONMENT)}
    assert check(other + "\nENVIRONMENT = World\n", CodeKind.ENVIRONMENT) == []
    assert check(ENV + "\n\nclass Other(World):\n    pass\n", CodeKind.ENVIRONMENT) == []


def test_an_evaluation_takes_episodes() -> None:
    """And returns a dict."""
    assert check("def evaluate(episodes):\n    return {}\n", CodeKind.EVALUATION) == []
    assert only("def evaluate():\n    return {}\n", CodeKind.EVALUATION).code == "wrong_signature"


@pytest.mark.parametrize(
    ("index", "is_there"), [("0", True), ("7", True), ("-8", True), ("8", False), ("-9", False)]
)
def test_parts_of_the_observation_are_counted(index: str, is_there: bool) -> None:
    """Where the environment is known."""
    setting = Setting("LunarLander-v3", SpaceInfo(type="Box", text="Box(8)", shape=[8]))
    source = f"def reward_function(obs, action):\n    return obs[{index}]\n"
    found = check_source(source, CodeKind.REWARD, setting)
    assert [item.code for item in found] == ([] if is_there else ["no_such_part"])


def test_our_own_code_has_no_undefined_names() -> None:
    """A large body of code that is known to run gives no false alarm."""
    package = Path(gymlab.__file__).parent
    wrong: list[str] = []
    for path in sorted([*package.glob("envs/**/*.py"), *package.glob("server/**/*.py")]):
        text = path.read_text(encoding="utf-8")
        ast.parse(text)
        wrong += [
            f"{path.name}:{item.line}: {item.message}"
            for item in check(text)
            if item.code in {"undefined_name", "no_member", "no_first_value", "missing_package"}
        ]
    assert wrong == []
