"""What makes the first run slow, done before it: imports, and what torch prepares on first use."""

from gymlab.agents.acting import load_actor
from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runners.native.algorithms import config_of
from gymlab.runners.native.training import train

_REHEARSAL = RunSpec(
    run_id="0" * 12,
    env_id="CartPole-v1",
    runner=(__package__ or "").rpartition(".")[2],
    algorithm="ppo",
    hyperparameters={"n_steps": 8, "batch_size": 8, "n_epochs": 1},
    total_timesteps=8,
    seed=0,
)


def rehearse() -> None:
    """Train for one tiny rollout and load what comes of it."""
    context = RehearsalContext(_REHEARSAL)
    train(context)
    load_actor(_REHEARSAL, config_of(_REHEARSAL), context.record.checkpoints[-1].members.durable)
