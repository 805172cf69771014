"""What our algorithms in PyTorch share: the run's parts, and what is saved of them."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.flat_optimizer import FlatAdam
from gymlab.agents.learner import STATE_FILE, TENSORS_FILE, Learner, read_state
from gymlab.agents.looking import judge_of
from gymlab.agents.observing import Array, ObservationEncoder
from gymlab.agents.stepping import EnvironmentRow
from gymlab.agents.weights import load_network, network_members
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.learner_view import LayerView, LearnerView
from gymlab.runner_api.runner import CheckpointMembers, Members, RunContext

Network = TypeVar("Network", bound=nn.Module)
Tensors = dict[str, Tensor]


class Agent(Learner, Generic[Network]):
    """Policy, learning rule and everything in between, in the middle of a run."""

    network: Network
    optimizer: FlatAdam

    def __init__(
        self, config: AgentConfig, environments: EnvironmentRow, encoder: ObservationEncoder,
        context: RunContext,
    ) -> None:  # fmt: skip
        """Take the environments, which are not reset yet."""
        super().__init__(config, encoder, len(environments.envs), context)
        self.environments = environments
        self.encoder = encoder
        self.device = torch.device(context.device)
        self.discount = config.gamma

    @property
    def has_diverged(self) -> bool:
        """Whether a weight became infinite or NaN."""
        return not bool(torch.isfinite(self.optimizer.values.detach().sum()))

    def on_device(self, array: Array) -> Tensor:
        """Return an array as a tensor where the network is; on the CPU without a copy."""
        tensor = torch.from_numpy(array)
        return tensor if self.device.type == "cpu" else tensor.to(self.device)

    def begin_episodes(self) -> None:
        """Begin the first episodes; environment i is seeded with the run's seed + i."""
        self._reset(self.context.spec.seed)

    def _reset(self, seed: int) -> None:
        self.environments.reset(seed)
        self.normaliser.see(self.environments.observations)

    @abstractmethod
    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return what else the algorithm needs to continue: plain data, and tensors."""

    @abstractmethod
    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Continue from `own_state`."""

    def begin_with(self, members: Members) -> None:
        """Begin with another run's policy; optimizer, counters and exploration stay as they are."""
        load_network(self.network, members)
        self.normaliser.load(members)

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
        env = self.environments.envs[0]
        judge = judge_of(self.network, env.observation_space, env.action_space, self.normaliser)
        return LearnerView(layers, self.discount, self.gradient_steps, judge)

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
        durable = {
            **self.policy_members(),
            STATE_FILE: self.counters(extra, own=data),
            TENSORS_FILE: save_tensors(tensors),
        }
        return CheckpointMembers(durable, self.transient_members())

    def restore(self, members: Members) -> dict[str, Any]:
        """Continue from a checkpoint, in the middle of its episodes where that can be.

        Returns:
            What the caller saved.

        Raises:
            TrainingFailedError: The files are damaged or of another network.
        """
        state, tensors = read_state(members, load_tensors)
        load_network(self.network, members)
        self.normaliser.load(members)
        try:
            self.load_counters(state)
            adam = {name[5:]: value for name, value in tensors.items() if name.startswith("adam.")}
            self.optimizer.load(adam)
            if self.context.restore_environments():
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
        self._reset((self.context.spec.seed * 1_000_003 + self.timestep) % 2**31)
