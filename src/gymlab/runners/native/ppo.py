"""Proximal policy optimisation, from the rollout to the update; the network is `ActorCritic`.

Schulman et al. 2017, arXiv:1707.06347. The numbered details in the README are marked [n].

T timesteps of a rollout, N environments, M transitions of a minibatch, K outputs of the policy.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gymlab.agents.actions import ActionDistribution, action_distribution
from gymlab.agents.actor_critic import ActorCritic
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.default_networks import ACTOR_CRITIC_DEFAULTS, chosen_network
from gymlab.agents.fields import scheduled_value
from gymlab.agents.flat_optimizer import FlatAdam
from gymlab.agents.networks import Memory, scaled_input
from gymlab.agents.observing import ObservationEncoder
from gymlab.agents.stepping import EnvironmentRow
from gymlab.runner_api.runner import RunContext
from gymlab.runners.native.agent import Agent, Tensors

FloatArray = NDArray[np.float32]

# ---- the mathematics ----------------------------------------------------------------------------


def generalized_advantages(
    rewards: FloatArray, values: FloatArray, begins: NDArray[np.bool_], gamma: float, lam: float
) -> FloatArray:
    """Return the generalised advantage estimate. Source: Schulman et al. 2016, arXiv:1506.02438.

        delta_t = r_t + gamma V(s_t+1) - V(s_t)                       (equation 12)
        A_t     = delta_t + gamma lambda A_t+1                        (equation 16)

    where V(s_t+1) and A_t+1 are 0 if an episode ended with timestep t. A time limit is no end:
    the value beyond it has been added to the reward before. [5]

    Args:
        rewards: (T, N) reward of each timestep.
        values: (T + 1, N) value of each observation, the one after the last timestep included.
        begins: (T + 1, N) whether an episode begins with the observation.
        gamma: Discount factor.
        lam: The estimate's lambda.
    """
    advantages = np.zeros_like(rewards)
    following = np.zeros(rewards.shape[1], np.float32)
    continues = (~begins[1:]).astype(np.float32)
    deltas = rewards + gamma * values[1:] * continues - values[:-1]
    for t in range(len(rewards) - 1, -1, -1):
        following = deltas[t] + gamma * lam * continues[t] * following
        advantages[t] = following
    return advantages


@dataclass(frozen=True, slots=True)
class Minibatch:
    """M transitions; with a memory M = T x B, in order of time."""

    observations: Tensor
    actions: Tensor
    log_probs: Tensor
    values: Tensor
    advantages: Tensor
    returns: Tensor
    memory: dict[str, Memory] | None = None
    begins: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Losses:
    """The parts of PPO's loss, and how far the policy moved."""

    total: Tensor
    policy: Tensor
    value: Tensor
    entropy: Tensor
    log_ratio: Tensor


def ppo_loss(
    network: ActorCritic, actions: ActionDistribution, batch: Minibatch, config: PpoConfig,
    clip_range: float, clip_range_vf: float | None,
) -> Losses:  # fmt: skip
    """Return the loss of a minibatch.

    L = L_clip + c_1 L_value - c_2 H                                   (equation 9, negated)
    """
    if batch.memory is None or batch.begins is None:
        outputs, values = network(batch.observations)
    else:
        outputs, values, _ = network.through_time(batch.observations, batch.memory, batch.begins)
        outputs, values = outputs.flatten(0, 1), values.flatten()
    log_probs, entropies = actions.log_prob_and_entropy(outputs, network.log_std, batch.actions)

    advantages = batch.advantages
    if config.normalize_advantage and len(advantages) > 1:  # [7]
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)

    # with the ratio_t = pi(a_t | s_t) / pi_old(a_t | s_t):
    # L_clip = -E min(ratio_t A_t, clip(ratio_t, 1 - eps, 1 + eps) A_t)        (equation 7) [8]
    log_ratio = log_probs - batch.log_probs
    ratio = log_ratio.exp()
    clipped = ratio.clamp(1 - clip_range, 1 + clip_range)
    policy_loss = -torch.min(ratio * advantages, clipped * advantages).mean()

    # L_value = E (V(s_t) - R_t)^2, optionally with V kept near its old value    [9]
    if clip_range_vf is not None:
        values = batch.values + (values - batch.values).clamp(-clip_range_vf, clip_range_vf)
    value_loss = nn.functional.mse_loss(values, batch.returns)

    entropy = entropies.mean()  # [10]
    total = policy_loss + config.vf_coef * value_loss - config.ent_coef * entropy
    return Losses(total, policy_loss, value_loss, entropy, log_ratio.detach())


# ---- the agent ----------------------------------------------------------------------------------


class Ppo(Agent[ActorCritic]):
    """Collects a rollout, estimates advantages, and passes over it several times."""

    def __init__(
        self, config: PpoConfig, environments: EnvironmentRow, encoder: ObservationEncoder,
        context: RunContext,
    ) -> None:  # fmt: skip
        """Build network, optimizer and the arrays of one rollout."""
        super().__init__(config, environments, encoder, context)
        self.config = config
        self.iteration_timesteps = config.n_steps * self.num_envs
        env = environments.envs[0]
        self.actions = action_distribution(env.action_space)
        spec = chosen_network(config.network, ACTOR_CRITIC_DEFAULTS, encoder.shape)
        self.network = ActorCritic(spec, encoder.shape, self.actions, config).to(self.device)
        self.optimizer = FlatAdam(
            self.network,
            eps=config.optimizer_eps,  # [3]
            weight_decay=config.weight_decay,
            max_grad_norm=config.max_grad_norm,  # [11]
        )
        steps, num_envs = config.n_steps, self.num_envs
        dtype = np.float32 if self.actions.is_continuous else np.int64
        self._observations = encoder.empty(steps + 1, num_envs)
        if self.normaliser.scales_observations:
            self._observations = self._observations.astype(np.float32)
        self._actions = np.zeros((steps, num_envs, self.actions.num_components), dtype)
        self._rewards = np.zeros((steps, num_envs), np.float32)
        self._begins = np.zeros((steps + 1, num_envs), np.bool_)
        self._begins[steps] = True
        self._memory = self.network.empty_memory(num_envs, self.device)
        self._memory_at_start = self._memory
        self._values_seen = np.zeros((steps, num_envs), np.float32)
        self._cut: list[tuple[int, int, Any, dict[str, Memory]]] = []
        """Time limits of the rollout: timestep, environment, last observation, memory."""

    # ---- acting

    def collect(self) -> None:
        """Take n_steps timesteps in every environment with the policy as it is."""
        environments, normaliser = self.environments, self.normaliser
        self._begins[0] = self._begins[-1]
        self._memory_at_start = self._memory
        self._cut.clear()
        self.network.eval()
        for t in range(self.config.n_steps):
            self._observations[t] = normaliser.scaled(environments.observations)
            actions = self._act(t)
            self._actions[t] = actions
            environments.step(self.actions.for_environments(actions))
            normaliser.see(environments.observations)
            ended = environments.ended
            normaliser.see_rewards(environments.rewards, ended)
            self._rewards[t] = normaliser.scaled_rewards(environments.rewards)
            self._begins[t + 1] = self._begins[-1] = ended
            for idx in np.flatnonzero(environments.truncated & ~environments.terminated):
                last = normaliser.scaled(environments.final_observations[idx : idx + 1])
                self._cut.append((t, int(idx), last.copy(), _of_one(self._memory, int(idx))))
            self.timestep += self.num_envs
            self.context.after_timesteps()
        self._observations[-1] = normaliser.scaled(environments.observations)

    @torch.no_grad()
    def _act(self, t: int) -> NDArray[Any]:
        """Draw actions (N, A) for the observations of timestep t."""
        network = self.network
        observations = self.on_device(self._observations[t])
        if network.is_recurrent:
            begins = self.on_device(self._begins[t : t + 1])
            outputs, values, self._memory = network.through_time(
                observations[None], self._memory, begins
            )
            self._values_seen[t] = values[0].cpu().numpy()
            outputs = outputs[0]
        else:
            outputs = network.policy(network.trunk(scaled_input(observations)))
        return self.actions.sample(outputs, network.log_std).cpu().numpy()

    # ---- learning

    def learn(self) -> None:
        """Improve policy and value function with the rollout."""
        config = self.config
        clip_range = scheduled_value(config.clip_range, self.progress)
        clip_vf = config.clip_range_vf
        clip_range_vf = None if clip_vf is None else scheduled_value(clip_vf, self.progress)
        learning_rate = self.current_learning_rate  # [4]
        everything, variance = self._rollout()
        measured: list[Tensor] = []
        self.network.train()
        for _ in range(config.n_epochs):  # [6]
            for batch in self._minibatches(everything):
                losses = ppo_loss(
                    self.network, self.actions, batch, config, clip_range, clip_range_vf
                )
                if self.is_reporting:
                    measured.append(_measurements(losses, clip_range))
                if config.target_kl is not None and _moved(losses) > 1.5 * config.target_kl:  # [12]
                    self._report(measured, learning_rate, clip_range, variance)
                    return
                self.context.gate()
                norm = self.optimizer.descend(losses.total, learning_rate)
                self.gradient_steps += 1
                if self.is_reporting:
                    measured[-1][-1] = norm
        self._report(measured, learning_rate, clip_range, variance)

    @torch.no_grad()
    def _rollout(self) -> tuple[Minibatch, float]:
        """Estimate values, advantages and returns; also how much the values explain."""
        steps, num_envs = self.config.n_steps, self.num_envs
        log_probs, values = self._values_and_log_probs()
        for (t, idx, _, _), value in zip(self._cut, self._values_beyond_limits(), strict=True):
            self._rewards[t, idx] += self.config.gamma * value  # [5]
        advantages = generalized_advantages(
            self._rewards, values, self._begins, self.config.gamma, self.config.gae_lambda
        )
        returns = advantages + values[:-1]
        spread = float(np.var(returns))
        variance = 1 - float(np.var(advantages)) / spread if spread > 0 else float("nan")
        count = steps * num_envs
        every = Minibatch(
            observations=self.on_device(self._observations[:-1]),
            actions=self.on_device(self._actions),
            log_probs=log_probs,
            values=self.on_device(values[:-1]),
            advantages=self.on_device(advantages),
            returns=self.on_device(returns),
            memory=self._memory_at_start if self.network.is_recurrent else None,
            begins=self.on_device(self._begins[:-1]),
        )
        if every.memory is not None:
            return every, variance
        return Minibatch(
            observations=every.observations.reshape(count, *self.encoder.shape),
            actions=every.actions.reshape(count, -1),
            log_probs=log_probs.reshape(count),
            values=every.values.reshape(count),
            advantages=every.advantages.reshape(count),
            returns=every.returns.reshape(count),
        ), variance

    def _values_and_log_probs(self) -> tuple[Tensor, FloatArray]:
        """Return (T, N) log-probabilities of what was done, and (T + 1, N) values."""
        network = self.network
        observations, actions = self.on_device(self._observations), self.on_device(self._actions)
        if network.is_recurrent:
            begins = self.on_device(self._begins)
            outputs, _, memory = network.through_time(
                observations[:-1], self._memory_at_start, begins[:-1]
            )
            _, last, _ = network.through_time(observations[-1:], memory, begins[-1:])
            values = np.concatenate([self._values_seen, last.cpu().numpy()])
        else:
            rows = observations.reshape(-1, *self.encoder.shape)
            outputs, found = network(rows)
            outputs = outputs.reshape(*observations.shape[:2], -1)[:-1]
            values = found.reshape(observations.shape[:2]).cpu().numpy()
        log_probs, _ = self.actions.log_prob_and_entropy(outputs, network.log_std, actions)
        return log_probs, values

    def _values_beyond_limits(self) -> list[float]:
        """Return the value of the observation at which each time limit struck."""
        found: list[float] = []
        for _, _, observation, memory in self._cut:
            last = self.on_device(observation)
            if self.network.is_recurrent:
                begins = torch.zeros(1, 1, dtype=torch.bool, device=self.device)
                _, value, _ = self.network.through_time(last[None], memory, begins)
            else:
                _, value = self.network(last)
            found.append(float(value))
        return found

    def _minibatches(self, every: Minibatch) -> Iterator[Minibatch]:
        """Yield the rollout in random parts."""
        if every.memory is not None:
            yield from self._whole_episodes(every, every.memory)
            return
        count, size = len(every.returns), self.config.batch_size
        if size >= count:
            yield every
            return
        order = torch.randperm(count, device=self.device)
        for chosen in order.split(size):
            yield Minibatch(
                every.observations[chosen],
                every.actions[chosen],
                every.log_probs[chosen],
                every.values[chosen],
                every.advantages[chosen],
                every.returns[chosen],
            )

    def _whole_episodes(self, every: Minibatch, memory: dict[str, Memory]) -> Iterator[Minibatch]:
        """Yield all timesteps of random environments, so that the memory has its past."""
        assert every.begins is not None  # noqa: S101 - there is a memory
        size = max(1, self.config.batch_size // self.config.n_steps)
        for chosen in torch.randperm(self.num_envs, device=self.device).split(size):
            yield Minibatch(
                every.observations[:, chosen],
                every.actions[:, chosen].flatten(0, 1),
                every.log_probs[:, chosen].flatten(),
                every.values[:, chosen].flatten(),
                every.advantages[:, chosen].flatten(),
                every.returns[:, chosen].flatten(),
                {
                    part: {name: state[:, chosen] for name, state in layers.items()}
                    for part, layers in memory.items()
                },
                every.begins[:, chosen],
            )

    def _report(
        self, measured: list[Tensor], learning_rate: float, clip_range: float, variance: float
    ) -> None:
        if not measured:
            return
        total, policy, value, entropy, kl, share, norm = torch.stack(measured).mean(0).tolist()
        self.metrics = {
            "loss/total": total,
            "loss/policy": policy,
            "loss/value": value,
            "loss/entropy": -entropy,
            "policy/entropy": entropy,
            "policy/approx_kl": kl,
            "policy/clip_fraction": share,
            "policy/clip_range": clip_range,
            "optim/learning_rate": learning_rate,
            "optim/gradient_norm": norm,
        }
        if not np.isnan(variance):
            self.metrics["value/explained_variance"] = variance
        if self.network.log_std is not None:
            self.metrics["policy/action_std"] = float(self.network.log_std.detach().exp().mean())

    # ---- saving

    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return what the next rollout begins with."""
        tensors = {"begins": torch.from_numpy(self._begins[-1].copy())}
        for part, layers in self._memory.items():
            for name, state in layers.items():
                tensors[f"memory.{part}.{name}"] = state.cpu().clone()
        return {}, tensors

    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Begin the next rollout where the last one ended."""
        del data
        self._begins[-1] = tensors["begins"].numpy()
        self._memory = {
            part: {name: tensors[f"memory.{part}.{name}"].to(self.device) for name in layers}
            for part, layers in self._memory.items()
        }

    def begin_new_episodes(self) -> None:
        """Forget the episodes that were under way."""
        super().begin_new_episodes()
        self._begins[-1] = True


def _of_one(memory: Mapping[str, Memory], idx: int) -> dict[str, Memory]:
    """Return the memory of one environment."""
    return {
        part: {name: state[:, idx : idx + 1] for name, state in layers.items()}
        for part, layers in memory.items()
    }


def _measurements(losses: Losses, clip_range: float) -> Tensor:
    """Return the numbers of one minibatch; the last place is for the gradient's length."""
    ratio = losses.log_ratio.exp()
    # KL(old || new) ~ E[(ratio - 1) - log ratio]: Schulman's k3 estimator
    kl = ((ratio - 1) - losses.log_ratio).mean()
    share = ((ratio - 1).abs() > clip_range).float().mean()
    parts = (losses.total, losses.policy, losses.value, losses.entropy, kl, share, kl)
    return torch.stack([part.detach() for part in parts])


def _moved(losses: Losses) -> float:
    return float((losses.log_ratio.exp() - 1 - losses.log_ratio).mean())
