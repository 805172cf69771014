"""Environments that are stepped all at once: what the agents of this runner see of them.

An episode that ends is followed by a reset in the same timestep, whatever the engine below does:
`observations` is then the first of the new episode, `final_observations` holds the last of the
old one.

N environments.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gymlab.agents.observing import ObservationEncoder
from gymlab.agents.stepping import Env, EnvironmentRow
from gymlab.envs.game import Game
from gymlab.runner_api.pool_tracking import PoolShaped, PoolTracker, RecordOf
from gymlab.runner_api.runner import RunContext

Array = NDArray[Any]
Space = spaces.Space[Any]


class Stepper(ABC):
    """N environments in lockstep."""

    observations: Array
    """(N, ...) what each environment shows now; written over by the next step."""
    rewards: Array
    """(N,) rewards of the last step."""
    terminated: Array
    """(N,) whether the last step ended the MDP."""
    truncated: Array
    """(N,) whether the last step was cut off."""
    ended: Array
    """(N,) whether an episode ended with the last step."""
    has_ended: bool
    """Whether any did."""
    final_observations: Array
    """(N, ...) where an episode ended with the last step: what it showed last."""
    keeps_state = False
    """Whether a checkpoint holds the middle of the episodes."""

    def __init__(self, observed: Space, acted: Space, num_envs: int) -> None:
        """Prepare the arrays."""
        self.observation_space, self.action_space, self.num_envs = observed, acted, num_envs
        self.encoder = ObservationEncoder(observed)
        self.observations = self.encoder.empty(num_envs)
        self.final_observations = self.encoder.empty(num_envs)
        self.rewards = np.zeros(num_envs)
        self.terminated, self.truncated, self.ended = (
            np.zeros(num_envs, np.bool_) for _ in range(3)
        )
        self.has_ended = False

    @abstractmethod
    def begin(self, seed: int) -> None:
        """Begin new episodes everywhere; what follows depends on the seed alone."""

    @abstractmethod
    def step(self, actions: Array) -> None:
        """Take one timestep everywhere.

        Args:
            actions: (N, ...) as the environments take them.
        """

    @abstractmethod
    def close(self) -> None:
        """Free everything."""


class PooledStepper(Stepper):
    """The base of engines that hide their environments; tells the lab what happens in them."""

    no_render_reason: str | None = "This engine draws no pictures."

    def __init__(self, observed: Space, acted: Space, num_envs: int, context: RunContext) -> None:
        """Have the environments counted."""
        super().__init__(observed, acted, num_envs)
        self.tracker: PoolTracker = context.track_pool(self)
        self._reasons: Array | None = None
        self._shaped: PoolShaped | None = None
        """What the run's own reward pays for the last step, where it has one."""
        self._record_of: RecordOf | None = None
        """Returns how an episode is played again, where that is known."""

    def render(self, env_index: int) -> NDArray[np.uint8] | None:
        """Return a picture of one environment."""
        del env_index
        return None

    def game(self, env_index: int) -> Game[Any, Any] | None:
        """Return a game of ours in the state of one environment."""
        del env_index
        return None

    def begin(self, seed: int) -> None:
        """Begin new episodes everywhere."""
        self.tracker.begin()
        self._begin(seed)

    def step(self, actions: Array) -> None:
        """Take one timestep everywhere, and count it."""
        cuts = self.tracker.take_cuts()
        self._advance(actions)
        for idx in cuts:
            self.truncated[idx] |= not self.terminated[idx]
        np.logical_or(self.terminated, self.truncated, out=self.ended)
        self.has_ended = bool(self.ended.any())
        self.tracker.step(
            self.rewards,
            self.terminated,
            self.truncated,
            self._reasons,
            shaped=self._shaped,
            record_of=self._record_of,
        )
        if self._shaped is not None:
            self.rewards = self._shaped[0]
        if self.has_ended:
            self._renew(np.flatnonzero(self.ended), cuts)

    @abstractmethod
    def _begin(self, seed: int) -> None:
        """Make or reset the environments and fill `observations`."""

    @abstractmethod
    def _advance(self, actions: Array) -> None:
        """Step; fill everything but `ended` and `final_observations`."""

    @abstractmethod
    def _renew(self, ended: Array, cuts: Sequence[int]) -> None:
        """Fill `final_observations` of episodes that ended, and begin new ones in their places.

        Args:
            ended: Environments whose episode ended.
            cuts: Those among them whose episode somebody cut off; their engine does not know yet.
        """


class RowStepper(Stepper):
    """One Gymnasium environment after the other, for what has no compiled form."""

    keeps_state = True

    def __init__(self, make_env: Callable[[int], Env], num_envs: int) -> None:
        """Make the environments."""
        envs = [make_env(idx) for idx in range(num_envs)]
        super().__init__(envs[0].observation_space, envs[0].action_space, num_envs)
        self._row = row = EnvironmentRow(envs, self.encoder)
        self._takes_numbers = isinstance(self.action_space, spaces.Discrete)
        self.observations, self.final_observations = row.observations, row.final_observations
        self.rewards, self.terminated, self.truncated = row.rewards, row.terminated, row.truncated

    def begin(self, seed: int) -> None:
        """Begin an episode everywhere; environment i is seeded with seed + i."""
        self._row.reset(seed)

    def step(self, actions: Array) -> None:
        """Take one timestep in every environment."""
        # Tabular environments look the action up in a dictionary, where an array is no key.
        self._row.step(actions.tolist() if self._takes_numbers else actions)
        np.logical_or(self.terminated, self.truncated, out=self.ended)
        self.has_ended = bool(self.ended.any())

    def close(self) -> None:
        """Close every environment."""
        self._row.close()
