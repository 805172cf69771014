"""PPO for discrete actions, after CleanRL's `ppo.py`.

Letters: T timesteps of a rollout, N environments, B = T x N transitions.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from gymnasium.vector import SyncVectorEnv
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.distributions import Categorical

from benchmarks.speed.rows import Row, scheduled


def _layer(inputs: int, outputs: int, gain: float) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


def _network(inputs: int, outputs: int, gain: float) -> nn.Sequential:
    root = float(np.sqrt(2))
    hidden = [_layer(inputs, 64, root), nn.Tanh(), _layer(64, 64, root), nn.Tanh()]
    return nn.Sequential(*hidden, _layer(64, outputs, gain))


class Statistics:
    """Running mean and variance; Chan et al. 1983."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        """Begin with a standard normal distribution and little weight."""
        self.mean, self.variance, self.count = np.zeros(shape), np.ones(shape), 1e-4

    def update(self, values: NDArray[Any]) -> None:
        """Take in (N, ...) values."""
        delta, total = values.mean(0) - self.mean, self.count + len(values)
        self.mean = self.mean + delta * len(values) / total
        squares = self.variance * self.count + values.var(0) * len(values)
        self.variance = (squares + delta**2 * self.count * len(values) / total) / total
        self.count = total

    def scale(self, values: NDArray[Any], *, centre: bool) -> NDArray[np.float32]:
        """Divide by the standard deviation, and clip."""
        centred = values - self.mean if centre else values
        return np.clip(centred / np.sqrt(self.variance + 1e-8), -10, 10).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Hyperparameters at one moment."""

    gamma: float
    lam: float
    span: float
    """Clip range."""
    ent_coef: float


def _advantages(
    numbers: _Numbers, rewards: Tensor, over: Tensor, estimates: Tensor, following: Tensor
) -> Tensor:
    """Return (T, N) advantages; Schulman et al. 2016, equation 16.

    Args:
        numbers: gamma and lambda.
        rewards: (T, N).
        over: (T, N) 1 where an episode ended.
        estimates: (T, N) values.
        following: (N,) values after the last timestep.
    """
    found, running = torch.zeros_like(rewards), torch.zeros(rewards.shape[1])
    for step in reversed(range(len(rewards))):
        goes_on = 1 - over[step]
        delta = rewards[step] + numbers.gamma * following * goes_on - estimates[step]
        running = delta + numbers.gamma * numbers.lam * goes_on * running
        found[step], following = running, estimates[step]
    return found


def _loss(
    actor: nn.Sequential, critic: nn.Sequential, part: Sequence[Tensor], numbers: _Numbers
) -> Tensor:
    """Return the loss of a minibatch: observations, actions, log-probabilities, advantages, returns."""
    seen, taken, old, gain, target = part
    gain = (gain - gain.mean()) / (gain.std() + 1e-8)
    choice = Categorical(logits=actor(seen))
    ratio = (choice.log_prob(taken) - old).exp()
    clipped = torch.clamp(ratio, 1 - numbers.span, 1 + numbers.span)
    policy_loss = -torch.min(gain * ratio, gain * clipped).mean()
    value_loss = (critic(seen).squeeze(-1) - target).square().mean()
    return policy_loss + 0.5 * value_loss - numbers.ent_coef * choice.entropy().mean()


class _Look:
    """What the networks see of observations and rewards: normalised, where that is wished."""

    def __init__(self, row: Row, envs: SyncVectorEnv) -> None:
        self._is_on = bool(row.values.get("normalize"))
        self._seen = Statistics(envs.single_observation_space.shape or ())
        self._paid, self._discounted = Statistics(()), np.zeros(row.num_envs)
        self._gamma = float(row.values["gamma"])

    def __call__(self, observation: NDArray[Any]) -> Tensor:
        scaled = self._seen.scale(observation, centre=True) if self._is_on else observation
        return torch.as_tensor(scaled)

    def see(self, observation: NDArray[Any]) -> None:
        if self._is_on:
            self._seen.update(observation)

    def rewards(self, rewards: NDArray[Any], is_over: NDArray[np.bool_]) -> NDArray[Any]:
        if not self._is_on:
            return rewards
        self._discounted = self._discounted * self._gamma + rewards
        self._paid.update(self._discounted)
        self._discounted[is_over] = 0.0
        return self._paid.scale(rewards, centre=False)


def train(  # noqa: PLR0915 - one loop from top to bottom, as CleanRL writes it
    row: Row, envs: SyncVectorEnv, timesteps: int, seed: int
) -> Callable[[NDArray[np.float32]], int]:
    """Train for so many timesteps and return the greedy policy."""
    values, num_envs, horizon = row.values, row.num_envs, int(row.values["n_steps"])
    rate, rate_falls = scheduled(values.get("learning_rate", 3e-4))
    clip, clip_falls = scheduled(values.get("clip_range", 0.2))
    size = int(np.prod(envs.single_observation_space.shape or ()))
    actor, critic = _network(size, int(envs.single_action_space.n), 0.01), _network(size, 1, 1.0)  # pyright: ignore[reportAttributeAccessIssue]
    parameters = [*actor.parameters(), *critic.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=rate, eps=1e-5, fused=True)
    look, (observation, _) = _Look(row, envs), envs.reset(seed=seed)
    shape = (horizon, num_envs)
    observations = torch.zeros((*shape, size))
    actions, log_probabilities, rewards, over, estimates = (torch.zeros(shape) for _ in range(5))
    num_updates = max(1, timesteps // (horizon * num_envs))
    for update in range(num_updates):
        left = 1 - update / num_updates
        optimizer.param_groups[0]["lr"] = rate * left if rate_falls else rate
        span = clip * left if clip_falls else clip
        numbers = _Numbers(values["gamma"], values["gae_lambda"], span, float(values["ent_coef"]))
        for step in range(horizon):
            look.see(observation)
            observations[step] = look(observation)
            with torch.no_grad():
                choice = Categorical(logits=actor(observations[step]))
                actions[step] = action = choice.sample()
                estimates[step] = critic(observations[step]).squeeze(-1)
                log_probabilities[step] = choice.log_prob(action)
            observation, reward, terminated, truncated, info = envs.step(action.numpy())
            is_over = terminated | truncated
            rewards[step] = torch.as_tensor(look.rewards(reward, is_over))
            over[step] = torch.as_tensor(is_over, dtype=torch.float32)
            for place in np.flatnonzero(truncated & ~terminated):
                with torch.no_grad():  # a time limit is no end
                    last = look(info["final_obs"][place][None])
                    rewards[step, place] += numbers.gamma * critic(last).item()
        with torch.no_grad():
            following = critic(look(observation)).squeeze(-1)
        advantages = _advantages(numbers, rewards, over, estimates, following)
        parts = (observations, actions, log_probabilities, advantages, advantages + estimates)
        flat = [tensor.flatten(0, 1) for tensor in parts]
        for _ in range(int(values["n_epochs"])):
            for part in torch.randperm(len(flat[0])).split(int(values.get("batch_size", 64))):
                loss = _loss(actor, critic, [tensor[part] for tensor in flat], numbers)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 0.5)
                optimizer.step()

    def act(observation: NDArray[np.float32]) -> int:
        with torch.no_grad():
            return int(actor(look(observation[None])).argmax())

    return act
