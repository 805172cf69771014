"""Steps N environments in lockstep and begins new episodes by itself.

N environments.
"""

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from gymlab.agents.observing import ObservationEncoder
from gymlab.runner_api.reward_batch import RewardBatch

Env = gymnasium.Env[Any, Any]
Array = NDArray[Any]


class EnvironmentRow:
    """N environments that share their spaces.

    An episode that ends is followed by a reset in the same timestep: `observations` is then the
    first of the new episode, and `final_observations` holds the last of the old one.
    """

    def __init__(
        self, envs: Sequence[Env], encoder: ObservationEncoder, batch: RewardBatch | None = None
    ) -> None:
        """Take environments that nobody has reset.

        Args:
            envs: All environments.
            encoder: Writes their observations down.
            batch: Computes the rewards of all of them at once, where the run has such a reward.
        """
        self.envs = tuple(envs)
        self._batch = batch
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
        if self._batch is not None:
            self._step_together(actions, self._batch)
            return
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

    def _step_together(self, actions: Sequence[Any] | Array, batch: RewardBatch) -> None:
        """Step all, have their rewards computed together, then reset: the batch's order."""
        stepped = [env.step(action) for env, action in zip(self.envs, actions, strict=True)]
        self.rewards[:] = batch.settle()
        for idx, (observation, _, is_terminated, is_truncated, _) in enumerate(stepped):
            self.terminated[idx], self.truncated[idx] = is_terminated, is_truncated
            if is_terminated or is_truncated:
                self._encoder.write(observation, self.final_observations[idx])
                observation, _ = self.envs[idx].reset()  # noqa: PLW2901 - the first of the next episode
            self._encoder.write(observation, self.observations[idx])

    @property
    def ended(self) -> Array:
        """(N,) whether an episode ended with the last step."""
        return self.terminated | self.truncated

    def close(self) -> None:
        """Close every environment."""
        for env in self.envs:
            env.close()
