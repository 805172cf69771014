"""Compiles the programs that presets need, so that no run waits for its own.

Runs as part of the set-up, where no code of users is: what is written here is executed by
everybody's workers.
"""

import logging
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from gymlab.domain.runners import Preset
from gymlab.domain.runs import RunSpec
from gymlab.errors import DependencyMissingError
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runners.turbo.kernels.compiling import keep_kernels
from gymlab.runners.turbo.training import train
from gymlab.runners.turbo.warm_up import REHEARSAL
from gymlab.runners.turbo.xla import keep_what_is_compiled

_LOG = logging.getLogger(__name__)
_ANYWHERE = {
    "ppo": ("CartPole-v1", "LunarLander-v3"),
    "dqn": ("CartPole-v1",),
    "sac": ("Pendulum-v1",),
}
"""Environments for presets that fit any, and for the defaults."""
_PREPARED = ("fast", "tuned")
"""Presets that beginners press; each program takes seconds of the set-up."""
_MOST_BUFFERED = 20_000


def fill_cache() -> None:
    """Train each preset for one update."""
    keep_what_is_compiled()
    keep_kernels()
    for spec in (REHEARSAL, *specifications()):
        try:
            train(RehearsalContext(spec))
        except DependencyMissingError as error:
            # A preset of an environment that is not installed; the others follow.
            _LOG.info("%s %s is not prepared: %s", spec.algorithm, spec.env_id, error.detail)


def specifications() -> Iterator[RunSpec]:
    """Yield short runs whose programs are those of the presets and of the defaults."""
    text = files(__package__ or "").joinpath("presets.toml").read_text(encoding="utf-8")
    for algorithm, presets in tomllib.loads(text).items():
        found = [Preset.model_validate(preset) for preset in presets]
        for env_id in _ANYWHERE[algorithm]:
            yield _short(algorithm, env_id, {})
        for preset in found:
            for env_id in (preset.env_id,) if preset.env_id else _ANYWHERE[algorithm]:
                if preset.id in _PREPARED:
                    yield _short(algorithm, env_id, preset.hyperparameters)


def _short(algorithm: str, env_id: str, hyperparameters: dict[str, Any]) -> RunSpec:
    """Return a run that ends with its first update; nothing that decides a program is changed."""
    values = dict(hyperparameters)
    if algorithm == "ppo":
        values["n_epochs"] = 1
        total = 1
    else:
        values |= {"learning_starts": 0, "buffer_size": _MOST_BUFFERED}
        total = 2 * values.get("train_freq", 4) * values.get("num_envs", 1)
    return REHEARSAL.model_copy(
        update={
            "algorithm": algorithm,
            "env_id": env_id,
            "hyperparameters": values,
            "total_timesteps": total,
        }
    )
