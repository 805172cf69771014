"""Running statistics that put observations and rewards on one scale.

The meaning is that of Stable-Baselines3's VecNormalize. N environments.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.observing import ObservationEncoder
from gymlab.errors import TrainingFailedError

NORMALISATION_FILE = "normalization.safetensors"
EPSILON = 1e-8

FloatArray = NDArray[Any]
Members = Mapping[str, bytes | bytearray | memoryview]


class RunningMoments:
    """Mean and variance of everything seen so far.

    Source: Chan et al. 1979, "Updating formulae and a pairwise algorithm for computing sample
    variances".
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        """Begin with mean 0 and variance 1, which hardly count."""
        self.mean = np.zeros(shape, np.float64)
        self.var = np.ones(shape, np.float64)
        self.count = 1e-4

    def add(self, batch: FloatArray) -> None:
        """Take in a batch whose first axis is the samples."""
        count = batch.shape[0]
        # What `mean` and `var` compute; as functions they take longer than their numbers.
        mean = np.add.reduce(batch, 0, np.float64) / count
        distances = batch - mean
        var = np.add.reduce(distances * distances, 0) / count
        total = self.count + count
        delta = mean - self.mean
        squares = self.var * self.count + var * count + delta * delta * self.count * count / total
        self.mean = self.mean + delta * count / total
        self.var = squares / total
        self.count = total

    def scaled(self, batch: FloatArray, limit: float) -> FloatArray:
        """Return a batch in standard deviations from the mean, clipped, in single precision."""
        scaled = (batch - self.mean) / np.sqrt(self.var + EPSILON)
        return _clipped(scaled, limit).astype(np.float32)


def _clipped(values: FloatArray, limit: float) -> FloatArray:
    """Clip in place; `np.clip` takes several times as long for a few numbers."""
    np.minimum(values, limit, out=values)
    return np.maximum(values, -limit, out=values)


class Normaliser:
    """What lies between the environments and a learner that wants one scale for everything."""

    def __init__(
        self,
        config: AgentConfig,
        encoder: ObservationEncoder,
        num_envs: int,
        moments: type[RunningMoments] = RunningMoments,
    ) -> None:
        """Begin without statistics.

        Args:
            config: What is put on one scale.
            encoder: Writes observations down.
            num_envs: N.
            moments: What computes them.
        """
        is_vector = not encoder.is_bytes and len(encoder.shape) == 1
        self.scales_observations = config.normalize and config.norm_obs and is_vector
        self.scales_rewards = config.normalize and config.norm_reward
        self._clip_obs, self._clip_reward = config.clip_obs, config.clip_reward
        self._gamma = config.gamma
        self._observations = moments(encoder.shape)
        self._returns = moments(())
        self.discounted_returns = np.zeros(num_envs)
        """(N,) discounted return of each episode under way."""

    def see(self, observations: FloatArray) -> None:
        """Take observations (N, ...) into the statistics."""
        if self.scales_observations:
            self._observations.add(observations)

    def scaled(self, observations: FloatArray) -> FloatArray:
        """Return observations as the network is to see them."""
        if not self.scales_observations:
            return observations
        return self._observations.scaled(observations, self._clip_obs)

    def see_rewards(self, rewards: FloatArray, ended: FloatArray) -> None:
        """Take rewards (N,) of one timestep into the statistics; `ended` says which episodes end."""
        if not self.scales_rewards:
            return
        self.discounted_returns *= self._gamma
        self.discounted_returns += rewards
        self._returns.add(self.discounted_returns)
        self.discounted_returns[ended] = 0.0

    def scaled_rewards(self, rewards: FloatArray) -> FloatArray:
        """Return rewards divided by the standard deviation of the discounted return, unshifted."""
        if not self.scales_rewards:
            return rewards
        scale = math.sqrt(self._returns.var + EPSILON)
        return _clipped(rewards / scale, self._clip_reward)

    @property
    def reward_scale(self) -> float:
        """What a scaled reward is multiplied by to be the environment's again."""
        return float(np.sqrt(self._returns.var + EPSILON)) if self.scales_rewards else 1.0

    def members(self) -> dict[str, bytes]:
        """Return the file that acting needs; none where nothing is normalised."""
        if not (self.scales_observations or self.scales_rewards):
            return {}
        arrays: dict[str, FloatArray] = {}
        for name, moments in self._moments().items():
            arrays[f"{name}.mean"] = np.asarray(moments.mean)
            arrays[f"{name}.var"] = np.asarray(moments.var)
            arrays[f"{name}.count"] = np.asarray(moments.count)
        return {NORMALISATION_FILE: save(arrays)}

    def load(self, members: Members) -> None:
        """Put saved statistics back.

        Raises:
            TrainingFailedError: They are missing, damaged or of another observation.
        """
        if not (self.scales_observations or self.scales_rewards):
            return
        if NORMALISATION_FILE not in members:
            raise TrainingFailedError(
                "The checkpoint's policy was trained without normalisation.",
                hint="Switch `normalize` off, as in the run that it comes from.",
            )
        try:
            arrays = load(bytes(members[NORMALISATION_FILE]))
            for name, moments in self._moments().items():
                moments.mean = arrays[f"{name}.mean"].reshape(moments.mean.shape).copy()
                moments.var = arrays[f"{name}.var"].reshape(moments.var.shape).copy()
                moments.count = float(arrays[f"{name}.count"])
        except (SafetensorError, KeyError, ValueError) as error:
            raise TrainingFailedError(
                f"{NORMALISATION_FILE} cannot be used: {error}",
                hint="Choose `normalize`, `norm_obs` and `norm_reward` as in the run that it comes from.",
            ) from error

    def _moments(self) -> dict[str, RunningMoments]:
        found: dict[str, RunningMoments] = {}
        if self.scales_observations:
            found["observation"] = self._observations
        if self.scales_rewards:
            found["return"] = self._returns
        return found
