"""Choosing the training episodes that are kept as replays; used by the training thread alone."""

import math
import time
from collections.abc import Callable

import msgspec

from gymlab.domain.replays import (
    EVERY_EPISODES,
    MAX_KEPT,
    MAX_REASONS,
    MAX_REPLAY_BYTES,
    ReplayKind,
)
from gymlab.envs.state.episode import StateNotSavedError
from gymlab.protocol.parts import EpisodeRow
from gymlab.protocol.worker import Replay
from gymlab.runner_api.tracking import FinishedEpisode

RECORD_SPACING_S = 1.0
EXAMPLE_SPACING_S = 3.0
"""Examples of one reason are sent no more often: what was learned since is what differs."""


class ReplaySampler:
    """Sends the first episode, records, examples of every ending, some in between and the last."""

    def __init__(
        self,
        post: Callable[[Replay], None],
        *,
        best: float = -math.inf,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin, or go on.

        Args:
            post: Sends a replay.
            best: Highest return so far.
            now: Clock.
        """
        self._post = post
        self._now = now
        self._best = best
        self._record_due = -math.inf
        self._examples_due: dict[str, float] = {}
        self._every = EVERY_EPISODES
        self._num_every = 0
        self._last: tuple[FinishedEpisode, EpisodeRow] | None = None

    def episode(self, finished: FinishedEpisode, row: EpisodeRow) -> None:
        """Look at an episode whose row was just sent."""
        if finished.record is None:
            return
        self._last = finished, row
        kinds = [
            *([ReplayKind.FIRST] if row.episode == 1 else []),
            *self._record_kinds(row),
            *self._every_kinds(row),
            *self._example_kinds(finished),
        ]
        if kinds:
            self._last = None
            self._send(finished, row, kinds)

    def close(self) -> None:
        """Send the last episode, unless it was sent before."""
        if self._last is not None:
            self._send(*self._last, [ReplayKind.LAST])
            self._last = None

    def _record_kinds(self, row: EpisodeRow) -> list[ReplayKind]:
        value = row.episode_return
        if value is None or value <= self._best:
            return []
        self._best = value
        if row.episode == 1 or self._now() < self._record_due:
            return []
        self._record_due = self._now() + RECORD_SPACING_S
        return [ReplayKind.RECORD]

    def _every_kinds(self, row: EpisodeRow) -> list[ReplayKind]:
        if row.episode % self._every:
            return []
        self._num_every += 1
        if self._num_every >= MAX_KEPT[ReplayKind.EVERY]:
            self._every, self._num_every = 2 * self._every, self._num_every // 2
        return [ReplayKind.EVERY]

    def _example_kinds(self, finished: FinishedEpisode) -> list[ReplayKind]:
        due = self._examples_due.get(finished.termination)
        if due is None and len(self._examples_due) >= MAX_REASONS:
            return []
        if due is not None and self._now() < due:
            return []
        self._examples_due[finished.termination] = self._now() + EXAMPLE_SPACING_S
        return [ReplayKind.TERMINATION]

    def _send(self, finished: FinishedEpisode, row: EpisodeRow, kinds: list[ReplayKind]) -> None:
        if finished.record is None:
            return
        try:
            content = msgspec.json.encode(finished.record.plain())
        except (StateNotSavedError, TypeError, ValueError, OverflowError):
            return  # it cannot be written down: there is nothing to replay
        if len(content) <= MAX_REPLAY_BYTES:
            self._post(Replay(row=row, kinds=[kind.value for kind in kinds], record=content))
