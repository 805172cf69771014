"""What our algorithms share: the run's parts, the order of an iteration and what is saved.

An iteration collects timesteps and then learns; between two iterations is the safe point at which
everything can be saved.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.fields import scheduled_value
from gymlab.agents.flat_optimizer import FlatAdam
from gymlab.agents.normalising import Normaliser
from gymlab.agents.observing import Array, ObservationEncoder
from gymlab.agents.stepping import EnvironmentRow
from gymlab.agents.weights import load_network, network_members
from gymlab.domain.runs import Phase
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.learner_view import LayerView, LearnerView
from gymlab.runner_api.runner import CheckpointMembers, Members, RunContext

STATE_FILE = "state.json"
TENSORS_FILE = "state.safetensors"
_FORMAT = 1

Network = TypeVar("Network", bound=nn.Module)
Tensors = dict[str, Tensor]
Metrics = dict[str, float]


class Agent(ABC, Generic[Network]):
    """Policy, learning rule and everything in between, in the middle of a run."""

    network: Network
    optimizer: FlatAdam
    iteration_timesteps: int
    """Timesteps of one iteration, all environments together."""

    def __init__(
        self, config: AgentConfig, environments: EnvironmentRow, encoder: ObservationEncoder,
        context: RunContext,
    ) -> None:  # fmt: skip
        """Take the environments, which are not reset yet."""
        self.environments = environments
        self.encoder = encoder
        self.context = context
        self.device = torch.device(context.device)
        self.num_envs = len(environments.envs)
        self.normaliser = Normaliser(config, encoder, self.num_envs)
        self.total_timesteps = context.spec.total_timesteps
        self.discount = config.gamma
        self.learning_rate: float | str = config.learning_rate
        """Constant or schedule; may change while the run trains."""
        self.timestep = 0
        self.gradient_steps = 0
        self.is_reporting = True
        """Whether the next update is asked to measure itself."""
        self.metrics: Metrics = {}
        """What the last such update measured, under house names."""

    @property
    def progress(self) -> float:
        """Share of the budget that is used, 0 to 1."""
        return min(1.0, self.timestep / self.total_timesteps)

    @property
    def current_learning_rate(self) -> float:
        """Step size of the optimizer at this moment."""
        return scheduled_value(self.learning_rate, self.progress)

    def on_device(self, array: Array) -> Tensor:
        """Return an array as a tensor where the network is; on the CPU without a copy."""
        tensor = torch.from_numpy(array)
        return tensor if self.device.type == "cpu" else tensor.to(self.device)

    def reset(self, seed: int) -> None:
        """Begin episodes in all environments."""
        self.environments.reset(seed)
        self.normaliser.see(self.environments.observations)

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
    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return what else the algorithm needs to continue: plain data, and tensors."""

    @abstractmethod
    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Continue from `own_state`."""

    def transient_members(self) -> dict[str, bytes]:
        """Return files that only the latest checkpoint keeps."""
        return {}

    def load_transient(self, members: Members) -> None:
        """Continue with those files, or without where they were not kept."""

    def begin_with(self, members: Members) -> None:
        """Begin with another run's policy; optimizer, counters and exploration stay as they are."""
        load_network(self.network, members)
        self.normaliser.load(members)

    @property
    @abstractmethod
    def can_judge(self) -> bool:
        """Whether single observations have a value and one best action."""

    @abstractmethod
    def judged(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Return (S,) values and (S,) greedy actions of observations; the network is not learning."""

    def view(self) -> LearnerView:
        """Return what a picture is taken of."""
        gradients = self.gradient_steps > 0
        layers = [
            LayerView(
                name.removesuffix(".weight"),
                parameter.detach().cpu().numpy(),
                parameter.grad.cpu().numpy() if gradients and parameter.grad is not None else None,
            )
            for name, parameter in self.network.named_parameters()
            if parameter.dim() > 1
        ]
        judge = self._judge if self.can_judge else None
        return LearnerView(layers, self.discount, self.gradient_steps, judge)

    @torch.no_grad()
    def _judge(self, states: Sequence[Any]) -> tuple[Array, Array]:
        self.network.eval()
        rows = self.encoder.empty(len(states))
        for row, state in zip(rows, states, strict=True):
            self.encoder.write(state, row)
        values, actions = self.judged(self.on_device(self.normaliser.scaled(rows)))
        scale = self.normaliser.reward_scale
        return values.double().cpu().numpy() * scale, actions.cpu().numpy()

    def policy_members(self) -> dict[str, bytes]:
        """Return the files that acting needs."""
        return {**network_members(self.network), **self.normaliser.members()}

    def checkpoint_members(self, extra: Mapping[str, Any]) -> CheckpointMembers:
        """Return the complete state.

        Args:
            extra: Plain data of the caller.
        """
        data, tensors = self.own_state()
        tensors |= {f"adam.{name}": value for name, value in self.optimizer.state().items()}
        tensors["generator"] = torch.get_rng_state()
        if self.device.type == "cuda":
            tensors["generator.cuda"] = torch.cuda.get_rng_state(self.device)
        tensors["observations"] = torch.from_numpy(self.environments.observations.copy())
        tensors["discounted_returns"] = torch.from_numpy(self.normaliser.discounted_returns.copy())
        state = {
            "format": _FORMAT,
            "timestep": self.timestep,
            "gradient_steps": self.gradient_steps,
            "learning_rate": self.learning_rate,
            "metrics": self.metrics,
            "own": data,
            "extra": dict(extra),
        }
        durable = {
            **self.policy_members(),
            STATE_FILE: json.dumps(state).encode(),
            TENSORS_FILE: save_tensors(tensors),
        }
        return CheckpointMembers(durable, self.transient_members())

    def restore(self, members: Members, restore_environments: Callable[[], bool]) -> dict[str, Any]:
        """Continue from a checkpoint.

        Args:
            members: Its files.
            restore_environments: Puts the environments into the middle of their episodes; False
                where they begin new ones.

        Returns:
            What the caller saved.

        Raises:
            TrainingFailedError: The files are damaged or of another network.
        """
        state, tensors = _read(members)
        load_network(self.network, members)
        self.normaliser.load(members)
        try:
            self.timestep = int(state["timestep"])
            self.gradient_steps = int(state["gradient_steps"])
            self.learning_rate = state["learning_rate"]
            self.metrics = dict(state["metrics"])
            adam = {name[5:]: value for name, value in tensors.items() if name.startswith("adam.")}
            self.optimizer.load(adam)
            if restore_environments():
                self.environments.observations[:] = tensors["observations"].numpy()
                self.normaliser.discounted_returns[:] = tensors["discounted_returns"].numpy()
                self.load_own_state(state["own"], tensors)
            else:
                self.load_own_state(state["own"], tensors)
                self.begin_new_episodes()
            self.load_transient(members)
            torch.set_rng_state(tensors["generator"])
            if "generator.cuda" in tensors and self.device.type == "cuda":
                torch.cuda.set_rng_state(tensors["generator.cuda"], self.device)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise TrainingFailedError(f"The checkpoint's state cannot be used: {error}") from error
        return dict(state["extra"])

    def begin_new_episodes(self) -> None:
        """Reset the environments of a run that continues, with other seeds than at its start."""
        self.reset((self.context.spec.seed * 1_000_003 + self.timestep) % 2**31)


def _read(members: Members) -> tuple[dict[str, Any], Tensors]:
    for name in (STATE_FILE, TENSORS_FILE):
        if name not in members:
            raise TrainingFailedError(f"The checkpoint has no {name}.")
    try:
        state = json.loads(bytes(members[STATE_FILE]))
        tensors = load_tensors(bytes(members[TENSORS_FILE]))
    except (ValueError, KeyError, SafetensorError) as error:
        raise TrainingFailedError(f"The checkpoint's state cannot be read: {error}") from error
    if not isinstance(state, dict) or cast("dict[str, Any]", state).get("format") != _FORMAT:
        raise TrainingFailedError("The checkpoint's state has another format.")
    return cast("dict[str, Any]", state), tensors
