"""DQN in one function, after CleanRL's `dqn.py`, with the schedule of Stable-Baselines3."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import copy
from collections.abc import Callable

import numpy as np
import torch
from gymnasium.vector import SyncVectorEnv
from numpy.typing import NDArray
from torch import nn

from benchmarks.speed.rows import Row


def train(  # noqa: PLR0915 - one loop from top to bottom, as CleanRL writes it
    row: Row, envs: SyncVectorEnv, timesteps: int, seed: int
) -> Callable[[NDArray[np.float32]], int]:
    """Train for so many timesteps in one environment and return the greedy policy."""
    values, random = row.values, np.random.default_rng(seed)
    size = int(np.prod(envs.single_observation_space.shape or ()))
    num_actions = int(envs.single_action_space.n)  # pyright: ignore[reportAttributeAccessIssue]
    first, second = values["net_arch"]
    network = nn.Sequential(
        nn.Linear(size, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU(),
        nn.Linear(second, num_actions),
    )  # fmt: skip
    target = copy.deepcopy(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=values["learning_rate"], fused=True)
    capacity, batch_size = int(values["buffer_size"]), int(values["batch_size"])
    seen, following = (np.zeros((capacity, size), np.float32) for _ in range(2))
    actions, rewards = np.zeros(capacity, np.int64), np.zeros(capacity, np.float32)
    ended = np.zeros(capacity, np.float32)
    observation, _ = envs.reset(seed=seed)
    exploring = values["exploration_fraction"] * timesteps
    for timestep in range(timesteps):
        epsilon = 1 - (1 - values["exploration_final_eps"]) * min(1.0, timestep / exploring)
        if timestep < values["learning_starts"] or random.random() < epsilon:
            action = int(random.integers(num_actions))
        else:
            with torch.no_grad():
                action = int(network(torch.as_tensor(observation)).argmax())
        after, reward, terminated, truncated, info = envs.step(np.array([action]))
        is_over = bool(terminated[0] or truncated[0])
        place = timestep % capacity
        seen[place], actions[place], rewards[place] = observation[0], action, reward[0]
        following[place] = info["final_obs"][0] if is_over else after[0]
        ended[place] = terminated[0]
        observation = after
        if (timestep + 1) % values["target_update_interval"] == 0:
            target.load_state_dict(network.state_dict())
        is_due = (timestep + 1) % values["train_freq"] == 0
        if timestep + 1 < values["learning_starts"] or not is_due:
            continue
        for _ in range(values["gradient_steps"]):
            part = random.integers(min(timestep + 1, capacity), size=batch_size)
            with torch.no_grad():
                best = target(torch.as_tensor(following[part])).max(1).values
                wanted = torch.as_tensor(rewards[part]) + values["gamma"] * best * (
                    1 - torch.as_tensor(ended[part])
                )
            taken = torch.as_tensor(actions[part])[:, None]
            found = network(torch.as_tensor(seen[part])).gather(1, taken).squeeze(1)
            loss = nn.functional.smooth_l1_loss(found, wanted)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 10.0)
            optimizer.step()

    def act(observation: NDArray[np.float32]) -> int:
        with torch.no_grad():
            return int(network(torch.as_tensor(observation)).argmax())

    return act
