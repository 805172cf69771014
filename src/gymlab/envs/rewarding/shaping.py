"""The wrapper that computes a user's reward, directly on the environment.

It passes the environment's own reward on, so that everything above it measures that one, and
keeps the user's reward until `take` asks for it: a wrapper above may take several timesteps of
the environment for one of the agent.
"""

import copy
from typing import Any, SupportsFloat, cast

import gymnasium
import numpy as np

from gymlab.envs.rewarding.adjusting import Adjustment, OwnReward
from gymlab.envs.rewarding.batch import Shaped
from gymlab.envs.rewarding.formula import FormulaReward
from gymlab.envs.rewarding.function import RewardFunction, Transition

AnyEnv = gymnasium.Env[Any, Any]


class ShapedEnv(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Calls a reward function after every timestep of the environment."""

    def __init__(
        self,
        env: AnyEnv,
        reward: RewardFunction | FormulaReward | OwnReward,
        adjustment: Adjustment | None = None,
    ) -> None:
        """Wrap an environment.

        Args:
            env: Shows the observations that the function is to see.
            reward: Computes the reward of a transition.
            adjustment: What becomes of it before the agent is given it.
        """
        super().__init__(env)
        self.shape = reward
        self._adjustment = adjustment
        self.is_idle = False
        """Whether timesteps pass without being rewarded: an episode is being repeated."""
        self.is_deferred = False
        """Whether transitions wait in `pending` for somebody who computes many at once."""
        self.pending: list[Transition] = []
        self._observation: Any = None
        self._total = 0.0
        self._terms: dict[str, float] | None = None

    @property
    def is_scheduled(self) -> bool:
        """Whether it rewards otherwise as the run goes on."""
        return self._adjustment is not None and self._adjustment.is_scheduled

    def begin_at(self, timestep: int) -> None:
        """Reward the next episode as after so many timesteps of the run."""
        if self._adjustment is not None:
            self._adjustment.begin_at(timestep)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset the environment."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._observation = copied(observation)
        return observation, info

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Take one timestep; the reward that is returned is the environment's own."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if self.is_idle:
            self._observation = copied(observation)
            return observation, reward, terminated, truncated, info
        # The function gets copies: what it changes must not reach the agent, and many
        # environments write their next observation into the array of the last one.
        before, self._observation = self._observation, copied(observation)
        transition = Transition(
            before,
            copied(action),
            self._observation,
            reward,
            bool(terminated),
            bool(truncated),
            dict(info),
        )
        if self.is_deferred:
            self.pending.append(transition)
        else:
            self.add(self.shape(transition))
        return observation, reward, terminated, truncated, info

    def add(self, shaped: Shaped) -> None:
        """Count the reward of one transition."""
        if self._adjustment is not None:
            shaped = self._adjustment.weighed(shaped)
        total, terms = shaped
        self._total += total
        if terms is not None:
            if self._terms is None:
                self._terms = terms  # made for this transition: nobody else holds it
            else:
                merge(self._terms, terms)

    def settle(self) -> None:
        """Compute what waits, one by one."""
        pending, self.pending = self.pending, []
        for transition in pending:
            self.add(self.shape(transition))

    def take(self) -> Shaped:
        """Return the reward since the last call, and its terms."""
        total, terms = self._total, self._terms
        self._total, self._terms = 0.0, None
        return (total if self._adjustment is None else self._adjustment.given(total)), terms


def merge(sums: dict[str, float], terms: dict[str, float]) -> None:
    """Add terms to sums by name."""
    for name, value in terms.items():
        sums[name] = sums.get(name, 0.0) + value


def shaping_of(env: AnyEnv) -> ShapedEnv | None:
    """Return the wrapper of an environment that computes a user's reward, if it has one."""
    layer: Any = env
    while isinstance(layer, gymnasium.Wrapper):
        if isinstance(layer, ShapedEnv):
            return layer
        layer = cast("Any", layer).env
    return None


def copied(value: Any) -> Any:
    """Return a copy of an observation or action, in the quick way for what is usual."""
    if isinstance(value, np.ndarray):
        return cast("Any", value).copy()
    if isinstance(value, int | float | np.generic):
        return cast("Any", value)
    return copy.deepcopy(value)
