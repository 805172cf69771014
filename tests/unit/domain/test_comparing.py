"""Rows are compared by what the learner did, not by the clock."""

from gymlab.domain.comparing import comparable_row, first_difference

EPISODE = {
    "seq": 3, "attempt": 1, "kind": "episode", "timestep": 20, "timestamp": "now",
    "wall_time_s": 1.0, "fps": 3.0, "episode_return": 0.1, "loss": None,
}  # fmt: skip


def test_times_and_numbers_of_rows_do_not_count() -> None:
    """A resumed run writes other ones."""
    later = EPISODE | {"seq": 9, "attempt": 2, "timestamp": "then", "wall_time_s": 7.0, "fps": 1.0}

    assert comparable_row(later) == comparable_row(EPISODE)
    assert comparable_row(EPISODE | {"episode_return": 0.2}) != comparable_row(EPISODE)


def test_rows_that_only_tell_the_speed_do_not_count() -> None:
    """They come whenever the clock says."""
    speed = {"time/timesteps_per_second": 5.0, "optim/gradient_steps": 4.0}
    row = {"kind": "learner", "timestep": 7, "metrics": speed, "native": {}}

    assert comparable_row(row) is None
    kept = comparable_row(row | {"metrics": speed | {"loss/policy": 1.0}})
    assert kept is not None
    assert kept["metrics"] == {"optim/gradient_steps": 4.0, "loss/policy": 1.0}
    assert comparable_row(row | {"native": {"train/x": 1.0}}) is not None


def test_the_first_difference_is_named_with_both_values() -> None:
    """Also inside the metrics, and where one has no such value."""
    left = {"timestep": 1, "metrics": {"loss/a": 1.0, "loss/b": 0.1}}
    right = {"timestep": 1, "metrics": {"loss/a": 1.0, "loss/b": 0.10000000000000002}}

    assert first_difference(left, left) is None
    assert first_difference(left, right) == ("loss/b", 0.1, 0.10000000000000002)
    assert first_difference({"a": 1}, {}) == ("a", 1, None)
    assert first_difference({"a": {}}, {"a": 1}) == ("a", {}, 1)
