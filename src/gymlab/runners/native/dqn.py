"""Deep Q-networks with their most useful extensions; the network is `ActionValues`.

Mnih et al. 2015, doi:10.1038/nature14236. The numbered details in the README are marked [n].

N environments, B transitions of a minibatch, A actions.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import copy
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor, nn

from gymlab.agents.action_values import ActionValues, exploration_rate
from gymlab.agents.config_dqn import PrioritizedDqnConfig
from gymlab.agents.default_networks import ACTION_VALUE_DEFAULTS, chosen_network
from gymlab.agents.flat_optimizer import FlatAdam
from gymlab.agents.observing import Array, ObservationEncoder
from gymlab.agents.remembering import Remembering
from gymlab.agents.stepping import EnvironmentRow
from gymlab.runner_api.runner import Members, RunContext
from gymlab.runners.native.agent import Agent, Tensors
from gymlab.runners.native.replay import Drawn, Replay

# ---- the mathematics ----------------------------------------------------------------------------


@torch.no_grad()
def next_values(
    network: ActionValues, target: ActionValues, following: Tensor, *, double: bool
) -> Tensor:
    """Return (B,) what the target network expects after each transition.

    max_a' Q_target(s', a')                                  (Mnih et al. 2015)
    Q_target(s', argmax_a' Q(s', a'))                        (van Hasselt et al. 2016, equation 4)
    """
    expected = target(following)
    if not double:
        return expected.amax(1)
    return expected.gather(1, network(following).argmax(1, keepdim=True)).squeeze(1)


def dqn_loss(predicted: Tensor, targets: Tensor, weights: Tensor | None) -> Tensor:
    """Return Huber's loss of (B,) predictions Q(s, a) against R + d Q_target(s', a').

    E l(delta),  l(delta) = delta^2 / 2 if |delta| < 1 else |delta| - 1 / 2    [4]
    """
    if weights is None:
        return nn.functional.smooth_l1_loss(predicted, targets)
    return (weights * nn.functional.smooth_l1_loss(predicted, targets, reduction="none")).mean()


# ---- the agent ----------------------------------------------------------------------------------


class Dqn(Remembering[Replay], Agent[ActionValues]):
    """Acts epsilon-greedily, remembers, and learns from what it remembers."""

    def __init__(
        self, config: PrioritizedDqnConfig, environments: EnvironmentRow, encoder: ObservationEncoder,
        context: RunContext,
    ) -> None:  # fmt: skip
        """Build networks, optimizer and memory."""
        super().__init__(config, environments, encoder, context)
        self.config = config
        self.iteration_timesteps = config.train_freq * self.num_envs
        space = cast("spaces.Discrete[Any]", environments.envs[0].action_space)
        self._num_actions, self._first_action = int(space.n), int(space.start)
        spec = chosen_network(config.network, ACTION_VALUE_DEFAULTS, encoder.shape)
        self.network = ActionValues(
            spec, encoder.shape, self._num_actions, dueling=config.dueling
        ).to(self.device)
        self.target = copy.deepcopy(self.network).eval().requires_grad_(requires_grad=False)
        self.optimizer = FlatAdam(
            self.network,
            eps=config.optimizer_eps,
            weight_decay=config.weight_decay,
            max_grad_norm=config.max_grad_norm,
        )
        self._target_values = torch.cat([part.reshape(-1) for part in self.target.parameters()])
        offset = 0
        for part in self.target.parameters():
            part.data = self._target_values[offset : offset + part.numel()].view_as(part)
            offset += part.numel()
        self.replay = Replay(config, encoder, self.num_envs)
        self.remembered = config
        self._generator: np.random.Generator = np.random.default_rng(context.spec.seed)
        self.learning_starts = config.learning_starts
        self._calls = 0
        self._collected = 0

    # ---- acting

    def collect(self) -> None:
        """Take train_freq timesteps in every environment."""
        environments, normaliser = self.environments, self.normaliser
        self.network.eval()
        self._collected = 0
        for _ in range(self.config.train_freq):
            before = environments.observations.copy()
            actions = self._act(before)
            environments.step((actions + self._first_action).tolist())
            normaliser.see(environments.observations)
            ended = environments.ended
            normaliser.see_rewards(environments.rewards, ended)
            for idx in range(self.num_envs):
                has_ended = bool(ended[idx])
                rows = environments.final_observations if has_ended else environments.observations
                self.replay.add(
                    idx,
                    before[idx],
                    int(actions[idx]),
                    float(environments.rewards[idx]),
                    rows[idx],
                    terminated=bool(environments.terminated[idx]),  # a time limit is no end [5]
                    ended=has_ended,
                )
            self.timestep += self.num_envs
            self._collected += self.num_envs
            self._update_target()
            self.context.after_timesteps()

    @torch.no_grad()
    def _act(self, observations: Array) -> Array:
        """Return actions (N,): random with probability epsilon, else the most valued."""
        generator = self._generator
        if self.timestep < self.learning_starts:
            return generator.integers(0, self._num_actions, self.num_envs)
        rate = exploration_rate(self.config, self.progress)
        is_random = generator.random(self.num_envs) < rate
        if is_random.all():
            return generator.integers(0, self._num_actions, self.num_envs)
        seen = self.on_device(self.normaliser.scaled(observations))
        actions = self.network(seen).argmax(1).cpu().numpy()
        if is_random.any():
            guesses = generator.integers(0, self._num_actions, self.num_envs)
            actions = np.where(is_random, guesses, actions)
        return actions

    def _update_target(self) -> None:
        """Move the target network towards the network, every target_update_interval timesteps.

        theta_target <- tau theta + (1 - tau) theta_target             (Lillicrap et al. 2016)
        """
        self._calls += 1
        if self._calls % max(self.config.target_update_interval // self.num_envs, 1) == 0:
            self._target_values.lerp_(self.optimizer.values.detach(), self.config.tau)

    # ---- learning

    def learn(self) -> None:
        """Take the gradient steps that are due."""
        if self.timestep <= self.learning_starts or len(self.replay) == 0:
            return
        config = self.config
        count = config.gradient_steps if config.gradient_steps >= 0 else self._collected
        self.network.train()
        learning_rate = self.current_learning_rate
        measured: list[Tensor] = []
        # The target network rests during an update, so its part of all minibatches is one
        # computation; a prioritised draw depends on the step before.
        at_once = 1 if self.replay.is_prioritized else max(1, min(count, 8192 // config.batch_size))
        for first in range(0, count, at_once):
            steps = min(at_once, count - first)
            drawn = self._draw(steps * config.batch_size)
            observations, actions, targets = self._transitions(drawn)
            for part in range(steps):
                rows = slice(part * config.batch_size, (part + 1) * config.batch_size)
                self.context.gate()
                predicted = self.network(observations[rows])
                predicted = predicted.gather(1, actions[rows]).squeeze(1)
                goal = targets[rows] if targets is not None else self._targets(drawn, rows)
                weights = None if drawn.weights is None else self.on_device(drawn.weights)
                loss = dqn_loss(predicted, goal, weights)
                norm = self.optimizer.descend(loss, learning_rate)
                self.gradient_steps += 1
                if self.replay.is_prioritized:
                    errors = (goal - predicted).detach().cpu().numpy()
                    self.replay.learnt(drawn, errors)
                if self.is_reporting:
                    measured.append(torch.stack([loss.detach(), predicted.detach().mean(), norm]))
        self._report(measured, learning_rate)

    def _draw(self, count: int) -> Drawn:
        start = self.config.importance_exponent
        return self.replay.draw(count, self._generator, start + self.progress * (1.0 - start))

    def _transitions(self, drawn: Drawn) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return observations, actions (B, 1) and, unless it depends on each step, targets."""
        replay, scaled = self.replay, self.normaliser.scaled
        observations = self.on_device(scaled(replay.observations[drawn.places]))
        actions = self.on_device(replay.actions[drawn.places])[:, None]
        if self.config.double_q:
            return observations, actions, None
        return observations, actions, self._targets(drawn, slice(None))

    def _targets(self, drawn: Drawn, rows: slice) -> Tensor:
        """Return R + d max_a' Q_target(s', a'), or Double DQN's."""
        replay, normaliser = self.replay, self.normaliser
        places = drawn.places[rows]
        rewards = normaliser.scaled_rewards(replay.rewards[places]).astype(np.float32)
        following = self.on_device(normaliser.scaled(replay.following[places]))
        expected = next_values(self.network, self.target, following, double=self.config.double_q)
        return self.on_device(rewards) + self.on_device(replay.discounts[places]) * expected

    def _report(self, measured: list[Tensor], learning_rate: float) -> None:
        if not measured:
            return
        loss, value, norm = torch.stack(measured).mean(0).tolist()
        self.metrics = {
            "loss/q": loss,
            "value/q_mean": value,
            "optim/gradient_norm": norm,
            "optim/learning_rate": learning_rate,
            "policy/exploration_rate": exploration_rate(self.config, self.progress),
        }

    # ---- saving

    def begin_with(self, members: Members) -> None:
        """Begin with another run's values, in the target network too."""
        super().begin_with(members)
        self._target_values.copy_(self.optimizer.values.detach())

    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return counters, the generator and the target network."""
        data = {
            "calls": self._calls,
            "learning_starts": self.learning_starts,
            "generator": self._generator.bit_generator.state,
            **self.replay.open_state(),
        }
        return data, {"target": self._target_values.cpu().clone()}

    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Continue with counters, the generator and the target network."""
        self._calls = int(data["calls"])
        self.learning_starts = int(data["learning_starts"])
        self._generator.bit_generator.state = data["generator"]
        self._target_values.copy_(tensors["target"])
        self.replay.load_open_state(data)

    def begin_new_episodes(self) -> None:
        """Forget the episodes that were under way."""
        super().begin_new_episodes()
        self.replay.forget_open_steps()
