"""The tuned presets reach published results: mean return of 100 greedy episodes.

Every policy is trained the way a person would: a server, a shim, a worker, the `tuned`
preset and its budget. It is then read from the checkpoint that the run left on disk.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.lab import Lab, running_lab
from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import greedy_return
from gymlab.runners.sb3.runner import RUNNER

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

NUM_EPISODES = 100
EVALUATION_SEED = 1_000_000
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Trained:
    """A finished run."""

    run_dir: Path
    spec: RunSpec
    best_timestep: int
    last_timestep: int

    def greedy_return(self, timestep: int) -> float:
        """Return the mean over 100 greedy episodes of the policy at a checkpoint."""
        folder = self.run_dir / "checkpoints" / str(timestep)
        members = {file.name: file.read_bytes() for file in folder.iterdir()}
        return greedy_return(
            RUNNER, self.spec, members, range(EVALUATION_SEED, EVALUATION_SEED + NUM_EPISODES)
        )


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """One server for all trainings."""
    with running_lab(max_runs=1) as one:
        yield one


def train(
    lab: Lab, env_id: str, algorithm: str, *, seed: int, checkpoint_every: int | None = None
) -> Trained:
    """Train the tuned preset for its own budget."""
    run_id = lab.create(
        env_id,
        "sb3",
        algorithm,
        preset="tuned",
        seed=seed,
        device="cpu",
        checkpoint_every_timesteps=checkpoint_every,
    )
    run = lab.wait(run_id, "completed", timeout_s=3000)
    assert run["timestep"] >= run["total_timesteps"]
    checkpoints = lab.get(f"/runs/{run_id}/checkpoints")["items"]
    spec = json.loads((lab.run_dir(run_id) / "spec.json").read_bytes())
    return Trained(
        run_dir=lab.run_dir(run_id),
        spec=RunSpec.model_validate(spec),
        best_timestep=next(one["timestep"] for one in checkpoints if one["is_best"]),
        last_timestep=next(one["timestep"] for one in checkpoints if one["is_latest"]),
    )


def report(title: str, results: dict[int, float]) -> None:
    """Print the numbers; `pytest -s`, or a failure, shows them."""
    numbers = ", ".join(f"seed {seed}: {value:.1f}" for seed, value in results.items())
    print(f"\n{title}: {numbers} (mean of {NUM_EPISODES} greedy episodes)")  # noqa: T201 - the numbers are wanted


def test_ppo_solves_cartpole_in_100k_timesteps_on_3_seeds(lab: Lab) -> None:
    """Published: 500 after 100,000 timesteps; at least 475 on each of 3 seeds."""
    results: dict[int, float] = {}
    for seed in SEEDS:
        trained = train(lab, "CartPole-v1", "ppo", seed=seed)
        assert trained.spec.total_timesteps == 100_000
        results[seed] = trained.greedy_return(trained.last_timestep)
    report("PPO CartPole-v1, 100k", results)
    assert min(results.values()) >= 475


def test_the_best_checkpoint_of_dqn_solves_cartpole_in_50k_timesteps_on_2_of_3_seeds(
    lab: Lab,
) -> None:
    """Published: 500 after 50,000 timesteps, unstable: the best checkpoint, on 2 of 3 seeds."""
    best: dict[int, float] = {}
    last: dict[int, float] = {}
    for seed in SEEDS:
        trained = train(lab, "CartPole-v1", "dqn", seed=seed, checkpoint_every=1_000)
        assert trained.spec.total_timesteps == 50_000
        best[seed] = trained.greedy_return(trained.best_timestep)
        last[seed] = trained.greedy_return(trained.last_timestep)
    report("DQN CartPole-v1, 50k, best checkpoint", best)
    report("DQN CartPole-v1, 50k, last checkpoint", last)
    assert sum(value >= 475 for value in best.values()) >= 2


def test_sac_swings_pendulum_up_in_20k_timesteps(lab: Lab) -> None:
    """Published: -157 after 20,000 timesteps; at least -200."""
    trained = train(lab, "Pendulum-v1", "sac", seed=SEEDS[0])
    assert trained.spec.total_timesteps == 20_000
    results = {SEEDS[0]: trained.greedy_return(trained.last_timestep)}
    report("SAC Pendulum-v1, 20k", results)
    assert results[SEEDS[0]] >= -200


def test_ppo_lands_in_1m_timesteps(lab: Lab) -> None:
    """Published: 242 after 1,000,000 timesteps (of LunarLander-v2); at least 200."""
    trained = train(lab, "LunarLander-v3", "ppo", seed=SEEDS[0])
    assert trained.spec.total_timesteps == 1_000_000
    results = {SEEDS[0]: trained.greedy_return(trained.last_timestep)}
    report("PPO LunarLander-v3, 1M", results)
    assert results[SEEDS[0]] >= 200
