"""Our own agents solve CartPole within the published budgets: mean of 100 greedy episodes."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext, greedy_return
from gymlab.runner_api.runner import Members
from gymlab.runners.native import runner
from gymlab.runners.native.runner import RUNNER

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

SOLVED = 475.0
NUM_EPISODES = 100
EVALUATION_SEED = 1_000_000
SEEDS = (0, 1, 2)
PRESETS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(runner.__file__).parent / "presets.toml").read_text(encoding="utf-8")
)


def _spec(algorithm: str, seed: int) -> RunSpec:
    tuned = next(item for item in PRESETS[algorithm] if item.get("env_id") == "CartPole-v1")
    return RunSpec(
        run_id="science",
        env_id="CartPole-v1",
        runner="native",
        algorithm=algorithm,
        hyperparameters=tuned["hyperparameters"],
        total_timesteps=tuned["total_timesteps"],
        seed=seed,
    )


def _greedy_return(spec: RunSpec, members: Members, num_episodes: int, first_seed: int) -> float:
    return greedy_return(RUNNER, spec, members, range(first_seed, first_seed + num_episodes))


@pytest.mark.parametrize("seed", SEEDS)
def test_ppo_solves_cartpole(seed: int) -> None:
    """The last policy after 100,000 timesteps reaches the reward threshold, with every seed."""
    spec = _spec("ppo", seed)
    context = RehearsalContext(spec)
    RUNNER.train(context)
    members = context.record.checkpoints[-1].members.durable
    assert _greedy_return(spec, members, NUM_EPISODES, EVALUATION_SEED) >= SOLVED


@cache
def _best_of_dqn(seed: int) -> float:
    """Choose the best of the checkpoints on other episodes than it is judged on."""
    spec = _spec("dqn", seed)
    context = RehearsalContext(spec, checkpoint_every=2500)
    RUNNER.train(context)
    policies = [saved.members.durable for saved in context.record.checkpoints]
    best = max(policies, key=lambda members: _greedy_return(spec, members, 10, 0))
    return _greedy_return(spec, best, NUM_EPISODES, EVALUATION_SEED)


def test_dqn_solves_cartpole() -> None:
    """The best policy within 50,000 timesteps does, with two seeds of three."""
    returns = [_best_of_dqn(seed) for seed in SEEDS]
    assert sum(found >= SOLVED for found in returns) >= 2, returns
