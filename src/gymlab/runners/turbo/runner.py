"""The entry point: what the worker calls.

JAX, EnvPool and torch are imported when they are first needed, so that describing the algorithms
works without them.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal

import gymnasium

from gymlab.agents.fields import without_layers
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.runner_api.runner import Actor, Members, RunContext
from gymlab.runners.turbo.algorithms import CONFIGS, MISSING_LAYERS, config_of

if TYPE_CHECKING:
    from gymlab.runner_api.runner import Runner

_LIBRARIES = ("jax", "jaxlib", "envpool", "torch", "gymnasium", "numpy")


class TurboRunner:
    """Trains our own algorithms in compiled code; what they learn plays in PyTorch."""

    def describe(self) -> Mapping[str, dict[str, Any]]:
        """Return the JSON Schema of every algorithm's hyperparameters, by algorithm id."""
        return {
            algorithm: without_layers(config.model_json_schema(), MISSING_LAYERS)
            for algorithm, config in CONFIGS.items()
        }

    def versions(self) -> Mapping[str, str]:
        """Return the versions of the libraries that decide what is computed."""
        found: dict[str, str] = {}
        for name in _LIBRARIES:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
        return found

    def problems(self, spec: RunSpec) -> Sequence[str]:
        """Say, before anything starts, why this specification cannot be trained; else empty."""
        from gymlab.runners.turbo.problems import find_problems

        return find_problems(spec)

    def warm_up(self) -> None:
        """Import everything and train for a moment, so that the first run starts at once."""
        from gymlab.runners.turbo.warm_up import rehearse

        rehearse()

    def prepare(self) -> None:
        """Compile the programs of the presets into the cache that workers read."""
        from gymlab.runners.turbo.preparing import fill_cache

        fill_cache()

    def train(self, context: RunContext) -> None:
        """Train until the budget is spent; a stop arrives as `TrainingStopped`."""
        from gymlab.runners.turbo.training import train

        train(context)

    def make_env(
        self, spec: RunSpec, *, render_mode: Literal["rgb_array"] | None
    ) -> gymnasium.Env[Any, Any]:
        """Make one environment as the policy sees it, for showcase and evaluation."""
        return compose_env(spec, render_mode=render_mode)

    def load_actor(self, spec: RunSpec, members: Members) -> Actor:
        """Rebuild the policy from a checkpoint's or policy's files, normalisation included."""
        from gymlab.agents.acting import load_actor

        return load_actor(spec, config_of(spec), members)


RUNNER: "Runner" = TurboRunner()
