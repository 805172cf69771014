"""Only straight lines of arithmetic are taken for functions that arrays do not change."""

import pytest

from gymlab.envs.rewarding.elementwise import is_elementwise

HEAD = "import numpy as np\nK, W = 2.0, [1.0]\ndef reward_function(obs, action):\n"


@pytest.mark.parametrize(
    "body",
    [
        "return 1.0 - abs(obs[..., 0])",
        "'''Says what it does.'''\n    x = obs[..., 0]\n    x *= K\n    return np.where(x > 1, x, -x)",
        "return {'near': -np.hypot(obs[..., 0], obs[..., 1]), 'fuel': -0.1 * (action == 2)}",
        "return -(obs ** 2).sum(axis=-1)",
        "return np.linalg.norm(obs, axis=-1)",
        "return W[0] * obs[..., 0]",
        "return np.clip(obs[..., 0], -1, 1) * (obs[..., 1] > 0)",
    ],
)
def test_arithmetic_is(body: str) -> None:
    """NumPy's functions of single elements, comparisons, and sums along the last axis."""
    assert is_elementwise(HEAD + f"    {body}\n", "reward_function")


@pytest.mark.parametrize(
    "body",
    [
        "return 1.0 if obs[0] > 0 else 0.0",
        "if action == 1:\n        return 1.0\n    return 0.0",
        "return obs.max()",
        "return obs[..., 0] - obs[..., 0].mean()",
        "return (obs[..., 0] > 5).any()",
        "return max(obs[0], 0.0)",
        "return float(obs[0])",
        "return helper(obs)",
        "return obs[0] > 0 and 1.0",
        "return 0 < obs[0] < 1",
        "return sum(x for x in obs)",
        "return not action",
        "return obs.sum(axis=0)",
        "return np.random.random() + obs[..., 0]",
        "return np.cumsum(obs[..., 0])",
        "global K\n    K += 1\n    return K",
        "obs.sort()\n    return obs[..., 0]",
        "return np.dot(obs, obs)",
        "return obs @ obs",
        "return abs(obs[0])",
        "return obs[:, 0]",
        "x = obs[..., :2]\n    return x[0]",
        "return (obs + 1)[0]",
        "for x in obs:\n        pass\n    return 1.0",
    ],
)
def test_everything_else_is_not(body: str) -> None:
    """A branch, a reduction or an unknown function could mix transitions where nobody tried."""
    assert not is_elementwise(HEAD + f"    {body}\n", "reward_function")


@pytest.mark.parametrize(
    "source", ["", "x = (", "reward_function = abs", "@wrapped\n" + HEAD + "    return 1.0\n"]
)
def test_what_is_no_plain_function_is_not(source: str) -> None:
    """Only what can be read is believed."""
    assert not is_elementwise(source, "reward_function")
