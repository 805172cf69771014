"""Spaces become data that says as much as the space itself."""

import json
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given
from hypothesis import strategies as st

from gymlab.envs.space_info import describe_space


@pytest.mark.parametrize(
    ("space", "text", "size_bytes"),
    [
        (spaces.Discrete(4), "Discrete(4)", 8),
        (spaces.Discrete(3, start=-1), "Discrete(3, -1)", 8),
        (spaces.Box(-1.0, 1.0, (8,), np.float32), "Box(8)", 32),
        (spaces.Box(0, 255, (84, 84, 4), np.uint8), "Box(84, 84, 4)", 84 * 84 * 4),
        (spaces.MultiDiscrete([32, 11, 2]), "MultiDiscrete(32, 11, 2)", 24),
        (spaces.MultiBinary(5), "MultiBinary(5)", 5),
        (
            spaces.Tuple((spaces.Discrete(2), spaces.Discrete(3))),
            "Tuple(0: Discrete(2), 1: Discrete(3))",
            16,
        ),
        (spaces.Dict({"a": spaces.Discrete(2)}), "Dict(a: Discrete(2))", 8),
        (spaces.Text(5), "Text", None),
        (spaces.Dict({"a": spaces.Text(5)}), "Dict(a: Text)", None),
    ],
)
def test_the_text_and_the_size_of_a_space(
    space: spaces.Space[Any], text: str, size_bytes: int | None
) -> None:
    """The text is short; the size is that of one element."""
    info = describe_space(space)
    assert (info.text, info.size_bytes) == (text, size_bytes)


def test_equal_bounds_are_one_number() -> None:
    """A picture does not list 100,000 bounds."""
    info = describe_space(spaces.Box(0, 255, (210, 160, 3), np.uint8))
    assert (info.low, info.high) == (0.0, 255.0)


def test_unbounded_is_null() -> None:
    """Infinity is not JSON."""
    low = np.array([-np.inf, -1.2], np.float32)
    info = describe_space(spaces.Box(low, np.array([np.inf, 0.6], np.float32)))
    assert (info.low, info.high) == ([None, -1.2], [None, 0.6])
    assert describe_space(spaces.Box(-np.inf, np.inf, (3,))).low is None


def test_an_empty_box_has_no_bounds() -> None:
    """Nothing is compared in nothing."""
    info = describe_space(spaces.Box(0.0, 1.0, (0,)))
    assert (info.shape, info.low, info.size_bytes) == ([0], None, 0)


@given(
    st.lists(
        st.tuples(
            st.floats(-(2.0**90), 0, width=32) | st.just(-np.inf),
            st.floats(0, 2.0**90, width=32) | st.just(np.inf),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_box_is_json_and_keeps_its_bounds(bounds: list[tuple[float, float]]) -> None:
    """The bounds survive the way through JSON to the bit."""
    low, high = (np.array(side, np.float32) for side in zip(*bounds, strict=True))
    info = describe_space(spaces.Box(low, high))
    again = json.loads(info.model_dump_json())
    shown = np.array(again["low"], dtype=np.float64)
    expected = np.where(np.isfinite(low), low, np.nan)
    if shown.ndim == 0:
        shown = np.full(len(bounds), shown)
    np.testing.assert_array_equal(shown.astype(np.float32), expected)
