"""What makes the first run slow, done before it: imports, and programs read from the cache."""

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runners.turbo.training import train

REHEARSAL = RunSpec(
    run_id="0" * 12,
    env_id="CartPole-v1",
    runner=(__package__ or "").rpartition(".")[2],
    algorithm="ppo",
    hyperparameters={"n_steps": 8, "batch_size": 8, "n_epochs": 1},
    total_timesteps=8,
    seed=0,
)


def rehearse() -> None:
    """Train for one tiny rollout."""
    train(RehearsalContext(REHEARSAL))
