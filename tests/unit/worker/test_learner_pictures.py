"""Pictures of a learner: when they are taken and what is on them."""

import math
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from gymlab.domain.runs import RunSpec
from gymlab.envs.making import make_env
from gymlab.envs.tabular import solve, table_of
from gymlab.runner_api.learner_view import LayerView, LearnerView
from gymlab.worker.learner_pictures import NUM_BINS, LearnerPictures, histogram

Array = NDArray[Any]
GRID = "gymlab/GridWorld-v0"


def spec(env_id: str = GRID, **changes: Any) -> RunSpec:
    """Return a specification."""
    fields = {"run_id": "r", "env_id": env_id, "runner": "x", "algorithm": "x", "seed": 0}
    fields |= {"hyperparameters": {}, "total_timesteps": 1000}
    return RunSpec.model_validate({**fields, **changes})


def environment(env_id: str = GRID) -> gymnasium.Env[Any, Any]:
    """Make the environment that is learnt."""
    return make_env(env_id)


def view(judge: Any = None, layers: Sequence[LayerView] = ()) -> LearnerView:
    """Return a learner."""
    return LearnerView(layers, 0.9, 3, judge)


def pictured(pictures: LearnerPictures, timestep: int) -> int:
    """Take a picture and return its timestep."""
    network = pictures.take(view(), timestep, environment).network
    assert network is not None
    return network.timestep


def test_a_hundred_pictures_at_even_distances_whatever_the_rhythm() -> None:
    """And none is taken twice; a resumed run goes on where the checkpoint was taken."""
    pictures = LearnerPictures(spec(), 0)
    taken = [
        pictured(pictures, timestep) for timestep in range(0, 1001, 4) if pictures.is_due(timestep)
    ]
    assert len(taken) == 101
    assert (taken[0], taken[-1]) == (0, 1000)
    again = LearnerPictures(spec(), 500)
    assert not again.is_due(500)
    assert not again.is_due(508)
    assert again.is_due(512)


def test_histograms_are_those_of_numpy() -> None:
    """Within a bin's edge, for numbers of all sizes."""
    generator = np.random.default_rng(0)
    for scale in (1e-12, 1.0, 1e12):
        numbers = generator.normal(0.3, 1.0, (40, 50)).astype(np.float32) * np.float32(scale)
        found = histogram(numbers)
        assert found is not None
        expected, edges = np.histogram(numbers, NUM_BINS)
        assert sum(found.counts) == numbers.size
        assert np.abs(np.array(found.counts) - expected).max() <= 2
        assert (found.low, found.high) == pytest.approx((edges[0], edges[-1]), rel=1e-5)
        assert found.mean == pytest.approx(float(numbers.mean()), rel=1e-3)


@pytest.mark.parametrize("numbers", [[0.0, 0.0, 0.0], [5.0]])
def test_equal_numbers_fall_into_one_bin(numbers: list[float]) -> None:
    """As weights do that begin at 0."""
    found = histogram(np.array(numbers))
    assert found is not None
    assert max(found.counts) == len(numbers)


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_have_no_histogram(odd: float) -> None:
    """A run that diverges is pictured to its end."""
    assert histogram(np.array([0.0, odd])) is None
    assert histogram(np.zeros(0)) is None


def test_layers_are_pictured_with_and_without_gradients() -> None:
    """Before the first update there are none."""
    layers = [
        LayerView("first", np.ones((2, 3)), None),
        LayerView("x" * 100, np.zeros(4), np.array([1.0, math.nan])),
    ]
    network = LearnerPictures(spec(), 0).take(view(layers=layers), 0, environment).network
    assert network is not None
    first, second = network.layers
    assert (first.name, first.num_weights, first.gradient) == ("first", 6, None)
    assert (len(second.name), second.gradient) == (64, None)


def test_exact_values_have_no_error_and_others_have_theirs() -> None:
    """The board comes once; the share of good decisions is counted over states that are judged."""
    env = environment()
    table = table_of(env)
    assert table is not None
    solution = solve(table, 0.9)
    shift = 0.0

    def judge(states: Sequence[Any]) -> tuple[Array, Array]:
        assert list(states) == list(range(36))
        worth = solution.action_values
        return solution.values + shift, (worth.argmin if shift else worth.argmax)(axis=1)

    pictures = LearnerPictures(spec(), 0)
    first = pictures.take(view(judge), 0, lambda: env)
    assert first.board is not None
    assert first.values is not None
    assert (first.values.error_rms, first.values.optimal_share) == (pytest.approx(0, abs=1e-4), 1.0)
    assert first.board.discount == 0.9
    assert [value is None for value in first.board.values] == (~table.is_judged).tolist()
    for state, action in enumerate(first.board.policy):
        assert (action == -1) or first.board.optimal[state] >> action & 1
    shift = 0.5
    second = pictures.take(view(judge), 10, lambda: env)
    assert second.board is None
    assert second.values is not None
    assert second.values.error_rms == pytest.approx(0.5, rel=1e-4)
    assert second.values.error_max == pytest.approx(0.5, rel=1e-4)
    assert second.values.optimal_share < 0.5


def test_values_that_are_not_finite_have_no_error() -> None:
    """The picture is taken all the same."""

    def judge(states: Sequence[Any]) -> tuple[Array, Array]:
        return np.full(len(states), math.nan), np.zeros(len(states), np.int64)

    values = LearnerPictures(spec(), 0).take(view(judge), 0, environment).values
    assert values is not None
    assert (values.error_rms, values.error_max) == (None, None)
    assert set(values.values) == {None}


@pytest.mark.parametrize(
    ("env_id", "changes"),
    [
        ("CartPole-v1", {}),
        (GRID, {"reward_formula": {"goal": "1"}}),
        (GRID, {"wrappers": [{"id": "x"}]}),
    ],
)
def test_what_is_learnt_must_be_what_is_solved(env_id: str, changes: dict[str, Any]) -> None:
    """With a reward or wrappers of one's own, or without a table, nothing is compared."""

    def judge(states: Sequence[Any]) -> tuple[Array, Array]:
        raise AssertionError(states)

    taken = LearnerPictures(spec(env_id, **changes), 0).take(
        view(judge), 0, lambda: environment(env_id)
    )
    assert (taken.board, taken.values) == (None, None)
