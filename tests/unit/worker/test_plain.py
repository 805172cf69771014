"""A runner's event data cannot break the link."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gymlab.worker.plain import plain

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=50)
    | st.binary(max_size=50)
    | st.complex_numbers()
    | st.sampled_from([np.float32(1.5), np.int64(3), np.zeros(5), np.bool_(True), object()]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.integers(), inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(st.text(max_size=20), anything, max_size=5))
def test_anything_becomes_json(data: dict[str, object]) -> None:
    """Every value can be sent and written as JSON."""
    made = plain(data)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(made)) == made
    msgspec.json.encode(made)


def test_plain_values_stay_what_they_are() -> None:
    """Numbers of NumPy become numbers."""
    data = {"a": np.float64(1.5), "b": np.int32(2), "c": [1, {"d": "text"}], "e": None}
    assert plain(data) == {"a": 1.5, "b": 2, "c": [1, {"d": "text"}], "e": None}


def test_size_and_depth_are_bounded() -> None:
    """A structure that holds itself and a text of a megabyte are cut."""
    endless: list[object] = []
    endless.append(endless)
    made = plain({"loop": endless, "long": "x" * 1_000_000, "many": list(range(1_000_000))})
    assert len(msgspec.json.encode(made)) < 10_000
