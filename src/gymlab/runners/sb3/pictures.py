"""Wrappers between an environment and the learner, equal in training and afterwards.

What only the learner may see differently (a life lost as an end, clipped rewards) is added in
training alone; what changes the observation is added everywhere.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from typing import Any, cast

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from PIL import Image

from gymlab.runners.sb3.config_shared import EnvironmentConfig

AnyEnv = gym.Env[Any, Any]
UInt8Array = NDArray[np.uint8]

SMALLEST_CNN_SIDE = 36
"""Pictures smaller than this do not fit through the three convolutions of NatureCNN."""

_ATARI_SCREEN_SIZE = 84


def is_picture(space: spaces.Space[Any]) -> bool:
    """Tell whether a space holds 8-bit pictures with channels."""
    return (
        isinstance(space, spaces.Box)
        and len(space.shape) == 3
        and space.dtype == np.uint8
        and bool(np.all(space.low == 0))
        and bool(np.all(space.high == 255))
    )


def fits_cnn(space: spaces.Space[Any]) -> bool:
    """Tell whether pictures are large enough for the convolutional network."""
    return is_picture(space) and sorted(space.shape or ())[1] >= SMALLEST_CNN_SIDE


def is_atari(env: AnyEnv) -> bool:
    """Tell whether an environment is an Atari game."""
    return hasattr(env.unwrapped, "ale")


def wrap_observations(env: AnyEnv, config: EnvironmentConfig) -> AnyEnv:
    """Add what changes the observation: smaller Atari screens and stacked frames."""
    if config.atari_wrapper and is_atari(env) and _is_full_screen(env.observation_space):
        env = SmallScreen(env)
    if config.frame_stack > 1 and is_picture(env.observation_space):
        env = StackedFrames(env, config.frame_stack)
    return env


def _is_full_screen(space: spaces.Space[Any]) -> bool:
    shape = space.shape or ()
    return len(shape) > 1 and shape[0] != _ATARI_SCREEN_SIZE


def wrap_for_training(
    env: AnyEnv, config: EnvironmentConfig, *, has_own_reward: bool = False
) -> AnyEnv:
    """Add everything that stands between a training environment and the learner.

    A reward that somebody wrote for this run is not reduced to its sign.
    """
    if config.atari_wrapper and is_atari(env):
        env = LifeAsEpisode(env)
        env = env if has_own_reward else SignOfReward(env)
    return wrap_observations(env, config)


class SmallScreen(gym.ObservationWrapper[UInt8Array, Any, UInt8Array]):
    """Shrinks full Atari screens to 84 x 84 in grey."""

    def __init__(self, env: AnyEnv) -> None:
        """Wrap an environment with (H, W) or (H, W, 3) screens."""
        super().__init__(env)
        self.observation_space = spaces.Box(
            0, 255, (_ATARI_SCREEN_SIZE, _ATARI_SCREEN_SIZE, 1), np.uint8
        )

    def observation(self, observation: UInt8Array) -> UInt8Array:
        """Return the (84, 84, 1) screen."""
        size = (_ATARI_SCREEN_SIZE, _ATARI_SCREEN_SIZE)
        grey = Image.fromarray(observation).convert("L").resize(size, Image.Resampling.BOX)
        return np.asarray(grey, dtype=np.uint8)[..., None]


class StackedFrames(gym.Wrapper[UInt8Array, Any, UInt8Array, Any]):
    """Joins the last pictures along their channels; an episode begins with black ones."""

    def __init__(self, env: AnyEnv, num_frames: int) -> None:
        """Wrap an environment whose observations are (H, W, C) pictures."""
        super().__init__(env)
        height, width, self._channels = cast("tuple[int, int, int]", env.observation_space.shape)
        shape = (height, width, self._channels * num_frames)
        self.observation_space = spaces.Box(0, 255, shape, np.uint8)
        self._frames = np.zeros(shape, np.uint8)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[UInt8Array, dict[str, Any]]:
        """Start an episode with one picture behind black ones."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._frames = np.zeros_like(self._frames)
        return self._joined(observation), info

    def step(self, action: Any) -> tuple[UInt8Array, float, bool, bool, dict[str, Any]]:
        """Take a timestep and drop the oldest picture."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return self._joined(observation), float(reward), terminated, truncated, info

    def save_state(self) -> dict[str, Any]:
        """Return the pictures of the last timesteps."""
        return {"frames": self._frames}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Continue behind these pictures."""
        self._frames = state["frames"]

    def _joined(self, observation: UInt8Array) -> UInt8Array:
        older = self._frames[..., self._channels :]
        self._frames = np.concatenate((older, observation), axis=-1)
        return self._frames


class LifeAsEpisode(gym.Wrapper[Any, Any, Any, Any]):
    """Ends the learner's episode when a life is lost, while the game goes on.

    Source: Mnih et al. 2015, doi:10.1038/nature14236. The next episode begins with the screen on
    which the last one ended, so that no timestep is taken which nobody counts.
    """

    def __init__(self, env: AnyEnv) -> None:
        """Wrap an Atari game."""
        super().__init__(env)
        self._ale = cast("Any", env.unwrapped).ale
        self._lives = 0
        self._is_game_over = True
        self._last: tuple[Any, dict[str, Any]] = (None, {})

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start a game, or go on with the next life."""
        if self._is_game_over or seed is not None:
            self._last = self.env.reset(seed=seed, options=options)
            self._is_game_over = False
        self._lives = int(self._ale.lives())
        return self._last

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Take a timestep; fewer lives than before count as terminated."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._is_game_over = terminated or truncated
        self._last = (observation, info)
        lives = int(self._ale.lives())
        is_life_lost = 0 < lives < self._lives
        self._lives = lives
        return observation, reward, terminated or is_life_lost, truncated, info

    def save_state(self) -> dict[str, Any]:
        """Return the lives left and the screen that the next life would begin with."""
        return {"lives": self._lives, "is_game_over": self._is_game_over, "last": self._last[0]}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Continue with these lives."""
        self._lives = int(state["lives"])
        self._is_game_over = bool(state["is_game_over"])
        self._last = (state["last"], {})


class SignOfReward(gym.RewardWrapper[Any, Any]):
    """Gives the learner -1, 0 or 1, so that all games have rewards of one size."""

    def reward(self, reward: Any) -> float:
        """Return the sign."""
        return float(np.sign(reward))
