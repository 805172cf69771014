"""Sources become modules, or a sentence that names the line."""

import sys
import traceback

import pytest

from gymlab.domain.code import CodeKind, source_code
from gymlab.envs.usercode.loading import load_source
from gymlab.errors import UserCodeError


def _load(source: str, kind: CodeKind = CodeKind.REWARD) -> object:
    return load_source(source_code(source), kind)


def test_a_source_becomes_a_module() -> None:
    """What it defines can be called."""
    module = load_source(
        source_code("def reward_function(obs, action):\n    return 2\n"), CodeKind.REWARD
    )
    assert module.reward_function(None, None) == 2
    assert sys.modules[module.__name__] is module


def test_tracebacks_show_the_users_lines() -> None:
    """The file is on no disk, but its lines are shown."""
    module = load_source(source_code("def f():\n    return 1 / 0  # here\n"), CodeKind.REWARD)
    with pytest.raises(ZeroDivisionError) as caught:
        module.f()
    shown = "".join(traceback.format_exception(caught.value))
    assert 'File "<reward>", line 2, in f' in shown
    assert "return 1 / 0  # here" in shown


def test_data_classes_with_text_annotations_work() -> None:
    """They look their module up."""
    _load(
        "from __future__ import annotations\nfrom dataclasses import dataclass, KW_ONLY\n"
        "@dataclass\nclass A:\n    _: KW_ONLY\n    x: int = 1\nassert A(x=2).x == 2\n"
    )


@pytest.mark.parametrize(
    "source",
    [
        "\ufeffx = 1\n",
        "x = 1\r\ny = 2\r\n",
        "x = 1\ry = 2\r",
        "if True:\n\tx = 1\n",
        "# é ü 😀\nx = 1",
    ],
    ids=["byte order mark", "CRLF", "CR", "tabs", "not ASCII"],
)
def test_odd_but_valid_text_is_read(source: str) -> None:
    """Editors write files in many ways."""
    assert load_source(source_code(source), CodeKind.REWARD).x == 1


@pytest.mark.parametrize(
    ("source", "said", "line"),
    [
        ("x = 1\ndef f(:\n", "invalid syntax", "<reward>:2"),
        ("if True:\n\tx = 1\n        y = 2\n", "tabs", "<reward>:3"),
        ("x = 1\n\0", "null bytes", "<reward>:2"),
        ("x = (" * 300, "nested", "<reward>:1"),
        ("x = " + "-" * 100_000 + "1", "nested", None),
        ("return 1", "outside function", "<reward>:1"),
        ("x = 1\nimport nothing_like_it", "no package 'nothing_like_it' here", "<reward>:2"),
        ("import numpy.nothing_like_it", "No module named 'numpy.nothing_like_it'", "<reward>:1"),
        ("\n\nraise ValueError('no')", "ValueError: no", "<reward>:3"),
        ("import sys\nsys.exit(3)", "ended the program", "<reward>:2"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "<reward>:1"),
        ("def f(): f()\nf()", "RecursionError", "<reward>:1"),
    ],
)
def test_what_cannot_be_loaded_is_said_with_its_line(
    source: str, said: str, line: str | None
) -> None:
    """Nobody has to read a traceback to find the place."""
    with pytest.raises(UserCodeError) as caught:
        _load(source)
    assert said in caught.value.detail
    assert caught.value.line == line


def test_a_megabyte_is_loaded() -> None:
    """Long is not wrong."""
    assert load_source(source_code("x = 1\n" * 166_000), CodeKind.REWARD).x == 1
