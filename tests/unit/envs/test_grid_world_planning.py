"""Value iteration gives what can be worked out by hand."""

import numpy as np
import pytest

from gymlab.envs.grid_world_layout import make_layout
from gymlab.envs.grid_world_planning import GridWorldProblem, GridWorldRewards, solve


def corridor(**kwargs: float) -> GridWorldProblem:
    """Return two by two cells whose lower left is a wall: start, right, then down to the goal."""
    return GridWorldProblem(
        layout=make_layout(2, walls=[[1, 0]]),
        rewards=GridWorldRewards(goal=1.0, trap=-1.0, step=kwargs.get("step", 0.0)),
        slipperiness=kwargs.get("slipperiness", 0.0),
        discount=kwargs.get("discount", 0.9),
    )


def test_two_steps_to_the_goal_by_hand() -> None:
    """One step away is worth 1, two steps away 0.9."""
    solution = solve(corridor())
    np.testing.assert_allclose(solution.values, [[0.9, 1.0], [np.nan, 0.0]])
    assert solution.policy.tolist() == [[1, 2], [-1, -1]]


def test_step_costs_by_hand() -> None:
    """-0.1 + 0.9 * (-0.1 + 1) = 0.71."""
    solution = solve(corridor(step=-0.1))
    np.testing.assert_allclose(solution.values, [[0.71, 0.9], [np.nan, 0.0]])


def test_a_slippery_floor_by_hand() -> None:
    """With a slip of one half and discount 0.9.

    In the corner above the goal "down" goes down with 1/2 and slides left or right with 1/4
    each; right is the edge. In the start "right" arrives with 1/2 and stays otherwise.
        v1 = 1/2 + 0.9 * (v0 + v1) / 4    v0 = 0.9 * (v1 + v0) / 2
        => v0 = 9/11 v1, v1 = 1/2 + 0.225 * 20/11 v1 = 110/130
    """
    solution = solve(corridor(slipperiness=0.5))
    v1 = 0.5 / (1 - 0.225 * 20 / 11)
    np.testing.assert_allclose(solution.values[0], [9 / 11 * v1, v1], rtol=1e-8)


def test_the_action_values_agree_with_the_values() -> None:
    """The best action is worth the value; staying costs one discount."""
    solution = solve(corridor())
    np.testing.assert_allclose(solution.action_values[0, 0], [0.81, 0.9, 0.81, 0.81])
    np.testing.assert_allclose(np.nanmax(solution.action_values[0], axis=-1), solution.values[0])


def test_without_discount_the_values_are_the_returns() -> None:
    """From the far corner of the default board: ten steps at -0.01 and one reward."""
    layout = make_layout(6)
    solution = solve(GridWorldProblem(layout, GridWorldRewards(), 0.0, 1.0))
    assert solution.values[0, 0] == pytest.approx(1 - 0.01 * 10)


def test_discount_zero_sees_one_step() -> None:
    """Only the cell beside the goal is worth anything."""
    solution = solve(corridor(discount=0.0))
    np.testing.assert_allclose(solution.values[0], [0.0, 1.0])


def test_a_trap_beside_the_way_is_avoided_when_it_is_slippery() -> None:
    """On ice the detour is taken, on dry floor the short way along the trap."""

    def first_action(slipperiness: float) -> int:
        layout = make_layout(
            5, walls=[], traps=[[1, 1], [1, 2], [1, 3]], start=[0, 0], goals=[[0, 4]]
        )
        problem = GridWorldProblem(layout, GridWorldRewards(trap=-10.0), slipperiness, 0.99)
        return int(solve(problem).policy[0, 1])

    assert first_action(0.0) == 1
    assert first_action(0.4) != 1


def test_probabilities_of_every_action_add_up_to_one() -> None:
    """The matrices are a Markov decision process."""
    problem = GridWorldProblem(make_layout(5), GridWorldRewards(), 0.3, 0.9)
    matrices, rewards = problem.transition_matrices()
    assert matrices.shape == (4, 25, 25)
    assert rewards.shape == (25, 4)
    np.testing.assert_allclose(matrices.sum(axis=2), 1.0)
