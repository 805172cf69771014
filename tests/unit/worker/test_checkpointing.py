"""Checkpoints come so often that little is lost, and not more often than that needs."""

import itertools
import socket
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gymlab.domain.runs import FIRST_CHECKPOINT_S, RunSpec
from gymlab.runner_api.tracking import RunCounters
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.checkpointing import Checkpointing
from gymlab.worker.clock import TrainingClock
from gymlab.worker.outbox import Outbox

EVERY_S = 30.0


class Training:
    """A run with a clock that only tests move."""

    def __init__(self, *, has_checkpoint: bool, every_timesteps: int | None = None) -> None:
        """Begin at second 0."""
        self.now = 0.0
        clock = TrainingClock(now=lambda: self.now)
        clock.start()
        self._ours, self._theirs = socket.socketpair()
        self.outbox = Outbox(self._ours, on_lost=lambda: None)
        self.counters = RunCounters()
        self.checkpoints = Checkpointing(
            RunSpec(
                run_id="0123456789ab",
                env_id="CartPole-v1",
                runner="fake",
                algorithm="random",
                hyperparameters={},
                total_timesteps=100,
                seed=0,
                checkpoint_every_timesteps=every_timesteps,
            ),
            outbox=self.outbox,
            blobs=BlobWriter(self.outbox.post),
            clock=clock,
            counters=self.counters,
            warn=_ignore,
            has_checkpoint=has_checkpoint,
        )

    def close(self) -> None:
        """Close the link."""
        self.outbox.close()
        self._ours.close()
        self._theirs.close()

    def made_at(self, gaps: list[float]) -> list[float]:
        """Let safe points follow each other; return when checkpoints were made."""
        made: list[float] = []
        for gap in gaps:
            self.now += gap
            if self.checkpoints.is_due():
                self.checkpoints.begin()
                made.append(self.now)
        return made


def _ignore(message: str, data: Mapping[str, Any]) -> None:
    """Warn nobody."""


@given(gap=st.floats(0.01, 90.0), num_safe_points=st.integers(1, 400))
def test_a_kill_loses_at_most_half_a_minute_or_one_rollout(
    gap: float, num_safe_points: int
) -> None:
    """Whichever is more, at every moment after the first checkpoint."""
    training = Training(has_checkpoint=True)
    made = training.made_at([gap] * num_safe_points)
    training.close()
    ends = [0.0, *made, training.now]
    lost = max(after - before for before, after in itertools.pairwise(ends))
    assert lost <= max(EVERY_S, gap) + 1e-6
    # And not for nothing: two in a row are further apart than one more safe point would allow.
    between = [after - before for before, after in itertools.pairwise(made)]
    assert all(length + gap > EVERY_S - 1e-6 for length in between)


@given(st.lists(st.floats(0.01, 20.0), min_size=1, max_size=200))
def test_uneven_rollouts_lose_little_more(gaps: list[float]) -> None:
    """What comes next is not known; it is never worse than the longest rollout on top."""
    training = Training(has_checkpoint=True)
    ends = [0.0, *training.made_at(gaps), training.now]
    training.close()
    lost = max(after - before for before, after in itertools.pairwise(ends))
    assert lost <= EVERY_S + max(gaps) + 1e-6


def test_the_first_one_comes_early() -> None:
    """A run stopped after three seconds can be resumed."""
    training = Training(has_checkpoint=False)
    assert training.made_at([0.5] * 8) == [FIRST_CHECKPOINT_S]
    training.close()


def test_timesteps_are_counted_exactly() -> None:
    """Every so many timesteps means at the first safe point after them."""
    training = Training(has_checkpoint=True, every_timesteps=100)
    made: list[int] = []
    for _ in range(20):
        training.counters.timestep += 30
        if training.checkpoints.is_due():
            training.checkpoints.begin()
            made.append(training.counters.timestep)
    training.close()
    assert made == [120, 240, 360, 480, 600]
