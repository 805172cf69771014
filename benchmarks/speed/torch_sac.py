"""SAC, after CleanRL's `sac_continuous_action.py`, with the defaults of Stable-Baselines3."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import copy
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import torch
from gymnasium import spaces
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


class _Memory:
    """Every transition of a run."""

    def __init__(self, size: int, num: int, seed: int) -> None:
        self._seen, self._following = (np.zeros((CAPACITY, size), np.float32) for _ in range(2))
        self._actions = np.zeros((CAPACITY, num), np.float32)
        self._rewards, self._ended = (np.zeros((CAPACITY, 1), np.float32) for _ in range(2))
        self._count, self._random = 0, np.random.default_rng(seed)

    def add(self, *transition: NDArray[Any]) -> None:
        """Take in observation, action, reward, next observation, and whether the MDP ended."""
        place, self._count = self._count, self._count + 1
        arrays = (self._seen, self._actions, self._rewards, self._following, self._ended)
        for array, value in zip(arrays, transition, strict=True):
            array[place] = value

    def draw(self) -> Sequence[torch.Tensor]:
        """Return a minibatch, in the order of `add`."""
        part = self._random.integers(self._count, size=BATCH)
        arrays = (self._seen, self._actions, self._rewards, self._following, self._ended)
        return [torch.as_tensor(array[part]) for array in arrays]


class _Learner:
    """Actor, critics and their optimizers."""

    def __init__(self, size: int, num: int, rate: float) -> None:
        self._num = num
        self.actor = _network(size, 2 * num)
        self._critics = nn.ModuleList([_network(size + num, 1), _network(size + num, 1)])
        self._targets = copy.deepcopy(self._critics)
        self._log_alpha = torch.zeros(1, requires_grad=True)
        self._optimizers = [
            torch.optim.Adam(parameters, lr=rate, fused=True)
            for parameters in (
                self.actor.parameters(),
                self._critics.parameters(),
                [self._log_alpha],
            )
        ]

    def improve(self, batch: Sequence[torch.Tensor]) -> None:
        """Take one gradient step of everything."""
        before, taken, rewards, then, ended = batch
        alpha = self._log_alpha.exp().detach()
        with torch.no_grad():
            next_action, next_log = _draw(self.actor, then)
            both = [critic(torch.cat([then, next_action], 1)) for critic in self._targets]
            best = torch.min(*both) - alpha * next_log
            wanted = rewards + GAMMA * best * (1 - ended)
        pair = torch.cat([before, taken], 1)
        losses = [0.5 * nn.functional.mse_loss(critic(pair), wanted) for critic in self._critics]
        drawn, log_probability = _draw(self.actor, before)
        entropy_gap = (log_probability.detach() - self._num).mean()
        _step(self._optimizers[1], sum(losses))
        _step(self._optimizers[2], -(self._log_alpha * entropy_gap))
        worth = torch.min(*[critic(torch.cat([before, drawn], 1)) for critic in self._critics])
        _step(self._optimizers[0], (alpha * log_probability - worth).mean())
        with torch.no_grad():
            for slow, fast in zip(
                self._targets.parameters(), self._critics.parameters(), strict=True
            ):
                slow.lerp_(fast, TAU)


def train(
    row: Row, envs: SyncVectorEnv, timesteps: int, seed: int
) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Train for so many timesteps in one environment and return the greedy policy."""
    random, space = np.random.default_rng(seed), cast("spaces.Box", envs.single_action_space)
    size, num = int(np.prod(envs.single_observation_space.shape or ())), int(np.prod(space.shape))
    learner = _Learner(size, num, float(row.values["learning_rate"]))
    memory = _Memory(size, num, seed)
    observation, _ = envs.reset(seed=seed)
    for timestep in range(timesteps):
        if timestep < STARTS:
            action = random.uniform(-1, 1, (1, num)).astype(np.float32)
        else:
            with torch.no_grad():
                action = _draw(learner.actor, torch.as_tensor(observation))[0].numpy()
        after, reward, terminated, truncated, info = envs.step(action * space.high)
        is_over = bool(terminated[0] or truncated[0])
        last = info["final_obs"][0] if is_over else after[0]
        memory.add(observation[0], action[0], reward[0], last, terminated[0])
        observation = after
        if timestep >= STARTS:
            learner.improve(memory.draw())

    def act(observation: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            mean = learner.actor(torch.as_tensor(observation)).chunk(2, dim=-1)[0]
            return (mean.tanh() * torch.as_tensor(space.high)).numpy()

    return act


def _step(optimizer: torch.optim.Optimizer, loss: Any) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
