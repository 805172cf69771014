"""PPO for discrete actions in one function, after CleanRL's `ppo.py`.

Letters: T timesteps of a rollout, N environments, B = T x N transitions.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from gymnasium.vector import SyncVectorEnv
from numpy.typing import NDArray
from torch import nn
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


def train(  # noqa: C901, PLR0915 - one loop from top to bottom, as CleanRL writes it
    row: Row, envs: SyncVectorEnv, timesteps: int, seed: int
) -> Callable[[NDArray[np.float32]], int]:
    """Train for so many timesteps and return the greedy policy."""
    values = row.values
    num_envs, horizon = row.num_envs, int(values["n_steps"])
    batch_size, num_epochs = int(values.get("batch_size", 64)), int(values["n_epochs"])
    gamma, lam = float(values["gamma"]), float(values["gae_lambda"])
    rate, rate_falls = scheduled(values.get("learning_rate", 3e-4))
    clip, clip_falls = scheduled(values.get("clip_range", 0.2))
    normalises = bool(values.get("normalize"))
    size = int(np.prod(envs.single_observation_space.shape or ()))
    actor, critic = _network(size, int(envs.single_action_space.n), 0.01), _network(size, 1, 1.0)  # pyright: ignore[reportAttributeAccessIssue]
    parameters = [*actor.parameters(), *critic.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=rate, eps=1e-5, fused=True)
    seen, paid = Statistics((size,)), Statistics(())
    discounted = np.zeros(num_envs)

    def look(observation: NDArray[Any]) -> torch.Tensor:
        return torch.as_tensor(seen.scale(observation, centre=True) if normalises else observation)

    observation, _ = envs.reset(seed=seed)
    shape = (horizon, num_envs)
    observations = torch.zeros((*shape, size))
    actions, log_probabilities, rewards, over, estimates = (torch.zeros(shape) for _ in range(5))
    num_updates = max(1, timesteps // (horizon * num_envs))
    for update in range(num_updates):
        left = 1 - update / num_updates
        optimizer.param_groups[0]["lr"] = rate * left if rate_falls else rate
        for step in range(horizon):
            if normalises:
                seen.update(observation)
            observations[step] = look(observation)
            with torch.no_grad():
                choice = Categorical(logits=actor(observations[step]))
                action = choice.sample()
                estimates[step] = critic(observations[step]).squeeze(-1)
                log_probabilities[step] = choice.log_prob(action)
            actions[step] = action
            observation, reward, terminated, truncated, info = envs.step(action.numpy())
            if normalises:
                discounted = discounted * gamma + reward
                paid.update(discounted)
                reward = paid.scale(reward, centre=False)
                discounted[terminated | truncated] = 0.0
            rewards[step] = torch.as_tensor(reward)
            over[step] = torch.as_tensor(terminated | truncated, dtype=torch.float32)
            for place in np.flatnonzero(truncated & ~terminated):
                with torch.no_grad():  # a time limit is no end
                    last = look(info["final_obs"][place][None])
                    rewards[step, place] += gamma * critic(last).item()
        with torch.no_grad():
            following = critic(look(observation)).squeeze(-1)
        advantages, running = torch.zeros(shape), torch.zeros(num_envs)
        for step in reversed(range(horizon)):
            goes_on = 1 - over[step]
            delta = rewards[step] + gamma * following * goes_on - estimates[step]
            running = delta + gamma * lam * goes_on * running
            advantages[step], following = running, estimates[step]
        flat = [t.flatten(0, 1) for t in (observations, actions, log_probabilities, advantages)]
        targets = (advantages + estimates).flatten()
        for _ in range(num_epochs):
            for part in torch.randperm(len(targets)).split(batch_size):
                seen_then, taken, old, gain = (tensor[part] for tensor in flat)
                gain = (gain - gain.mean()) / (gain.std() + 1e-8)
                choice = Categorical(logits=actor(seen_then))
                ratio = (choice.log_prob(taken) - old).exp()
                span = clip * left if clip_falls else clip
                clipped = torch.clamp(ratio, 1 - span, 1 + span)
                policy_loss = -torch.min(gain * ratio, gain * clipped).mean()
                value_loss = (critic(seen_then).squeeze(-1) - targets[part]).square().mean()
                entropy = choice.entropy().mean()
                loss = policy_loss + 0.5 * value_loss - float(values["ent_coef"]) * entropy
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 0.5)
                optimizer.step()

    def act(observation: NDArray[np.float32]) -> int:
        with torch.no_grad():
            return int(actor(look(observation[None])).argmax())

    return act
