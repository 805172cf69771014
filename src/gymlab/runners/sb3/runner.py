"""The entry point: what the worker calls.

Everything that imports torch or Stable-Baselines3 is imported when it is first needed, so that
describing the algorithms and checking a specification work without them.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal

import gymnasium

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.model_files import ForeignModel
from gymlab.runner_api.runner import Actor, Members, RunContext
from gymlab.runners.sb3 import model_zip
from gymlab.runners.sb3.config import CONFIGS
from gymlab.runners.sb3.problems import find_problems

if TYPE_CHECKING:
    from gymlab.runner_api.runner import Runner

_LIBRARIES = ("stable-baselines3", "sb3-contrib", "torch", "gymnasium", "numpy")


class Sb3Runner:
    """Trains and plays policies with Stable-Baselines3 and sb3-contrib."""

    def describe(self) -> Mapping[str, dict[str, Any]]:
        """Return the JSON Schema of every algorithm's hyperparameters, by algorithm id."""
        return {algorithm: config.model_json_schema() for algorithm, config in CONFIGS.items()}

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
        return find_problems(spec)

    def warm_up(self) -> None:
        """Import everything and train for a moment, so that the first run starts at once."""
        from gymlab.runners.sb3 import acting
        from gymlab.runners.sb3.training import rehearse

        del acting
        rehearse()

    def train(self, context: RunContext) -> None:
        """Train until the budget is spent; a stop arrives as `TrainingStopped`."""
        from gymlab.runners.sb3.training import train

        train(context)

    def make_env(
        self, spec: RunSpec, *, render_mode: Literal["rgb_array"] | None
    ) -> gymnasium.Env[Any, Any]:
        """Make one environment as the policy sees it, for showcase and evaluation."""
        from gymlab.runners.sb3.acting import make_env

        return make_env(spec, render_mode=render_mode)

    def load_actor(self, spec: RunSpec, members: Members) -> Actor:
        """Rebuild the policy from a checkpoint's or policy's files, normalisation included."""
        from gymlab.runners.sb3.acting import load_actor

        return load_actor(spec, members)

    # ---- files of its own form -------------------------------------------------------------

    def recognises(self, content: bytes | memoryview) -> str | None:
        """Return the format that a file seems to have; None where it is not one of ours."""
        return model_zip.FORMAT if model_zip.looks_like_model(content) else None

    def describe_model(self, content: bytes | memoryview) -> ForeignModel:
        """Read what a file says of its policy, without opening a pickle."""
        return model_zip.describe_model(content)

    def read_model(self, spec: RunSpec, content: bytes | memoryview) -> Members:
        """Build the policy of a specification, put the file's weights in and return its files."""
        from gymlab.runners.sb3.model_weights import read_model

        return read_model(spec, content)

    def write_model(
        self, spec: RunSpec, members: Members, *, model_format: str, timestep: int
    ) -> bytes:
        """Return a policy as a file of this format."""
        from gymlab.runners.sb3.model_weights import write_model

        del model_format  # there is one
        return write_model(spec, members, timestep=timestep)


RUNNER: "Runner" = Sb3Runner()
