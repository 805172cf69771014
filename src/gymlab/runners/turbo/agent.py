"""What the compiled algorithms share: the run's parts, and what is saved of them."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save
from torch import nn

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.learner import STATE_FILE, TENSORS_FILE, Learner, read_state
from gymlab.agents.looking import judge_of
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.learner_view import LayerView, LearnerView
from gymlab.runner_api.runner import CheckpointMembers, Members, RunContext
from gymlab.runners.turbo.adam import AdamState, begin, mean_gradient
from gymlab.runners.turbo.parameters import Layout, fill_module, layout_of, read_vector, vector_of
from gymlab.runners.turbo.scaling import CompiledMoments
from gymlab.runners.turbo.stepping import Stepper
from gymlab.runners.turbo.xla import jax

Array = NDArray[Any]
Tensors = dict[str, Array]


class Agent(Learner):
    """Policy, learning rule and everything in between, in the middle of a run."""

    moments = CompiledMoments

    def __init__(
        self, config: AgentConfig, stepper: Stepper, module: nn.Module, context: RunContext
    ) -> None:
        """Take environments that have not begun, and a torch module with the first weights."""
        super().__init__(config, stepper.encoder, stepper.num_envs, context)
        self.stepper = stepper
        self.generator = np.random.default_rng(context.spec.seed)
        self.module = module
        self.layout: Layout = layout_of(module)
        self.adam: AdamState = begin(vector_of(module))
        self.discount = config.gamma

    @property
    def has_diverged(self) -> bool:
        """Whether a weight became infinite or NaN."""
        return not bool(np.isfinite(self.weights.sum()))

    @property
    def weights(self) -> Array:
        """(P,) a copy of the weights as they are."""
        return np.array(self.adam.weights)

    @property
    def optimizers(self) -> Sequence[AdamState]:
        """What moves the weights, in their order."""
        return (self.adam,)

    def view(self) -> LearnerView:
        """Return what a picture is taken of.

        The compiled programs keep no gradient, so the mean that Adam keeps stands for it. States
        are judged by the torch module, which has the same layers.
        """
        tensors, gradients = self.layout.split(self.weights), dict[str, Array]()
        if self.gradient_steps:
            means = [mean_gradient(state) for state in self.optimizers]
            gradients = self.layout.split(np.concatenate(means))
        fill_module(self.module, tensors)
        layers = [
            LayerView(name.removesuffix(".weight"), part, gradients.get(name))
            for name, part in tensors.items()
            if part.ndim > 1
        ]
        observed, acted = self.stepper.observation_space, self.stepper.action_space
        judge = judge_of(self.module, observed, acted, self.normaliser)
        return LearnerView(
            layers, self.discount, self.gradient_steps, judge, averages_gradients=True
        )

    def begin_episodes(self) -> None:
        """Begin new episodes, which depend on the run's seed and timestep alone."""
        source = np.random.SeedSequence([self.context.spec.seed, self.timestep])
        self.stepper.begin(int(source.generate_state(1)[0] >> 1))
        self.normaliser.discounted_returns[:] = 0.0
        self.normaliser.see(self.stepper.observations)

    @abstractmethod
    def weights_changed(self) -> None:
        """Act with the weights as they are now."""

    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return what else the algorithm needs to continue: plain data, and arrays."""
        return {}, {}

    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Continue from `own_state`."""

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
        generator = self.generator.bit_generator.state
        durable = {
            **self.policy_members(),
            STATE_FILE: self.counters(extra, generator=generator, own=data),
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
        state, tensors = read_state(members, load)
        weights = read_vector(self.module, members)
        self.normaliser.load(members)
        try:
            self.load_counters(state)
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
