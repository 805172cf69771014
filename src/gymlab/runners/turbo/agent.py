"""What the algorithms of this runner share: the run's parts and what is saved of them.

An iteration collects timesteps and then learns; between two iterations is the safe point at which
everything can be saved.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save
from torch import nn

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.fields import scheduled_value
from gymlab.agents.normalising import Normaliser
from gymlab.domain.runs import Phase
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import CheckpointMembers, Members, RunContext
from gymlab.runners.turbo.adam import AdamState, begin
from gymlab.runners.turbo.parameters import Layout, layout_of, read_vector, vector_of
from gymlab.runners.turbo.stepping import Stepper
from gymlab.runners.turbo.xla import jax

STATE_FILE = "state.json"
TENSORS_FILE = "state.safetensors"
_FORMAT = 1

Array = NDArray[Any]
Tensors = dict[str, Array]
Metrics = dict[str, float]


class Agent(ABC):
    """Policy, learning rule and everything in between, in the middle of a run."""

    iteration_timesteps: int
    """Timesteps of one iteration, all environments together."""

    def __init__(
        self, config: AgentConfig, stepper: Stepper, module: nn.Module, context: RunContext
    ) -> None:
        """Take environments that have not begun, and a torch module with the first weights."""
        self.stepper, self.context = stepper, context
        self.num_envs = stepper.num_envs
        self.normaliser = Normaliser(config, stepper.encoder, self.num_envs)
        self.total_timesteps = context.spec.total_timesteps
        self.learning_rate: float | str = config.learning_rate
        """Constant or schedule; may change while the run trains."""
        self.timestep = 0
        self.gradient_steps = 0
        self.metrics: Metrics = {}
        """What the last update measured, under house names."""
        self.generator = np.random.default_rng(context.spec.seed)
        self.module = module
        self.layout: Layout = layout_of(module)
        self.adam: AdamState = begin(vector_of(module))

    @property
    def progress(self) -> float:
        """Share of the budget that is used, 0 to 1."""
        return min(1.0, self.timestep / self.total_timesteps)

    @property
    def current_learning_rate(self) -> float:
        """Step size of the optimizer at this moment."""
        return scheduled_value(self.learning_rate, self.progress)

    @property
    def weights(self) -> Array:
        """(P,) a copy of the weights as they are."""
        return np.array(self.adam.weights)

    def begin_episodes(self) -> None:
        """Begin new episodes, which depend on the run's seed and timestep alone."""
        source = np.random.SeedSequence([self.context.spec.seed, self.timestep])
        self.stepper.begin(int(source.generate_state(1)[0] >> 1))
        self.normaliser.discounted_returns[:] = 0.0
        self.normaliser.see(self.stepper.observations)

    def iterate(self) -> None:
        """Collect timesteps, then learn from them."""
        self.context.phase(Phase.ROLLOUT)
        self.collect()
        self.context.phase(Phase.UPDATE)
        self.learn()

    @abstractmethod
    def collect(self) -> None:
        """Take the timesteps up to the next update."""

    @abstractmethod
    def learn(self) -> None:
        """Update the network."""

    @abstractmethod
    def weights_changed(self) -> None:
        """Act with the weights as they are now."""

    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return what else the algorithm needs to continue: plain data, and arrays."""
        return {}, {}

    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:  # noqa: B027 - there may be nothing
        """Continue from `own_state`."""

    def transient_members(self) -> dict[str, bytes]:
        """Return files that only the latest checkpoint keeps."""
        return {}

    def load_transient(self, members: Members) -> None:  # noqa: B027 - there may be nothing
        """Continue with those files, or without where they were not kept."""

    def begin_with(self, members: Members) -> None:
        """Begin with another run's policy; optimizer, counters and exploration stay as they are."""
        self.adam = begin(read_vector(self.module, members))
        self.normaliser.load(members)
        self.weights_changed()

    def policy_members(self) -> dict[str, bytes]:
        """Return the files that acting needs."""
        return {**self.layout.members(self.weights), **self.normaliser.members()}

    def checkpoint_members(self, extra: Mapping[str, Any]) -> CheckpointMembers:
        """Return the complete state.

        Args:
            extra: Plain data of the caller.
        """
        data, tensors = self.own_state()
        tensors |= {
            "adam.exp_avg": np.array(self.adam.first),
            "adam.exp_avg_sq": np.array(self.adam.second),
            "adam.step": np.array(self.adam.steps),
            "observations": self.stepper.observations.copy(),
            "discounted_returns": self.normaliser.discounted_returns.copy(),
        }
        state = {
            "format": _FORMAT,
            "timestep": self.timestep,
            "gradient_steps": self.gradient_steps,
            "learning_rate": self.learning_rate,
            "metrics": self.metrics,
            "generator": self.generator.bit_generator.state,
            "own": data,
            "extra": dict(extra),
        }
        durable = {
            **self.policy_members(),
            STATE_FILE: json.dumps(state).encode(),
            TENSORS_FILE: save(tensors),
        }
        return CheckpointMembers(durable, self.transient_members())

    def restore(self, members: Members) -> dict[str, Any]:
        """Continue from a checkpoint.

        Returns:
            What the caller saved.

        Raises:
            TrainingFailedError: The files are damaged or of another network.
        """
        state, tensors = _read(members)
        weights = read_vector(self.module, members)
        self.normaliser.load(members)
        try:
            self.timestep = int(state["timestep"])
            self.gradient_steps = int(state["gradient_steps"])
            self.learning_rate = state["learning_rate"]
            self.metrics = dict(state["metrics"])
            self.generator.bit_generator.state = state["generator"]
            self.adam = self._adam(weights, tensors)
            self.load_own_state(state["own"], tensors)
            self._go_on(tensors)
            self.load_transient(members)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise TrainingFailedError(f"The checkpoint's state cannot be used: {error}") from error
        self.weights_changed()
        return dict(state["extra"])

    def _adam(self, weights: Array, tensors: Tensors) -> AdamState:
        moments = tensors["adam.exp_avg"], tensors["adam.exp_avg_sq"]
        if any(part.shape != weights.shape for part in moments):
            raise ValueError("the optimizer's memory is of another network")
        first, second = (jax.numpy.array(part) for part in moments)
        steps = jax.numpy.array(tensors["adam.step"])
        return AdamState(jax.numpy.array(weights), first, second, steps)

    def _go_on(self, tensors: Tensors) -> None:
        """Continue the episodes where their state was saved, else begin new ones."""
        if self.stepper.keeps_state and self.context.restore_environments():
            self.stepper.observations[:] = tensors["observations"]
            self.normaliser.discounted_returns[:] = tensors["discounted_returns"]
            return
        if self.stepper.keeps_state:
            self.begin_new_episodes()

    def begin_new_episodes(self) -> None:
        """Begin episodes that were not begun before, and forget those that were under way."""
        self.begin_episodes()


def _read(members: Members) -> tuple[dict[str, Any], Tensors]:
    for name in (STATE_FILE, TENSORS_FILE):
        if name not in members:
            raise TrainingFailedError(f"The checkpoint has no {name}.")
    try:
        state = json.loads(bytes(members[STATE_FILE]))
        tensors = load(bytes(members[TENSORS_FILE]))
    except (ValueError, KeyError, SafetensorError) as error:
        raise TrainingFailedError(f"The checkpoint's state cannot be read: {error}") from error
    if not isinstance(state, dict) or cast("dict[str, Any]", state).get("format") != _FORMAT:
        raise TrainingFailedError("The checkpoint's state has another format.")
    return cast("dict[str, Any]", state), tensors
