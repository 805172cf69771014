"""Pictures of the learner over training: histograms of its layers, and its values of every state.

S states. A picture is due at the first safe point after every hundredth of the budget, counted in
timesteps, so that the same run twice is pictured at the same moments.
"""

import math
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from gymlab.domain.runs import PICTURES_PER_RUN, RunSpec
from gymlab.envs.tabular import Solution, Table, solve, table_of
from gymlab.protocol.learning import (
    MAX_LAYERS,
    Board,
    Histogram,
    LayerPicture,
    LearnerPicture,
    NetworkPicture,
    ValuePicture,
)
from gymlab.runner_api.learner_view import Judge, LayerView, LearnerView

NUM_BINS = 24
DIGITS = 6
_EQUAL = 1e-6
"""Values of actions that differ by less are equally good."""
FloatArray = NDArray[Any]


class LearnerPictures:
    """Decides when a picture is due, and takes it."""

    def __init__(self, spec: RunSpec, timestep: int) -> None:
        """Begin, or go on where an earlier attempt had got to."""
        self._every = max(1, spec.total_timesteps // PICTURES_PER_RUN)
        # A beginning has its picture; a checkpoint was taken after the one of its moment.
        self._taken = timestep // self._every if timestep else -1
        self._judged = _JudgedBoard(is_possible=_has_own_rewards(spec))

    def is_due(self, timestep: int) -> bool:
        """Tell whether a picture is due at this safe point."""
        return timestep // self._every > self._taken

    def take(
        self, view: LearnerView, timestep: int, env: Callable[[], gymnasium.Env[Any, Any]]
    ) -> LearnerPicture:
        """Return the picture of a learner.

        Args:
            view: The learner.
            timestep: Timesteps done.
            env: Gives one of the environments that it learns in.
        """
        self._taken = timestep // self._every
        network = NetworkPicture(
            timestep=timestep,
            gradient_steps=view.gradient_steps,
            layers=[_layer(each) for each in view.layers[:MAX_LAYERS]],
            averages_gradients=view.averages_gradients,
        )
        if view.judge is None:
            return LearnerPicture(network)
        board, values = self._judged.look(view.judge, view.discount, timestep, env)
        return LearnerPicture(network, board, values)


class _JudgedBoard:
    """The exact solution of the environment, with which the agent's values are compared."""

    def __init__(self, *, is_possible: bool) -> None:
        self._is_possible = is_possible
        self._is_told = False
        self._known: tuple[Table, Solution] | None = None

    def look(
        self,
        judge: Judge,
        discount: float,
        timestep: int,
        env: Callable[[], gymnasium.Env[Any, Any]],
    ) -> tuple[Board | None, ValuePicture | None]:
        """Return the board, the first time, and what the agent thinks of it; None for no board."""
        if self._is_possible and self._known is None:
            table = table_of(env())
            self._is_possible = table is not None
            if table is not None:
                self._known = (table, solve(table, discount))
        if self._known is None:
            return None, None
        table, solution = self._known
        found, actions = judge(range(len(table.nexts)))
        board = None if self._is_told else _board(table, solution, discount)
        self._is_told = True
        return board, _compared(table, solution, (found, actions), timestep)


def _has_own_rewards(spec: RunSpec) -> bool:
    """Tell whether the agent learns from the environment as it is."""
    is_changed = spec.reward_code or spec.reward_formula or spec.wrappers or spec.environment_code
    return not is_changed


def _layer(view: LayerView) -> LayerPicture:
    gradient = None if view.gradient is None else histogram(view.gradient)
    return LayerPicture(view.name[:64], int(view.weights.size), histogram(view.weights), gradient)


def histogram(numbers: FloatArray) -> Histogram | None:
    """Return how numbers are spread in equal bins; None where one is not finite.

    Faster than `numpy.histogram`, which looks every number's edges up again.
    """
    flat = np.asarray(numbers, np.float32).reshape(-1)
    if not len(flat):
        return None
    low, high = float(flat.min()), float(flat.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    width = high - low
    if width <= 0 or not math.isfinite(width):
        counts = [0] * NUM_BINS
        counts[NUM_BINS // 2] = len(flat)
    else:
        places = ((flat - np.float32(low)) * np.float32(NUM_BINS / width)).astype(np.int64)
        np.clip(places, 0, NUM_BINS - 1, out=places)
        counts = np.bincount(places, minlength=NUM_BINS).tolist()
    mean, std = float(flat.mean(dtype=np.float64)), float(flat.std(dtype=np.float64))
    return Histogram(_short(low), _short(high), counts, _short(mean), _short(std))


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _board(table: Table, solution: Solution, discount: float) -> Board:
    best = np.round(solution.action_values, 9).argmax(axis=1)
    bits = 1 << np.arange(len(table.arrows))
    optimal = (_are_best(solution.action_values) * bits).sum(axis=1)
    return Board(
        rows=table.rows,
        columns=table.columns,
        pages=list(table.pages),
        states=[list(page) for page in table.states],
        kinds=list(table.kinds),
        arrows=list(table.arrows),
        discount=discount,
        values=[
            _short(float(value)) if is_judged else None
            for value, is_judged in zip(solution.values, table.is_judged, strict=True)
        ],
        policy=np.where(table.is_judged, best, -1).tolist(),
        optimal=np.where(table.is_judged, optimal, 0).tolist(),
        num_sweeps=solution.num_sweeps,
    )


def _are_best(action_values: FloatArray) -> NDArray[np.bool_]:
    """Return (S, A) whether an action is as good as the best one."""
    best = action_values.max(axis=1, keepdims=True)
    are_best: NDArray[np.bool_] = action_values >= best - _EQUAL * (1 + np.abs(best))
    return are_best


def _compared(
    table: Table, solution: Solution, judged: tuple[FloatArray, FloatArray], timestep: int
) -> ValuePicture:
    values = np.asarray(judged[0], np.float64).reshape(-1)
    actions = np.asarray(judged[1], np.int64).reshape(-1)
    errors = (values - solution.values)[table.is_judged]
    is_best = _are_best(solution.action_values)[np.arange(len(actions)), actions]
    is_finite = bool(np.isfinite(errors).all()) and len(errors) > 0
    return ValuePicture(
        timestep=timestep,
        values=[
            _short(float(value)) if is_judged and math.isfinite(value) else None
            for value, is_judged in zip(values, table.is_judged, strict=True)
        ],
        policy=np.where(table.is_judged, actions, -1).tolist(),
        error_rms=_short(float(np.sqrt(np.square(errors).mean()))) if is_finite else None,
        error_max=_short(float(np.abs(errors).max())) if is_finite else None,
        optimal_share=float(is_best[table.is_judged].mean()) if table.is_judged.any() else 1.0,
    )
