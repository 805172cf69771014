"""SAC in one function, after CleanRL's `sac_continuous_action.py`, with the defaults of Stable-Baselines3."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from gymnasium.vector import SyncVectorEnv
from numpy.typing import NDArray
from torch import nn

from benchmarks.speed.rows import Row

WIDTH, BATCH, CAPACITY, STARTS = 256, 256, 1_000_000, 100
GAMMA, TAU = 0.99, 0.005


def _network(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(),
        nn.Linear(WIDTH, outputs),
    )  # fmt: skip


def _draw(actor: nn.Sequential, observation: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return squashed actions and their log-probabilities; Haarnoja et al. 2018, appendix C."""
    mean, log_std = actor(observation).chunk(2, dim=-1)
    normal = torch.distributions.Normal(mean, log_std.clamp(-20, 2).exp())
    drawn = normal.rsample()
    action = drawn.tanh()
    log_probability = normal.log_prob(drawn) - (1 - action.square() + 1e-6).log()
    return action, log_probability.sum(-1, keepdim=True)


def train(  # noqa: PLR0915 - one loop from top to bottom, as CleanRL writes it
    row: Row, envs: SyncVectorEnv, timesteps: int, seed: int
) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Train for so many timesteps in one environment and return the greedy policy."""
    rate, random = float(row.values["learning_rate"]), np.random.default_rng(seed)
    space: Any = envs.single_action_space
    size, num = int(np.prod(envs.single_observation_space.shape or ())), int(np.prod(space.shape))
    high = torch.as_tensor(space.high)
    actor = _network(size, 2 * num)
    critics = nn.ModuleList([_network(size + num, 1), _network(size + num, 1)])
    targets = copy.deepcopy(critics)
    log_alpha = torch.zeros(1, requires_grad=True)
    optimizers = [
        torch.optim.Adam(parameters, lr=rate, fused=True)
        for parameters in (actor.parameters(), critics.parameters(), [log_alpha])
    ]
    seen, following = (np.zeros((CAPACITY, size), np.float32) for _ in range(2))
    actions = np.zeros((CAPACITY, num), np.float32)
    rewards, ended = (np.zeros((CAPACITY, 1), np.float32) for _ in range(2))
    observation, _ = envs.reset(seed=seed)
    for timestep in range(timesteps):
        if timestep < STARTS:
            action = random.uniform(-1, 1, (1, num)).astype(np.float32)
        else:
            with torch.no_grad():
                action = _draw(actor, torch.as_tensor(observation))[0].numpy()
        after, reward, terminated, truncated, info = envs.step(action * space.high)
        is_over = bool(terminated[0] or truncated[0])
        seen[timestep], actions[timestep], rewards[timestep] = observation[0], action[0], reward[0]
        following[timestep] = info["final_obs"][0] if is_over else after[0]
        ended[timestep] = terminated[0]
        observation = after
        if timestep < STARTS:
            continue
        part = random.integers(timestep + 1, size=BATCH)
        before, then = torch.as_tensor(seen[part]), torch.as_tensor(following[part])
        alpha = log_alpha.exp().detach()
        with torch.no_grad():
            next_action, next_log = _draw(actor, then)
            both = [critic(torch.cat([then, next_action], 1)) for critic in targets]
            best = torch.min(*both) - alpha * next_log
            wanted = torch.as_tensor(rewards[part]) + GAMMA * best * (
                1 - torch.as_tensor(ended[part])
            )
        pair = torch.cat([before, torch.as_tensor(actions[part])], 1)
        critic_loss = sum(0.5 * nn.functional.mse_loss(critic(pair), wanted) for critic in critics)
        drawn, log_probability = _draw(actor, before)
        entropy_gap = (log_probability.detach() - num).mean()
        alpha_loss = -(log_alpha * entropy_gap)
        _step(optimizers[1], critic_loss)
        _step(optimizers[2], alpha_loss)
        worth = torch.min(*[critic(torch.cat([before, drawn], 1)) for critic in critics])
        _step(optimizers[0], (alpha * log_probability - worth).mean())
        with torch.no_grad():
            for slow, fast in zip(targets.parameters(), critics.parameters(), strict=True):
                slow.lerp_(fast, TAU)

    def act(observation: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            mean = actor(torch.as_tensor(observation)).chunk(2, dim=-1)[0]
            return (mean.tanh() * high).numpy()

    return act


def _step(optimizer: torch.optim.Optimizer, loss: Any) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
