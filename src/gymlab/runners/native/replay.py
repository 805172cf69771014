"""The memory of transitions that DQN learns from: n-step returns, uniform or prioritised draws.

B transitions of a minibatch, N environments, n timesteps of a return.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from gymlab.agents.config_dqn import PrioritizedDqnConfig
from gymlab.agents.observing import Array, ObservationEncoder
from gymlab.agents.remembering import REPLAY_FILE
from gymlab.errors import TrainingFailedError
from gymlab.runners.native.sum_tree import SumTree

_ARRAYS = ("observations", "following", "actions", "rewards", "discounts")
_SMALLEST_PRIORITY = 1e-6


@dataclass(frozen=True, slots=True)
class Drawn:
    """B transitions.

    A transition is (s, a, R, s', d): R sums the discounted rewards of up to n timesteps, s' is what
    followed them, and d is what the value of s' is worth: gamma^n, or 0 where the episode ended.
    """

    places: NDArray[np.int64]
    weights: NDArray[np.float32] | None
    """(B,) importance weights of prioritised draws; None where all count alike."""


class Replay:
    """A ring of transitions."""

    def __init__(
        self, config: PrioritizedDqnConfig, encoder: ObservationEncoder, num_envs: int
    ) -> None:
        """Take the memory at once, so that a buffer that does not fit fails at the start."""
        size = max(config.buffer_size, num_envs)
        self.observations = encoder.empty(size)
        self.following = encoder.empty(size)
        self.actions = np.zeros(size, np.int64)
        self.rewards = np.zeros(size, np.float32)
        self.discounts = np.zeros(size, np.float32)
        self.size = size
        self.position = 0
        self.is_full = False
        self._gamma, self._n = config.gamma, config.n_steps
        self._exponent = config.priority_exponent
        self._tree = SumTree(size) if config.prioritized_replay else None
        self._largest = 1.0
        self._open: list[list[tuple[Array, int, float]]] = [[] for _ in range(num_envs)]
        """Timesteps of each environment whose n-step return is not complete."""

    def __len__(self) -> int:
        """Return the number of transitions."""
        return self.size if self.is_full else self.position

    # ---- taking in

    def add(
        self, env_index: int, observation: Array, action: int, reward: float, following: Array,
        *, terminated: bool, ended: bool,
    ) -> None:  # fmt: skip
        """Take in one timestep.

        With n > 1 it waits until n rewards are known, or the episode ends:

            R_t = sum_{k < n} gamma^k r_t+k        (Sutton 1988; Hessel et al. 2018, equation 3)
        """
        waiting = self._open[env_index]
        waiting.append((observation.copy(), action, reward))
        if len(waiting) == self._n:
            self._store(waiting, following, terminated=terminated)
            waiting.pop(0)
        if ended:
            while waiting:
                self._store(waiting, following, terminated=terminated)
                waiting.pop(0)

    def _store(
        self, steps: list[tuple[Array, int, float]], following: Array, *, terminated: bool
    ) -> None:
        place = self.position
        total = 0.0
        for _, _, reward in reversed(steps):
            total = reward + self._gamma * total
        self.observations[place] = steps[0][0]
        self.actions[place] = steps[0][1]
        self.rewards[place] = total
        self.following[place] = following
        self.discounts[place] = 0.0 if terminated else self._gamma ** len(steps)
        if self._tree is not None:
            # New transitions are drawn at least once: Schaul et al. 2016, algorithm 1, line 6.
            priority = np.array([self._largest**self._exponent])
            self._tree.set(np.array([place]), priority)
        self.position += 1
        if self.position == self.size:
            self.position, self.is_full = 0, True

    def forget_open_steps(self) -> None:
        """Drop what waits for further rewards: the episodes do not go on."""
        for waiting in self._open:
            waiting.clear()

    # ---- drawing

    @property
    def is_prioritized(self) -> bool:
        """Whether transitions are drawn by their error."""
        return self._tree is not None

    def draw(self, count: int, generator: np.random.Generator, importance: float) -> Drawn:
        """Draw transitions, with replacement.

        Args:
            count: How many.
            generator: Source of randomness.
            importance: Exponent of the importance weights, beta.
        """
        if self._tree is None:
            return Drawn(generator.integers(0, len(self), count), None)
        # P(i) = p_i^alpha / sum_k p_k^alpha            (Schaul et al. 2016, equation 1)
        # One draw from each of `count` equal parts of the sum.
        parts = (np.arange(count) + generator.random(count)) / count
        places = np.minimum(self._tree.find(parts * self._tree.total), len(self) - 1)
        probabilities = self._tree.leaves[places] / self._tree.total
        # w_i = (1 / N / P(i))^beta, scaled by their largest      (section 3.4)
        weights = (len(self) * probabilities) ** -importance
        return Drawn(places, (weights / weights.max()).astype(np.float32))

    def learnt(self, drawn: Drawn, errors: Array) -> None:
        """Give drawn transitions the priority of their error |delta| + epsilon."""
        if self._tree is not None:
            priorities = np.abs(errors).astype(np.float64) + _SMALLEST_PRIORITY
            self._largest = max(self._largest, float(priorities.max()))
            self._tree.set(drawn.places, priorities**self._exponent)

    # ---- saving

    def open_state(self) -> dict[str, Any]:
        """Return the timesteps that wait, as plain data."""
        return {
            "open": [
                [[step[0].tolist(), step[1], step[2]] for step in waiting] for waiting in self._open
            ]
        }

    def load_open_state(self, state: Mapping[str, Any]) -> None:
        """Go on waiting."""
        dtype = self.observations.dtype
        self._open = [
            [(np.array(seen, dtype), int(action), float(reward)) for seen, action, reward in steps]
            for steps in state["open"]
        ]

    @property
    def filled_bytes(self) -> int:
        """Memory of what is filled."""
        return sum(getattr(self, name)[: len(self)].nbytes for name in _ARRAYS)

    def members(self) -> dict[str, bytes]:
        """Return the file with everything that is filled."""
        filled = len(self)
        arrays = {name: getattr(self, name)[:filled] for name in _ARRAYS}
        if self._tree is not None:
            arrays["priorities"] = self._tree.leaves[:filled].copy()
        about = {"position": self.position, "is_full": self.is_full, "largest": self._largest}
        return {REPLAY_FILE: save_arrays(arrays, {"about": json.dumps(about)})}

    def load(self, data: bytes) -> None:
        """Fill an empty memory of the same size.

        Raises:
            TrainingFailedError: The file is damaged, or of a memory of another form.
        """
        try:
            about = _metadata(data)
            arrays = load_arrays(data)
            filled = len(arrays["actions"])
            for name in _ARRAYS:
                getattr(self, name)[:filled] = arrays[name]
            self.position, self.is_full = int(about["position"]), bool(about["is_full"])
            self._largest = float(about["largest"])
            if self._tree is not None:
                self._tree.set(np.arange(filled), arrays["priorities"])
        except (SafetensorError, KeyError, ValueError, TypeError) as error:
            raise TrainingFailedError(f"{REPLAY_FILE} cannot be used: {error}") from error


def _metadata(data: bytes) -> dict[str, Any]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["about"])
