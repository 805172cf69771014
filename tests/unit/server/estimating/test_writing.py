"""What a run will write."""

import math
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from gymlab.domain.costs import Cost
from gymlab.server.estimating import writing
from gymlab.server.estimating.workloads import Workload
from gymlab.server.estimating.writing import (
    CHECKPOINT_NOTES_BYTES,
    NUM_KEPT_CHECKPOINTS,
    OTHER_FILES_BYTES,
    bytes_after,
    num_episodes,
)
from tests.unit.server.estimating.workload_examples import OFF_POLICY, cost, workload, written

NO_ROWS = {"num_episodes": 0, "episode_row_bytes": 0.0, "learner_row_bytes_per_timestep": 0.0}
LASTING = 100_000 + CHECKPOINT_NOTES_BYTES
TRANSITION = 2 * 16 + 8 + 16


def files_alone(**changes: object) -> Cost:
    """Return a measurement without rows."""
    return cost(files=written(**{**NO_ROWS, **changes}))


def test_all_parts_are_counted() -> None:
    """Rows of a quarter of what was measured, one checkpoint, and the small files."""
    found = bytes_after(workload(total_timesteps=1000), cost(), 1.0)
    assert found == 50 * 300 + 1000 + LASTING + 50_000 + OTHER_FILES_BYTES


def test_episodes_that_do_not_change_go_on() -> None:
    """At the time limit from the beginning, as a pendulum."""
    steady = cost(files=written(num_episodes=8, episode_length=500.0))
    assert num_episodes(workload(total_timesteps=100_000), steady) == pytest.approx(200)


def test_episodes_get_longer_towards_the_limit() -> None:
    """Fewer than if they stayed, more than if all that follow were as long as can be."""
    found = num_episodes(workload(total_timesteps=100_000), cost())
    assert 200 + 96_000 / 500 < found < 100_000 / 20


def test_growth_has_no_gap_where_its_formula_divides_by_nothing() -> None:
    """Lengths that grow with time itself: the integral is a logarithm."""
    one = workload(total_timesteps=40_000)
    exact = cost(files=written(episode_length=5.0))  # sqrt(5 * 500) / 5 = 10 times in 10 times
    near = cost(files=written(episode_length=5.0001))
    assert num_episodes(one, exact) == pytest.approx(num_episodes(one, near), rel=1e-3)


def test_known_trainings_tell_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen counts as it was seen; behind the last knot it goes on as before it."""
    known = {"X-v0": {"a": [[2000, 100], [6000, 300], [10_000, 320]]}}
    monkeypatch.setattr(writing, "_known_trainings", lambda: known)
    assert num_episodes(workload(total_timesteps=10_000), cost()) == 200 + 320 - 200
    assert num_episodes(workload(total_timesteps=18_000), cost()) == 200 + 360 - 200
    assert num_episodes(workload(total_timesteps=2000), cost()) == 100


def test_the_table_of_known_trainings_is_sound() -> None:
    """Timesteps and episodes grow, in trainings that presets offer."""
    path = Path(writing.__file__).with_name("known_episodes.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert "CartPole-v1" in table
    for algorithms in table.values():
        for knots in algorithms.values():
            assert len(knots) >= 2
            assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(knots))


def test_measurements_without_an_episode_count_the_longest() -> None:
    """None ended: each may be as long as allowed."""
    silent = cost(files=written(num_episodes=0, episode_length=None))
    assert num_episodes(workload(total_timesteps=5000), silent) == 10


@pytest.mark.parametrize(
    ("duration_s", "num"), [(1.0, 1), (10.0, 2), (36.0, 3), (86_400.0, NUM_KEPT_CHECKPOINTS)]
)
def test_checkpoints_are_made_as_runs_make_them(duration_s: float, num: int) -> None:
    """One after two seconds, one every half minute, one at the end; two are whole."""
    found = bytes_after(workload(total_timesteps=10_000), files_alone(), duration_s)
    assert found == num * LASTING + min(num, 2) * 50_000 + OTHER_FILES_BYTES


def test_of_two_replay_buffers_the_older_is_as_full_as_it_was_then() -> None:
    """After two of twenty seconds it holds a tenth."""
    one = replayed(buffer_size=1_000_000, total_timesteps=10_000)
    measured = files_alone(transient_bytes=4000 * 44 + 900, transient_bytes_per_timestep=44.0)
    found = bytes_after(one, measured, 20.0)
    small = 2 * LASTING + 2 * 900 + OTHER_FILES_BYTES
    assert found == pytest.approx(small + (1000 + 10_000) * 44, rel=0.001)


def test_one_more_checkpoint_that_may_just_be_made_counts_a_third() -> None:
    """A run of 31 seconds, or of 34: nobody knows whether the one at 32 will be there."""
    found = bytes_after(workload(total_timesteps=10_000), files_alone(), 31.0)
    assert found == pytest.approx((2 + 1 / 3) * LASTING + 2 * 50_000 + OTHER_FILES_BYTES)


def test_a_full_replay_buffer_grows_no_more() -> None:
    """Both hold what there is room for."""
    one = replayed(buffer_size=2000, total_timesteps=100_000)
    measured = files_alone(transient_bytes=2000 * 44, transient_bytes_per_timestep=44.0)
    found = bytes_after(one, measured, 20.0)
    assert found == 2 * LASTING + 2 * 2000 * 44 + OTHER_FILES_BYTES


def test_with_one_checkpoint_the_buffer_is_calculated() -> None:
    """From the sizes of its spaces; one that is too large is not saved."""
    one = replayed(buffer_size=1_000_000, total_timesteps=10_000)
    measured = files_alone(transient_bytes=4000 * TRANSITION)
    assert bytes_after(one, measured, 1.0) == LASTING + 10_000 * TRANSITION + OTHER_FILES_BYTES
    large = replayed(buffer_size=10**9, total_timesteps=10**9)
    assert bytes_after(large, measured, 1.0) == LASTING + OTHER_FILES_BYTES


@pytest.mark.parametrize(
    "told",
    [
        {"num_episodes": 10**12, "episode_length": 1e-6},
        {"num_episodes": 1, "episode_length": 1e15},
        {"episode_row_bytes": 1e12, "picture_bytes": 10**15},
        {"transient_bytes": 10**18, "transient_bytes_per_timestep": 1e12},
    ],
)
@pytest.mark.parametrize("every_s", [1e-9, 1e12])
@pytest.mark.parametrize("duration_s", [0.0, 1e9])
def test_whatever_a_worker_says_is_a_number(
    told: dict[str, float], every_s: float, duration_s: float
) -> None:
    """Environments of strangers are measured too; the answer may be absurd and comes at once."""
    one = replayed(buffer_size=10**6, total_timesteps=10**9)
    spec = one.spec.model_copy(update={"checkpoint_every_s": every_s})
    found = bytes_after(replace(one, spec=spec), cost(files=written(**told)), duration_s)
    assert math.isfinite(found)
    assert found > 0


def replayed(**values: int) -> Workload:
    """Return a workload with a replay buffer."""
    return workload(memory=OFF_POLICY, **values)
