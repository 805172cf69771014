"""Values come back with every bit and with their types."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gymlab.envs.state.values import (
    UnwritableValueError,
    digest,
    from_plain,
    many_from_plain,
    many_to_plain,
    to_plain,
)

NUMBERS = arrays(
    st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]),
    array_shapes(min_dims=0, max_dims=3, max_side=4),
)


def through_json(written: Any) -> Any:
    """Return what a file would hold."""
    return json.loads(json.dumps(written))


@given(NUMBERS)
def test_arrays_keep_type_shape_and_bits(array: Any) -> None:
    """NaN and negative zero included."""
    back = from_plain(through_json(to_plain(array)))

    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()
    assert digest(back) == digest(array)


@given(st.recursive(NUMBERS | st.integers() | st.booleans() | st.text(max_size=5) | st.none(),
                    lambda parts: st.tuples(parts, parts) | st.dictionaries(st.text(max_size=3), parts, max_size=2),
                    max_leaves=4))  # fmt: skip
def test_containers_come_back_as_they_were(value: Any) -> None:
    """Tuples stay tuples, and a hash tells different values apart."""
    back = from_plain(through_json(to_plain(value)))

    assert type(back) is type(value)
    assert digest(back) == digest(value)


@pytest.mark.parametrize(
    "actions",
    [
        [],
        [1, 2, 3],
        [0.5, 1.5],
        [np.int64(3), np.int64(4)],
        [np.zeros(2, np.float32), np.ones(2, np.float32)],
        [np.zeros(2, np.float32), np.zeros(2, np.float64)],
        [(1, np.float32(2)), {"a": np.arange(3)}],
    ],
)
def test_actions_are_packed_and_unpacked(actions: list[Any]) -> None:
    """Of one kind or of many."""
    back = many_from_plain(through_json(many_to_plain(actions)))

    assert [digest(action) for action in back] == [digest(action) for action in actions]
    assert [type(action) for action in back] == [type(action) for action in actions]


@pytest.mark.parametrize("value", [object(), {1: 2}, {"a": {1}}, np.array([object()]), 1j])
def test_what_is_no_plain_data_is_refused(value: Any) -> None:
    """Nothing is pickled instead."""
    with pytest.raises(UnwritableValueError):
        to_plain(value)


@pytest.mark.parametrize(
    "written",
    [
        None,
        [],
        {"array": "AAAA", "dtype": "O", "shape": [1]},
        {"array": "AAAA", "dtype": "<f8", "shape": [1000000]},
        {"array": "!", "dtype": "<f8", "shape": [1]},
        {"array": "", "dtype": "nonsense", "shape": [0]},
        {"scalar": "", "dtype": "<f8"},
        {"plain": {"a": 1}},
        {"values": 3},
    ],
)
def test_damaged_values_are_refused(written: Any) -> None:
    """By an error that the caller expects."""
    with pytest.raises((ValueError, TypeError)):
        from_plain(written)


def test_hashes_differ_by_type_and_structure() -> None:
    """Equal numbers of different types are different observations."""
    values = [
        1,
        1.0,
        True,
        "1",
        (1,),
        [1],
        {"a": 1},
        np.float32(1),
        np.float64(1),
        np.ones(1),
        None,
    ]

    assert len({digest(value) for value in values}) == len(values)
