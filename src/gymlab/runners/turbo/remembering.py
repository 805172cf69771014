"""What algorithms share that learn from a memory of transitions.

N environments, C gradient steps of a call, B transitions of a minibatch.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from torch import nn

from gymlab.agents.config_replay import ReplayConfig
from gymlab.agents.remembering import Remembering
from gymlab.runner_api.runner import RunContext
from gymlab.runners.turbo.agent import Agent, Array, Tensors
from gymlab.runners.turbo.replay import Replay
from gymlab.runners.turbo.stepping import Stepper


class RememberingAgent(Remembering[Replay], Agent):
    """Takes some timesteps, then some gradient steps."""

    def __init__(
        self, config: ReplayConfig, stepper: Stepper, module: nn.Module,
        context: RunContext, actions: Array, most_of_a_call: int,
    ) -> None:  # fmt: skip
        """Build the memory.

        Args:
            config: Hyperparameters.
            stepper: Environments.
            module: Network with the first weights.
            context: Services of the run.
            actions: (N, ...) actions as they are stored, for their form.
            most_of_a_call: Gradient steps after which a pause or stop is looked for.
        """
        super().__init__(config, stepper, module, context)
        self.remembered = config
        self.iteration_timesteps = config.train_freq * self.num_envs
        self.replay = Replay(
            stepper.encoder, size=config.buffer_size, actions=actions, gamma=config.gamma,
            n_steps=config.n_steps, num_envs=self.num_envs,
        )  # fmt: skip
        self.learning_starts = config.learning_starts
        self._updates = (
            config.gradient_steps if config.gradient_steps >= 0 else self.iteration_timesteps
        )
        self.per_call = max(1, min(self._updates, most_of_a_call))

    @abstractmethod
    def act(self, observations: Array) -> Array:
        """Return actions (N, ...) as they are stored."""

    @abstractmethod
    def for_environments(self, actions: Array) -> Array:
        """Return stored actions as the environments take them."""

    @abstractmethod
    def improve(self, updates: int) -> None:
        """Take gradient steps and measure them."""

    def stepped(self) -> None:
        """Follow one timestep of every environment."""

    # ---- acting

    def collect(self) -> None:
        """Take train_freq timesteps in every environment."""
        stepper, normaliser, context = self.stepper, self.normaliser, self.context
        for _ in range(self.remembered.train_freq):
            before = stepper.observations.copy()
            actions = self.act(before)
            stepper.step(self.for_environments(actions))
            normaliser.see(stepper.observations)
            normaliser.see_rewards(stepper.rewards, stepper.ended)
            following = stepper.observations
            if stepper.has_ended:
                is_over = stepper.ended.reshape(-1, *[1] * (following.ndim - 1))
                following = np.where(is_over, stepper.final_observations, following)
            self.replay.add(
                before, actions, stepper.rewards, following,
                terminated=stepper.terminated, ended=stepper.ended,
            )  # fmt: skip
            self.timestep += self.num_envs
            self.stepped()
            context.after_timesteps()

    # ---- learning

    def learn(self) -> None:
        """Take the gradient steps that are due."""
        if self.timestep <= self.learning_starts or len(self.replay) == 0 or not self._updates:
            return
        self.improve(self._updates)
        self.gradient_steps += self._updates
        self.weights_changed()

    def calls(self, updates: int) -> Iterator[tuple[int, int, tuple[Array, ...]]]:
        """Yield, call by call: steps before it, steps of it, and its transitions.

        Each part of the transitions is (C, B, ...), in the order of `Drawn`; C is the same always.
        """
        for first in range(0, updates, self.per_call):
            self.context.gate()
            yield first, min(self.per_call, updates - first), self._draw()

    def _draw(self) -> tuple[Array, ...]:
        calls, size = self.per_call, self.remembered.batch_size
        drawn = self.replay.draw(calls * size, self.generator)
        scaled = self.normaliser.scaled
        rewards = self.normaliser.scaled_rewards(drawn.rewards).astype(np.float32)
        parts = (
            scaled(drawn.observations), drawn.actions, rewards,
            scaled(drawn.following), drawn.discounts,
        )  # fmt: skip
        return tuple(part.reshape(calls, size, *part.shape[1:]) for part in parts)

    # ---- saving

    def begin_episodes(self) -> None:
        """Begin new episodes; what waits for rewards of the old ones is dropped."""
        super().begin_episodes()
        self.replay.forget_open_steps()

    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return counters and the timesteps that wait."""
        return {"learning_starts": self.learning_starts}, self.replay.open_state()

    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Continue with them."""
        self.learning_starts = int(data["learning_starts"])
        self.replay.load_open_state(tensors)
