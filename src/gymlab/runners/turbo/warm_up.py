"""What makes the first run slow, done before it: imports, and programs read from the cache."""

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runners.turbo.training import train

REHEARSAL = RunSpec(
    run_id="0" * 12,
    env_id="CartPole-v1",
    runner=(__package__ or "").rpartition(".")[2],
    algorithm="ppo",
    hyperparameters={"num_envs": 8, "n_steps": 32, "batch_size": 256, "n_epochs": 1},
    total_timesteps=1,
    seed=0,
)
"""One rollout in the form of the tuned preset of CartPole, which most people train first: its
programs are then ready, traced and loaded. How many epochs there are decides none of them."""


def rehearse() -> None:
    """Train for one small rollout."""
    train(RehearsalContext(REHEARSAL))
