"""Proximal policy optimisation: rollouts in NumPy, updates in one compiled program.

Schulman et al. 2017, arXiv:1707.06347. The mathematics is in `ppo_update.py`.

T timesteps of a rollout, N environments, M = T x N transitions, B of a minibatch.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gymlab.agents.actions import action_distribution
from gymlab.agents.actor_critic import ActorCritic
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.default_networks import ACTOR_CRITIC_DEFAULTS, chosen_network
from gymlab.agents.fields import scheduled_value
from gymlab.domain.network_shapes import report_network
from gymlab.domain.networks import NetworkSpec
from gymlab.runner_api.runner import RunContext
from gymlab.runners.turbo.adam import AdamSettings
from gymlab.runners.turbo.agent import Agent, Array, Tensors
from gymlab.runners.turbo.distributions import distribution_of
from gymlab.runners.turbo.kernels.ppo_kernel import PpoKernel
from gymlab.runners.turbo.layers import PlainNetwork, is_plain, multiplications, place
from gymlab.runners.turbo.ppo_update import (
    NUM_MEASURED,
    LossSettings,
    Model,
    Moved,
    Traits,
    Transitions,
    program_of,
)
from gymlab.runners.turbo.stepping import Stepper

_OPERATIONS_OF_A_CALL = 4e9
"""Floating-point operations after which a pause or a stop is looked for: some tenths of a second."""
_MOST_OF_A_CALL = 512
"""Minibatches of one call; a fixed number, so that one program does for any n_epochs."""
_OPERATIONS_PER_MULTIPLICATION = 6
"""One multiplication and addition forwards, two backwards."""


class Ppo(Agent):
    """Collects a rollout, estimates advantages, and passes over it several times."""

    def __init__(self, config: PpoConfig, stepper: Stepper, context: RunContext) -> None:
        """Build network, optimizer and the arrays of one rollout."""
        encoder = stepper.encoder
        spec = chosen_network(config.network, ACTOR_CRITIC_DEFAULTS, encoder.shape)
        twin = action_distribution(stepper.action_space)
        super().__init__(config, stepper, ActorCritic(spec, encoder.shape, twin, config), context)
        self.config = config
        self.iteration_timesteps = config.n_steps * self.num_envs
        self.actions = distribution_of(stepper.action_space)
        self._count = config.n_steps * self.num_envs
        self._batch_size = min(config.batch_size, self._count)
        is_shared = spec.trunk == "shared"
        model = Model(
            self.layout,
            place(spec.layers, "trunk"),
            None if is_shared else place(spec.layers_of_critic, "critic_trunk"),
            self.actions,
        )
        self.program = program_of(
            model,
            Traits(
                normalizes=config.normalize_advantage,
                clips_values=config.clip_range_vf is not None,
                is_even=self._count % self._batch_size == 0,
            ),
        )
        self._per_call = self._minibatches_per_call(spec)
        is_vector = not encoder.is_bytes and len(encoder.shape) == 1
        self._policy = self._value = None
        if is_vector and is_plain(spec.layers):
            self._policy = PlainNetwork(model.actor, "policy")
        critic = model.critic or model.actor
        if is_vector and is_plain([item.layer for item in critic]):
            self._value = PlainNetwork(critic, "value")
        self._improve: Callable[..., Moved] = self.program.improve
        if self._policy and self._value and PpoKernel.computes(model):
            self._improve = PpoKernel(model, self.program.traits, self._batch_size).improve
        self._make_arrays()
        self.weights_changed()

    def _make_arrays(self) -> None:
        steps, num_envs = self.config.n_steps, self.num_envs
        dtype = np.float32 if self.actions.is_continuous else np.int32
        self._observations = self.stepper.encoder.empty(steps + 1, num_envs)
        self._actions = np.zeros((steps, num_envs, self.actions.num_components), dtype)
        self._rewards = np.zeros((steps, num_envs), np.float32)
        self._begins = np.zeros((steps + 1, num_envs), np.float32)
        self._begins[steps] = 1.0
        self._cut: list[tuple[int, Array, Array]] = []
        """Time limits of the rollout: timestep, environments, their last observations."""

    def _minibatches_per_call(self, spec: NetworkSpec) -> int:
        shape = self.stepper.encoder.shape
        report = report_network(spec, shape, {"policy": self.actions.num_outputs, "value": 1})
        multiplied = multiplications(
            spec.layers, [item.shape or () for item in report.layers], shape
        )
        if spec.trunk == "separate":
            shapes = [item.shape or () for item in report.critic_layers]
            multiplied += multiplications(spec.layers_of_critic, shapes, shape)
        operations = _OPERATIONS_PER_MULTIPLICATION * 2 * max(1, multiplied) * self._batch_size
        return max(1, min(_MOST_OF_A_CALL, int(_OPERATIONS_OF_A_CALL / operations)))

    # ---- acting

    def weights_changed(self) -> None:
        """Act with the weights as they are now."""
        weights = self.layout.split(self.weights)
        self._log_std = weights.get("log_std")
        for network in (self._policy, self._value):
            if network is not None:
                network.load(weights)

    def collect(self) -> None:
        """Take n_steps timesteps in every environment with the policy as it is."""
        stepper, normaliser, actions = self.stepper, self.normaliser, self.actions
        observations, context, config = self._observations, self.context, self.config
        noise = actions.noise(self.generator, (config.n_steps, self.num_envs))
        self._begins[0] = self._begins[-1]
        self._cut.clear()
        act = self._policy or self._outputs
        for t in range(config.n_steps):
            observations[t] = normaliser.scaled(stepper.observations)
            chosen = actions.draw(act(observations[t]), noise[t], self._log_std)
            self._actions[t] = chosen
            stepper.step(actions.for_environments(chosen))
            normaliser.see(stepper.observations)
            normaliser.see_rewards(stepper.rewards, stepper.ended)
            self._rewards[t] = normaliser.scaled_rewards(stepper.rewards)
            self._begins[t + 1] = stepper.ended
            if stepper.has_ended:
                self._note_time_limits(t)
            self.timestep += self.num_envs
            context.after_timesteps()
        observations[-1] = normaliser.scaled(stepper.observations)

    def _outputs(self, observations: Array) -> Array:
        """Return outputs of layers that NumPy would compute slowly."""
        return np.asarray(self.program.outputs(self.adam.weights, observations))

    def _note_time_limits(self, t: int) -> None:
        stepper = self.stepper
        limited = np.flatnonzero(stepper.truncated & ~stepper.terminated)
        if limited.size:
            last = self.normaliser.scaled(stepper.final_observations[limited])
            self._cut.append((t, limited, last.copy()))

    # ---- learning

    def learn(self) -> None:
        """Improve policy and value function with the rollout."""
        config = self.config
        self._add_values_beyond_limits()
        rows, explained = self.program.prepare(
            self.adam.weights, self._observations, self._actions, self._rewards, self._begins,
            config.gamma, config.gae_lambda,
        )  # fmt: skip
        clip_range = scheduled_value(config.clip_range, self.progress)
        clip_vf = config.clip_range_vf
        numbers = LossSettings(
            clip_range=clip_range,
            clip_range_vf=0.0 if clip_vf is None else scheduled_value(clip_vf, self.progress),
            vf_coef=config.vf_coef,
            ent_coef=config.ent_coef,
            target_kl=float("inf") if config.target_kl is None else config.target_kl,
        )
        settings = AdamSettings(
            learning_rate=self.current_learning_rate,
            eps=config.optimizer_eps,
            weight_decay=config.weight_decay,
            max_grad_norm=config.max_grad_norm,
        )
        measured, looked_at = self._pass_over(rows, numbers, settings)
        self.weights_changed()
        self._report(measured / looked_at, float(explained), clip_range, settings)

    def _pass_over(
        self, rows: Transitions, numbers: LossSettings, settings: AdamSettings
    ) -> tuple[Array, int]:
        """Take all gradient steps; return the sums of what was measured and of how many."""
        order = self._order()
        per_call = self._per_call
        measured, looked_at = np.zeros(NUM_MEASURED), 0
        for first in range(0, len(order), per_call):
            self.context.gate()
            part = order[first : first + per_call]
            count = len(part)
            if count < per_call:
                part = np.concatenate([part, np.zeros((per_call - count, part.shape[1]), np.int32)])
            moved = self._improve(self.adam, rows, part, count, numbers, settings)
            self.adam = moved.state
            taken, is_over = int(moved.taken), bool(moved.is_over)
            measured += np.asarray(moved.measured)
            looked_at += taken
            self.gradient_steps += taken - is_over
            if is_over:
                break
        return measured, looked_at

    def _add_values_beyond_limits(self) -> None:
        """Add what the value function expects behind each time limit: it is no end."""
        if not self._cut:
            return
        seen = np.concatenate([last for _, _, last in self._cut])
        values = self._values(seen)
        first = 0
        for t, limited, _ in self._cut:
            self._rewards[t, limited] += self.config.gamma * values[first : first + len(limited)]
            first += len(limited)

    def _values(self, seen: Array) -> Array:
        """Return the value of each observation (K, ...)."""
        if self._value is not None:
            return self._value(seen)[:, 0]
        found = np.empty(len(seen), np.float32)
        # Always N at once, so that one program does.
        rows = np.zeros((self.num_envs, *seen.shape[1:]), seen.dtype)
        for first in range(0, len(seen), self.num_envs):
            part = seen[first : first + self.num_envs]
            rows[: len(part)] = part
            values = np.asarray(self.program.values(self.adam.weights, rows))
            found[first : first + len(part)] = values[: len(part)]
        return found

    def _order(self) -> Array:
        """Return (minibatches, B) places of the transitions of every minibatch, -1 for none."""
        count, size = self._count, self._batch_size
        per_epoch = -(-count // size)
        found = np.full((self.config.n_epochs, per_epoch * size), -1, np.int32)
        for row in found:
            row[:count] = self.generator.permutation(count) if size < count else np.arange(count)
        return found.reshape(-1, size)

    def _report(
        self, measured: Array, explained: float, clip_range: float, settings: AdamSettings
    ) -> None:
        total, policy, value, entropy, kl, share, norm = measured.tolist()
        self.metrics = {
            "loss/total": total,
            "loss/policy": policy,
            "loss/value": value,
            "loss/entropy": -entropy,
            "policy/entropy": entropy,
            "policy/approx_kl": kl,
            "policy/clip_fraction": share,
            "policy/clip_range": clip_range,
            "optim/learning_rate": settings.learning_rate,
            "optim/gradient_norm": norm,
        }
        if not np.isnan(explained):
            self.metrics["value/explained_variance"] = explained
        if self._log_std is not None:
            self.metrics["policy/action_std"] = float(np.exp(self._log_std).mean())

    # ---- saving

    def begin_episodes(self) -> None:
        """Begin new episodes."""
        super().begin_episodes()
        self._begins[-1] = 1.0

    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return what the next rollout begins with."""
        return {}, {"begins": self._begins[-1].copy()}

    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Begin the next rollout where the last one ended."""
        del data
        self._begins[-1] = tensors["begins"]
