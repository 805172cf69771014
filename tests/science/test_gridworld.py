"""The exact values of the grid world agree with theory, linear algebra and play."""

import numpy as np
import pytest

from gymlab.envs.grid_world import GridWorldEnv
from gymlab.envs.grid_world_layout import make_layout
from gymlab.envs.grid_world_planning import GridWorldProblem, GridWorldRewards, solve


def problem_of(
    *, is_shaped: bool = False, slipperiness: float = 0.3, discount: float = 0.95
) -> GridWorldProblem:
    """Return the default board with a slippery floor."""
    return GridWorldProblem(
        make_layout(6), GridWorldRewards(is_shaped=is_shaped), slipperiness, discount
    )


@pytest.mark.parametrize("slipperiness", [0.0, 0.3, 1.0])
def test_value_iteration_agrees_with_solving_the_linear_equations(slipperiness: float) -> None:
    """For the best policy V = (I - discount P)^-1 R (Sutton and Barto 2018, eq. 4.3)."""
    problem = problem_of(slipperiness=slipperiness)
    solution = solve(problem)
    matrices, rewards = problem.transition_matrices()
    actions = np.maximum(solution.policy.reshape(-1), 0)
    cells = np.arange(len(actions))
    exact = np.linalg.solve(
        np.eye(len(cells)) - problem.discount * matrices[actions, cells], rewards[cells, actions]
    )
    walls = np.isnan(solution.values.reshape(-1))
    np.testing.assert_allclose(solution.values.reshape(-1)[~walls], exact[~walls], atol=1e-8)


def test_no_other_policy_is_better() -> None:
    """The values satisfy the optimality equation (Sutton and Barto 2018, eq. 4.1)."""
    problem = problem_of()
    values = np.nan_to_num(solve(problem).values.reshape(-1))
    matrices, rewards = problem.transition_matrices()
    backup = rewards.T + problem.discount * matrices @ values
    np.testing.assert_allclose(backup.max(axis=0), values, atol=1e-8)


@pytest.mark.parametrize("slipperiness", [0.0, 0.3])
def test_shaping_changes_values_by_the_potential_and_no_policy(slipperiness: float) -> None:
    """V' = V - potential and the same best actions (Ng, Harada and Russell 1999, theorem 1)."""
    plain = solve(problem_of(slipperiness=slipperiness))
    shaped_problem = problem_of(is_shaped=True, slipperiness=slipperiness)
    shaped = solve(shaped_problem)
    for cell in shaped_problem.layout.cells:
        if cell in shaped_problem.layout.walls:
            continue
        expected = plain.values[cell] - shaped_problem.potentials[cell]
        assert shaped.values[cell] == pytest.approx(expected, abs=1e-7)
    np.testing.assert_array_equal(plain.policy, shaped.policy)


def test_playing_the_best_policy_earns_its_value() -> None:
    """The mean discounted return of 2,000 episodes agrees with the exact value of the start."""
    env = GridWorldEnv(slipperiness=0.3, discount=0.95)
    solution = env.optimal_values()
    env.reset(seed=11)
    returns = []
    for _ in range(2000):
        observation, _ = env.reset()
        discounted_return, discount, terminated = 0.0, 1.0, False
        while not terminated:
            cell = divmod(int(observation), env.layout.size)
            observation, reward, terminated, _, _ = env.step(np.int64(solution.policy[cell]))
            discounted_return += discount * reward
            discount *= 0.95
        returns.append(discounted_return)
    standard_error = np.std(returns) / np.sqrt(len(returns))
    assert np.mean(returns) == pytest.approx(solution.values[0, 0], abs=4 * standard_error)


def test_q_learning_finds_the_exact_values() -> None:
    """Tabular Q-learning (Watkins 1989) converges to the planned action values."""
    env = GridWorldEnv(size=4, walls=[[1, 1]], traps=[[3, 2]], discount=0.9, random_start=True)
    rng = np.random.default_rng(0)
    table = np.zeros((16, 4))
    observation, _ = env.reset(seed=0)
    for _ in range(20_000):
        action = np.int64(rng.integers(4))
        after, reward, terminated, _, _ = env.step(action)
        target = reward + (0.0 if terminated else 0.9 * table[after].max())
        table[observation, action] += 0.5 * (target - table[observation, action])
        observation = env.reset()[0] if terminated else after
    exact = env.optimal_values().action_values.reshape(16, 4)
    visited = [env.layout.index_of(cell) for cell in env.layout.possible_starts]
    np.testing.assert_allclose(table[visited], exact[visited], atol=1e-6)
