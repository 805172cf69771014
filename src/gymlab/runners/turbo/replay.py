"""The memory of transitions, taken in and drawn for all environments at once.

B transitions of a minibatch, N environments, n timesteps of a return.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gymlab.agents.observing import ObservationEncoder
from gymlab.agents.remembering import REPLAY_FILE
from gymlab.errors import TrainingFailedError

_ARRAYS = ("observations", "following", "actions", "rewards", "discounts")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """B transitions (s, a, R, s', d).

    R sums the discounted rewards of up to n timesteps, s' is what followed them, and d is what the
    value of s' is worth: gamma^n, or 0 where the episode ended.
    """

    observations: Array
    actions: Array
    rewards: Array
    following: Array
    discounts: Array


@dataclass(slots=True)
class _Waiting:
    """One timestep of all environments whose n-step return is not complete."""

    observations: Array
    actions: Array
    rewards: Array
    """(N,) discounted sum of the rewards so far."""
    counts: Array
    """(N,) timesteps in that sum."""
    is_open: Array
    """(N,) whether it still waits."""


class Replay:
    """A ring of transitions."""

    def __init__(
        self, encoder: ObservationEncoder, *, size: int, actions: Array, gamma: float, n_steps: int,
        num_envs: int,
    ) -> None:  # fmt: skip
        """Take the memory at once, so that a buffer that does not fit fails at the start.

        Args:
            encoder: Form of the observations.
            size: Transitions that are kept.
            actions: (N, ...) actions, for their form.
            gamma: Discount factor.
            n_steps: n.
            num_envs: N.
        """
        self.size = max(size, num_envs)
        self.observations = encoder.empty(self.size)
        self.following = encoder.empty(self.size)
        self.actions = np.zeros((self.size, *actions.shape[1:]), actions.dtype)
        self.rewards = np.zeros(self.size, np.float32)
        self.discounts = np.zeros(self.size, np.float32)
        self.position = 0
        self.is_full = False
        self._gamma, self._n = gamma, n_steps
        self._waiting: deque[_Waiting] = deque()
        self._one = np.ones(num_envs, np.int64)
        self._one_discount = np.full(num_envs, gamma, np.float32)

    def __len__(self) -> int:
        """Return the number of transitions."""
        return self.size if self.is_full else self.position

    # ---- taking in

    def add(
        self, observations: Array, actions: Array, rewards: Array, following: Array,
        *, terminated: Array, ended: Array,
    ) -> None:  # fmt: skip
        """Take in one timestep of every environment.

            R_t = sum_{k < n} gamma^k r_t+k        (Sutton 1988; Hessel et al. 2018, equation 3)

        Args:
            observations: (N, ...) before it.
            actions: (N, ...) what was done.
            rewards: (N,) what came of it.
            following: (N, ...) after it; the last of the episode where it ended.
            terminated: (N,) whether the MDP ended; a time limit is no end.
            ended: (N,) whether the episode ended.
        """
        if self._n == 1:
            discounts = self._one_discount * ~terminated
            self._store(observations, actions, rewards, following, discounts)
            return
        for waiting in self._waiting:
            waiting.rewards += np.where(waiting.is_open, self._gamma**waiting.counts * rewards, 0.0)
            waiting.counts += waiting.is_open
        self._waiting.append(
            _Waiting(
                observations.copy(),
                actions.copy(),
                np.array(rewards, np.float64),
                self._one.copy(),
                np.ones(len(rewards), np.bool_),
            )
        )
        for waiting in self._waiting:
            is_due = waiting.is_open & ((waiting.counts == self._n) | ended)
            if is_due.any():
                rows = np.flatnonzero(is_due)
                self._store(
                    waiting.observations[rows], waiting.actions[rows], waiting.rewards[rows],
                    following[rows],
                    np.where(terminated[rows], 0.0, self._gamma ** waiting.counts[rows]),
                )  # fmt: skip
                waiting.is_open &= ~is_due
        while self._waiting and not self._waiting[0].is_open.any():
            self._waiting.popleft()

    def _store(
        self, observations: Array, actions: Array, rewards: Array, following: Array,
        discounts: Array,
    ) -> None:  # fmt: skip
        count = len(rewards)
        first = self.position
        places: Any = slice(first, first + count)
        if first + count > self.size:
            places = np.arange(first, first + count) % self.size
        self.observations[places] = observations
        self.actions[places] = actions
        self.rewards[places] = rewards
        self.following[places] = following
        self.discounts[places] = discounts
        self.is_full = self.is_full or first + count >= self.size
        self.position = (first + count) % self.size

    def forget_open_steps(self) -> None:
        """Drop what waits for further rewards: the episodes do not go on."""
        self._waiting.clear()

    # ---- drawing

    def draw(self, count: int, generator: np.random.Generator) -> Drawn:
        """Draw transitions, with replacement."""
        places = generator.integers(0, len(self), count)
        # What an index by an array does, in less time.
        return Drawn(
            self.observations.take(places, 0),
            self.actions.take(places, 0),
            self.rewards.take(places),
            self.following.take(places, 0),
            self.discounts.take(places),
        )

    # ---- saving

    def open_state(self) -> dict[str, Array]:
        """Return the timesteps that wait, as arrays."""
        found: dict[str, Array] = {}
        for idx, waiting in enumerate(self._waiting):
            for name in ("observations", "actions", "rewards", "counts", "is_open"):
                found[f"waiting.{idx}.{name}"] = np.array(getattr(waiting, name))
        return found

    def load_open_state(self, arrays: dict[str, Array]) -> None:
        """Go on waiting."""
        self._waiting.clear()
        while f"waiting.{len(self._waiting)}.counts" in arrays:
            prefix = f"waiting.{len(self._waiting)}."
            self._waiting.append(
                _Waiting(
                    *(
                        arrays[prefix + name].copy()
                        for name in ("observations", "actions", "rewards", "counts", "is_open")
                    )
                )
            )

    @property
    def filled_bytes(self) -> int:
        """Memory of what is filled."""
        return sum(getattr(self, name)[: len(self)].nbytes for name in _ARRAYS)

    def members(self) -> dict[str, bytes]:
        """Return the file with everything that is filled."""
        filled = len(self)
        arrays = {name: getattr(self, name)[:filled] for name in _ARRAYS}
        about = {"position": self.position, "is_full": self.is_full}
        return {REPLAY_FILE: save(arrays, {"about": json.dumps(about)})}

    def load(self, data: bytes) -> None:
        """Fill an empty memory of the same size.

        Raises:
            TrainingFailedError: The file is damaged, or of a memory of another form.
        """
        try:
            length = int.from_bytes(data[:8], "little")
            about = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["about"])
            arrays = load(data)
            filled = len(arrays["rewards"])
            for name in _ARRAYS:
                getattr(self, name)[:filled] = arrays[name]
            self.position, self.is_full = int(about["position"]), bool(about["is_full"])
        except (SafetensorError, KeyError, ValueError, TypeError) as error:
            raise TrainingFailedError(f"{REPLAY_FILE} cannot be used: {error}") from error
