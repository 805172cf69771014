"""What is to be trained as far as its cost goes, and the small version that is measured."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gymlab.domain.environments import SpaceInfo
from gymlab.domain.runners import AlgorithmDescription, CostModel, RunnerDescription
from gymlab.domain.runs import Device, RunSpec
from gymlab.server.estimating.buffers import buffer_bytes, number
from gymlab.supervisor.calibration import CalibrationPlan

MIN_BUDGET = 200_000
"""Budget that the measured training is told; it is ended long before."""
CYCLE_S = 0.8
"""About the longest rollout that is measured, by the backend's rough speed."""
CHECKPOINT_EVERY_S = 1.0
_MINIBATCH = "minibatch_size"
_SPEC_PARTS = ("env_id", "env_kwargs", "wrappers", "reward_formula", "runner", "algorithm")
_CODE_PARTS = ("environment_code", "reward_code")


@dataclass(frozen=True, slots=True)
class Workload:
    """A training that is to be estimated."""

    spec: RunSpec
    runner: RunnerDescription
    algorithm: AlgorithmDescription
    observed: SpaceInfo | None
    """What the agent is given."""
    acted: SpaceInfo | None
    """What it answers."""
    has_accelerator: bool
    """Whether it may compute on a GPU of this machine."""
    max_episode_steps: int | None
    """Longest episode, where the environment has a time limit."""
    first_timestep: int = 0
    """Timesteps of the budget that a fork finds done."""

    @property
    def key(self) -> str:
        """Hash of everything that decides the cost of a timestep."""
        spec = self.spec.model_dump(mode="json")
        return self.key_of(spec)

    def key_of(self, spec: Mapping[str, Any]) -> str:
        """Return the same hash of another specification with the same algorithm."""
        device = str(spec.get("device") or Device.AUTO.value)
        if device == Device.AUTO.value and spec.get("may_use_card"):
            device = Device.CUDA.value
        elif device == Device.AUTO.value and not self.has_accelerator:
            device = Device.CPU.value
        return workload_key(spec, self.runner.manifest.cost, self.algorithm, device=device)

    @property
    def timesteps(self) -> int:
        """Timesteps that are still to be done."""
        return max(0, self.spec.total_timesteps - self.first_timestep)

    @property
    def learning_starts(self) -> int:
        """Timesteps before the first update."""
        return _learning_starts(self.runner.manifest.cost, self.spec.hyperparameters)

    def buffers(self, *, timesteps: float | None = None) -> int:
        """Return the bytes of its buffers once so many timesteps fill them; None: whole."""
        return buffer_bytes(
            self.algorithm,
            self.spec.hyperparameters,
            observed=self.observed,
            acted=self.acted,
            timesteps=timesteps,
        )

    def small(self) -> RunSpec:
        """Return the specification that is measured: the same, but soon at its usual pace."""
        values = {**self.spec.hyperparameters}
        for name, most in self.runner.manifest.cost.at_most.items():
            if name in values and number(values, name) > most:
                values[name] = type(values[name])(most)
        return self.spec.model_copy(
            update={
                "hyperparameters": {**values, **_short_rollout(self.algorithm, values)},
                "total_timesteps": max(MIN_BUDGET, self.spec.total_timesteps),
                "checkpoint_every_s": CHECKPOINT_EVERY_S,
                "checkpoint_every_timesteps": None,
                "max_episodes": None,
                "evaluation": None,
                "start_from": None,
            }
        )

    @property
    def shortened(self) -> float:
        """Rollout of the small version over that of the plan."""
        name = self.algorithm.memory.rollout_length_field
        planned = number(self.spec.hyperparameters, name)
        return number(self.small().hyperparameters, name) / planned if planned else 1.0

    def plan(self, *, with_every_runner: bool) -> CalibrationPlan:
        """Return what a worker is to do.

        Args:
            with_every_runner: Whether it imports all backends, as the idle workers of runs do.
        """
        spec = self.small()
        cost = self.runner.manifest.cost
        return CalibrationPlan(
            spec=spec.model_dump(mode="json"),
            learns_from_rollouts=self.algorithm.memory.rollout_length_field is not None,
            learning_starts=_learning_starts(cost, spec.hyperparameters),
            runner=None if with_every_runner else self.runner.manifest.id,
            main_loss=self.algorithm.main_loss,
        )

    def measured_buffers(self, timesteps: int) -> int:
        """Return what the buffers of the small version held after so many timesteps."""
        return buffer_bytes(
            self.algorithm,
            self.small().hyperparameters,
            observed=self.observed,
            acted=self.acted,
            timesteps=timesteps,
        )


def workload_key(
    spec: Mapping[str, Any], cost: CostModel, algorithm: AlgorithmDescription, *, device: str
) -> str:
    """Return the hash of everything in a specification that decides the cost of a timestep."""
    left_out = {*cost.free, *cost.at_most, algorithm.memory.buffer_size_field}
    values: dict[str, Any] = spec.get("hyperparameters") or {}
    code: dict[str, Any] = {name: spec.get(name) or {} for name in _CODE_PARTS}
    parts: dict[str, Any] = {
        **{name: spec.get(name) for name in _SPEC_PARTS},
        **{name: source.get("sha256") for name, source in code.items()},
        "hyperparameters": {k: v for k, v in values.items() if k not in left_out},
        "device": device,
    }
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _learning_starts(cost: CostModel, values: Mapping[str, Any]) -> int:
    return int(number(values, cost.learning_starts_field))


def _short_rollout(algorithm: AlgorithmDescription, values: Mapping[str, Any]) -> dict[str, Any]:
    """Halve the rollout until several fit into a measurement; whole minibatches stay whole."""
    name = algorithm.memory.rollout_length_field
    if name is None or name not in values:
        return {}
    length, num_envs = int(number(values, name)), number(values, algorithm.memory.num_envs_field, 1)
    longest = (algorithm.timesteps_per_second or 1000.0) * CYCLE_S
    smallest = max(1.0, number(values, _field_called(algorithm, _MINIBATCH), 1))
    while length % 2 == 0 and length * num_envs > longest and length // 2 * num_envs >= smallest:
        length //= 2
    return {name: length}


def _field_called(algorithm: AlgorithmDescription, canonical: str) -> str | None:
    properties: dict[str, Any] = algorithm.schema_.get("properties", {})
    for name, declared in properties.items():
        if declared.get("canonical") == canonical:
            return name
    return None
