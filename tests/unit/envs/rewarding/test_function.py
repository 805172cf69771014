"""Reward functions of users are called in both forms, and nothing but finite numbers comes out."""

import numpy as np
import pytest

from gymlab.domain.code import source_code
from gymlab.domain.metrics import MAX_TERMS
from gymlab.envs.rewarding.function import RewardFunction, Shaped, Transition
from gymlab.errors import UserCodeError

LONG = "def reward_function(obs, action, next_obs, reward, terminated, truncated, info):\n"
TRANSITION = Transition(np.array([1.0, 2.0]), 1, np.array([3.0, 4.0]), 0.5, True, False, {"x": 7})


def _rewarded(source: str, transition: Transition = TRANSITION) -> Shaped:
    return RewardFunction(source_code(source))(transition)


def _body(body: str, imports: str = "") -> str:
    return f"{imports}\ndef reward_function(obs, action):\n    {body}\n"


@pytest.mark.parametrize(
    ("source", "reward"),
    [
        ("def reward_function(obs, action):\n    return obs[1] + action", 3.0),
        (LONG + "    return next_obs[0] + reward + terminated + truncated + info['x']", 11.5),
        ("def reward_function(o, a, *rest):\n    return len(rest)", 5.0),
        ("def reward_function(obs, action, scale=2.0):\n    return scale", 2.0),
        ("reward_function = lambda obs, action: 1", 1.0),
        ("class R:\n    def __call__(self, obs, action): return 4\nreward_function = R()", 4.0),
        ("from functools import partial\nreward_function = partial(lambda a, b, c: a, 6)", 6.0),
    ],
)
def test_both_forms_are_called(source: str, reward: float) -> None:
    """By the number of arguments, whatever they are called."""
    assert _rewarded(source) == (reward, None)


@pytest.mark.parametrize(
    ("value", "reward"),
    [
        ("True", 1.0),
        ("obs[0] > 5", 0.0),
        ("np.float32(0.5)", 0.5),
        ("np.int8(-3)", -3.0),
        ("np.array(2.5)", 2.5),
        ("obs.sum()", 3.0),
        ("10 ** 300", 1e300),
        ("{'a': 1, 'b': np.float32(0.5)}", 1.5),
        ("{}", 0.0),
    ],
)
def test_every_kind_of_real_number_is_taken(value: str, reward: float) -> None:
    """Python's, NumPy's, and truth values."""
    assert _rewarded(_body(f"return {value}", "import numpy as np"))[0] == reward


@pytest.mark.parametrize(
    ("value", "said", "hint"),
    [
        ("None", "returned None", "`return`"),
        ("float('nan')", "returned NaN", "0 / 0"),
        ("-float('inf')", "returned infinity", "clip"),
        ("1j", "a complex number", "real part"),
        ("np.complex64(1)", "a complex number", "real part"),
        ("'1.0'", "the text '1.0'", "number"),
        ("b'x'", "the text b'x'", "number"),
        ("obs", "an array of shape (2,)", ".sum()"),
        ("np.zeros((1, 1))", "an array of shape (1, 1)", ".sum()"),
        ("np.array('x')", "an array of <U1", ".sum()"),
        ("10 ** 400", "an integer that is too large", None),
        ("[1.0]", "a list", "number"),
        ("object()", "a object", "number"),
        ("torch.ones(1, requires_grad=True) * 2", "a torch tensor with a graph", ".item()"),
        ("torch.tensor(1.0)", "a torch tensor", ".item()"),
        ("{'a': None}", "None for the term 'a'", "`return`"),
        ("{'a': float('nan')}", "NaN for the term 'a'", "0 / 0"),
        ("{'a': 1e308, 'b': 1e308}", "infinity", "clip"),
        ("{3: 1.0}", "key a int", "letters"),
        ("{'../x': 1.0}", "key '../x'", "letters"),
        ("{'': 1.0}", "key ''", "letters"),
        ("{'n' * 65: 1.0}", "cannot name a term", "letters"),
        ("{f't{i}': 1.0 for i in range(33)}", "a new term 't32'", "at most 32"),
        ("type('X', (), {'__float__': lambda self: 1.0})()", "a X", "number"),
        ("type('F', (float,), {'__float__': lambda self: 1 / 0})(1)", "division by zero", None),
    ],
)
def test_what_is_no_reward_is_named_with_its_line(value: str, said: str, hint: str | None) -> None:
    """The line of the `return` that gave it, not that of the definition."""
    source = _body(
        f"if action == 0:\n        return 1.0\n    return {value}", "import numpy as np, torch"
    )
    with pytest.raises(UserCodeError) as caught:
        _rewarded(source)
    assert said in caught.value.detail
    assert (hint or "") in (caught.value.hint or "")
    assert caught.value.line == "<reward>:5"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1", "defines no reward_function"),
        ("reward_function = 3", "is a int, not a function"),
        ("def reward_function(): return 1", "<reward>:1: reward_function() takes neither"),
        ("def reward_function(a, b, c): return 1", "takes neither 2 nor 7"),
        ("def reward_function(obs, *, action): return 1", "takes neither"),
        ("async def reward_function(obs, action): return 1", "plain function"),
        ("def reward_function(obs, action):\n    yield 1", "plain function"),
    ],
)
def test_what_is_no_reward_function_is_said(source: str, said: str) -> None:
    """The forms that can be written are named."""
    with pytest.raises(UserCodeError) as caught:
        RewardFunction(source_code(source))
    assert said in caught.value.detail
    assert "def reward_function(obs, action)" in (caught.value.hint or "")


def test_terms_come_back_with_their_sum() -> None:
    """Each becomes a curve."""
    assert _rewarded(_body("return {'near': 2, 'fuel': -0.5}")) == (
        1.5,
        {"near": 2.0, "fuel": -0.5},
    )


def test_names_that_change_all_the_time_come_to_an_end() -> None:
    """A run has a bounded number of curves."""
    source = (
        "n = 0\ndef reward_function(obs, action):\n    global n; n += 1\n    return {f't{n}': 1}"
    )
    function = RewardFunction(source_code(source))
    for _ in range(MAX_TERMS):
        function(TRANSITION)
    with pytest.raises(UserCodeError, match="a new term 't33'"):
        function(TRANSITION)


def test_a_hostile_number_does_not_hang() -> None:
    """Turning it into a float is user code, so it has a limit as well."""
    source = (
        "class Bad(float):\n    def __float__(self):\n        while True: pass\n"
        "def reward_function(obs, action):\n    return Bad(1)\n"
    )
    with pytest.raises(UserCodeError) as caught:
        _rewarded(source)
    assert (caught.value.code, caught.value.line) == ("user_code_timeout", "<reward>:3")
