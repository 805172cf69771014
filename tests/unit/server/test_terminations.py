"""Counts between edges from a count that runs."""

import numpy as np
import pytest

from gymlab.server.replays.service import plain_actions
from gymlab.server.terminations.service import counts_between


def test_a_part_holds_what_ended_after_its_first_edge() -> None:
    """Up to its last; the parts add up to all."""
    edges = np.array([0, 10, 20, 30])
    timesteps = np.array([5.0, 10.0, 11.0, 30.0])
    assert counts_between(edges, timesteps, np.array([1.0, 2.0, 3.0, 4.0])) == [2, 1, 1]


def test_thinned_out_counts_add_up_all_the_same() -> None:
    """Downsampling leaves points out, never the last one."""
    edges = np.array([0, 50, 100])
    assert sum(counts_between(edges, np.array([1.0, 90.0]), np.array([1.0, 77.0]))) == 77


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"numbers": [0, 1]}, [0, 1]),
        ({"scalars": {"array": "AQAAAAAAAAACAAAAAAAAAA==", "dtype": "<i8", "shape": [2]}}, [1, 2]),
        ({"scalars": {"array": "!", "dtype": "<i8", "shape": [1]}}, None),
        ({"scalars": {"array": "AAAA", "dtype": "O", "shape": [1]}}, None),
        ({"scalars": {"array": "AAAA", "dtype": "nonsense", "shape": [1]}}, None),
        ({"arrays": {"array": "AAAAAAAA8H8=", "dtype": "<f8", "shape": [1]}}, None),
        ({"values": []}, None),
        (None, None),
    ],
)
def test_actions_are_plain_numbers_or_nothing(written: object, expected: object) -> None:
    """What cannot be written in JSON is left out."""
    assert plain_actions(written) == expected
