"""What a short training says of its progress, and the cost of a timestep that follows from it."""

import math
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean, pstdev

from gymlab.protocol.framing import ProtocolError

ENOUGH_S = 2.5
"""Training time behind the figure, where marks allow it."""
LONGEST_S = 10.0
"""Training time after which a measurement ends whatever it has."""
WARMING_S = 0.4
"""The first moments of learning are slower: code and caches are cold."""
ENOUGH_CYCLES = 3
NUM_PARTS = 4
_MIN_SPAN_S = 0.05


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the training was at one moment."""

    time_s: float
    """Training time."""
    timestep: int


@dataclass(slots=True)
class Tape:
    """Keeps the marks of one short training.

    A backend that learns from whole rollouts stands still in its updates, so only the ends of
    its cycles are compared. The others are looked at every heartbeat.
    """

    learns_from_rollouts: bool
    """Whether a cycle is a rollout and the updates on it."""
    learning_starts: int = 0
    """Timesteps before the first update."""
    beats: list[Mark] = field(default_factory=list[Mark])
    """Ten a second."""
    cycles: list[Mark] = field(default_factory=list[Mark])
    """At each report of the learner."""
    num_updates: int = 0
    """Gradient steps that it reported."""
    _updates_of_cycles: int = 0

    def beat(self, time_s: float, timestep: int, num_updates: int) -> None:
        """Note a heartbeat.

        Raises:
            ProtocolError: Training time or timesteps that no training can have.
        """
        self.num_updates = max(self.num_updates, num_updates)
        _add(self.beats, Mark(time_s, timestep))

    def cycle(self, time_s: float, timestep: int, num_updates: int) -> None:
        """Note a report of the learner.

        Raises:
            ProtocolError: Training time or timesteps that no training can have.
        """
        if num_updates > self._updates_of_cycles:
            # A learner that has been silent for long reports its speed in the middle of a rollout.
            self._updates_of_cycles = self.num_updates = num_updates
            _add(self.cycles, Mark(time_s, timestep))

    @property
    def time_s(self) -> float:
        """Training time so far."""
        return self.beats[-1].time_s if self.beats else 0.0

    @property
    def is_enough(self) -> bool:
        """Whether more would tell little more."""
        if self.time_s >= LONGEST_S:
            return True
        marks = self.learning
        if len(marks) <= ENOUGH_CYCLES or (self.learns_from_rollouts and not self._has_cycles):
            return False
        return marks[-1].time_s - marks[0].time_s >= ENOUGH_S

    @property
    def progress(self) -> float:
        """About which share of the measurement is done, 0 to 1; it never falls."""
        return 1.0 if self.is_enough else min(0.95, self.time_s / (WARMING_S + 1.5 * ENOUGH_S))

    @property
    def saw_updates(self) -> bool:
        """Whether the marks hold whole updates."""
        return self._has_cycles if self.learns_from_rollouts else self.num_updates > 0

    @property
    def learning(self) -> list[Mark]:
        """The marks from which on it learns and is warm."""
        if self._has_cycles:
            return self.cycles
        learning = [mark for mark in self.beats if mark.timestep >= self.learning_starts]
        begun = learning[0].time_s if learning else 0.0
        warm = [mark for mark in learning if mark.time_s >= begun + WARMING_S]
        return warm if len(warm) > NUM_PARTS else learning

    @property
    def gathering(self) -> float | None:
        """Training time of a timestep before learning begins; None where that is too short."""
        before = [mark for mark in self.beats if mark.timestep < self.learning_starts]
        if len(before) < 2:
            return None
        return _cost(before[0], before[-1])

    @property
    def _has_cycles(self) -> bool:
        return self.learns_from_rollouts and len(self.cycles) >= ENOUGH_CYCLES

    @property
    def measured(self) -> tuple[int, float]:
        """Timesteps and training time between the marks that are compared."""
        marks = self.learning or self.beats
        if not marks:
            return 0, 0.0
        return marks[-1].timestep - marks[0].timestep, marks[-1].time_s - marks[0].time_s

    def s_per_timestep(self) -> float | None:
        """Return the training time of a timestep while it learns; None when nothing is known."""
        marks = self.learning
        found = _cost(marks[0], marks[-1]) if len(marks) > 1 else None
        if found is None and self.beats:
            found = _cost(Mark(0.0, 0), self.beats[-1])
        return found

    def spread(self) -> float:
        """Return the relative standard deviation between the parts of the measurement."""
        marks = self.learning
        step = max(1, (len(marks) - 1) // NUM_PARTS)
        parts = [cost for a, b in pairwise(marks[::step]) if (cost := _cost(a, b)) is not None]
        return pstdev(parts) / mean(parts) if len(parts) > 1 else 0.0


def _add(marks: list[Mark], mark: Mark) -> None:
    last = marks[-1] if marks else Mark(0.0, 0)
    if not math.isfinite(mark.time_s) or mark.time_s < last.time_s or mark.timestep < last.timestep:
        raise ProtocolError("training time or timesteps run backwards")
    if mark.timestep > 0:
        marks.append(mark)


def _cost(a: Mark, b: Mark) -> float | None:
    timesteps, span_s = b.timestep - a.timestep, b.time_s - a.time_s
    return span_s / timesteps if timesteps > 0 and span_s >= _MIN_SPAN_S else None
