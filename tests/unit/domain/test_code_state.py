"""Code that remembers something between calls is noticed before a run is resumed."""

import pytest

from gymlab.domain.code_state import kept_state


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("n = 0\ndef f(a):\n    global n\n    n += 1", "line 3: global n"),
        ("seen = []\ndef f(a):\n    seen.append(a)", "line 3: seen.append(a)"),
        ("best = {}\ndef f(a):\n    best['x'] = a", "line 3: best['x']"),
        ("class S:\n    n = 0\ndef f(a):\n    S.n += 1", "line 4: S.n"),
        ("def f(a):\n    f.last = a", "line 2: f.last"),
        (
            "def make():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g",
            "line 4: nonlocal n",
        ),
        ("old = [0]\nf = lambda a: old.append(a)", "line 2: old.append(a)"),
    ],
)
def test_what_remembers_is_named(source: str, line: str) -> None:
    """With the place."""
    assert kept_state(source) == line


@pytest.mark.parametrize(
    "source",
    [
        "WEIGHTS = [1, 2]\ndef f(a):\n    return WEIGHTS[0] * a",
        "def f(a):\n    terms = {}\n    terms['x'] = a\n    terms.update(y=1)\n    return terms",
        "import numpy as np\ndef f(a):\n    a[:] = 1\n    return np.clip(a, 0, 1)",
        "not python (",
        "",
    ],
)
def test_what_does_not_is_left_alone(source: str) -> None:
    """Constants, locals and arguments are no memory."""
    assert kept_state(source) is None
