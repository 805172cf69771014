"""Steps N environments in lockstep and begins new episodes by itself.

N environments.
"""

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from gymlab.agents.observing import ObservationEncoder

Env = gymnasium.Env[Any, Any]
Array = NDArray[Any]


class EnvironmentRow:
    """N environments that share their spaces.

    An episode that ends is followed by a reset in the same timestep: `observations` is then the
    first of the new episode, and `final_observations` holds the last of the old one.
    """

    def __init__(self, envs: Sequence[Env], encoder: ObservationEncoder) -> None:
        """Take environments that nobody has reset."""
        self.envs = tuple(envs)
        self._encoder = encoder
        count = len(self.envs)
        self.observations = encoder.empty(count)
        """(N, ...) what each environment shows now; written over by the next step."""
        self.rewards = np.zeros(count)
        """(N,) rewards of the last step."""
        self.terminated = np.zeros(count, np.bool_)
        """(N,) whether the last step ended the MDP."""
        self.truncated = np.zeros(count, np.bool_)
        """(N,) whether the last step was cut off."""
        self.final_observations = encoder.empty(count)
        """(N, ...) where an episode ended with the last step: what it showed last."""

    def reset(self, seed: int) -> None:
        """Begin an episode everywhere; environment i is seeded with seed + i."""
        for idx, env in enumerate(self.envs):
            observation, _ = env.reset(seed=seed + idx)
            self._encoder.write(observation, self.observations[idx])

    def step(self, actions: Sequence[Any] | Array) -> None:
        """Take one timestep in every environment."""
        write, observations, rewards = self._encoder.write, self.observations, self.rewards
        terminated, truncated = self.terminated, self.truncated
        for idx, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
            observation, reward, is_terminated, is_truncated, _ = env.step(action)
            rewards[idx] = reward
            terminated[idx], truncated[idx] = is_terminated, is_truncated
            if is_terminated or is_truncated:
                write(observation, self.final_observations[idx])
                observation, _ = env.reset()
            write(observation, observations[idx])

    @property
    def ended(self) -> Array:
        """(N,) whether an episode ended with the last step."""
        return self.terminated | self.truncated

    def close(self) -> None:
        """Close every environment."""
        for env in self.envs:
            env.close()
