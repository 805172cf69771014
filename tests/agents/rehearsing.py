"""Small trainings in memory of our own agents, whichever engine trains them."""

from typing import Any

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runner_api.runner import Runner

SMALL_NETWORK = {"layers": [{"type": "dense", "units": 16, "activation": "tanh"}]}
PPO: dict[str, Any] = {
    "network": SMALL_NETWORK,
    "n_steps": 16,
    "num_envs": 3,
    "batch_size": 16,
    "n_epochs": 2,
    "learning_rate": "lin_0.001",
}
DQN: dict[str, Any] = {
    "network": SMALL_NETWORK,
    "buffer_size": 400,
    "batch_size": 16,
    "learning_starts": 60,
    "train_freq": 4,
    "target_update_interval": 70,
}
SAC: dict[str, Any] = {
    "network": SMALL_NETWORK,
    "buffer_size": 400,
    "batch_size": 16,
    "learning_starts": 60,
    "train_freq": 2,
    "gradient_steps": 2,
}


def settings(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return hyperparameters with some changed."""
    return {**base, **changes}


class Rehearsing:
    """One engine, named once."""

    def __init__(self, runner_id: str, runner: Runner) -> None:
        """Take the engine."""
        self._runner_id = runner_id
        self._runner = runner

    def make_spec(
        self,
        algorithm: str,
        env_id: str = "CartPole-v1",
        total_timesteps: int = 256,
        **changes: Any,
    ) -> RunSpec:
        """Return a specification; other keyword arguments are hyperparameters or fields of it."""
        fields = {name: changes.pop(name) for name in list(changes) if name in RunSpec.model_fields}
        return RunSpec.model_validate({
            "run_id": "test",
            "env_id": env_id,
            "runner": self._runner_id,
            "algorithm": algorithm,
            "hyperparameters": changes,
            "total_timesteps": total_timesteps,
            "seed": 0,
            "device": "cpu",
            **fields,
        })

    def trained(self, spec: RunSpec, **options: Any) -> RehearsalContext:
        """Train to the end."""
        context = RehearsalContext(spec, **options)
        self._runner.train(context)
        return context
