"""The run's files and state, kept in step with each other."""

import asyncio
import contextlib
import math
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.timestamps import rfc3339
from gymlab.protocol.parts import EpisodeRow, LearnerRow
from gymlab.protocol.shim import Assign, RunState
from gymlab.protocol.worker import Finished, Heartbeat, Initialized, LogEvent, ResetEpisode
from gymlab.supervisor.log_pump import LogFile
from gymlab.supervisor.rows import RowNumberer, RowSummary
from gymlab.supervisor.run_folder import EVENTS_FILE, RunFolder, last_event_seq

STATE_EVERY_S = 1.0
MAX_MESSAGE_CHARACTERS = 2000
MAX_DATA_BYTES = 16 * 1024
MAX_EVENTS = 20_000
MAX_WORKER_EVENT_BYTES = 2 * 1024 * 1024
"""Text and data of all events that one worker reports."""


class RunRecorder:
    """Writes rows, events, log and state of one attempt."""

    def __init__(self, folder: RunFolder, assignment: Assign, *, rewind_to_seq: int) -> None:
        """Continue the files of earlier attempts.

        Args:
            folder: The claimed folder.
            assignment: The attempt.
            rewind_to_seq: Last row that still counts; later ones are superseded.
        """
        self.folder = folder
        self._storing, self._stored_at = threading.Lock(), -math.inf
        earlier = folder.read_state()
        self._log = LogFile(folder.path, written_bytes=earlier.log_bytes if earlier else 0)
        self._numberer = RowNumberer(
            attempt=assignment.attempt,
            seq=rewind_to_seq,
            main_loss=assignment.algorithm.get("main_loss"),
        )
        self._event_seq = max(
            last_event_seq(folder.path / EVENTS_FILE), earlier.event_seq if earlier else 0
        )
        self._warned_names = False
        self._worker_event_bytes = 0
        base = earlier or RunState(status="starting", attempt=assignment.attempt)
        self.state = msgspec.structs.replace(
            base, attempt=assignment.attempt, finished_at=None, recording_id=None
        )
        if assignment.attempt > 1:
            marker = {
                "rewind_to_seq": rewind_to_seq,
                "attempt": assignment.attempt,
                "timestamp": rfc3339(time.time()),
            }
            with contextlib.suppress(OSError):  # it waits, and whoever writes next is told
                folder.metrics.append([marker])
        self._measure()

    @property
    def mean_return(self) -> float | None:
        """Mean return of the last 100 training episodes."""
        return self._numberer.mean_return

    def summary(self) -> bytes:
        """Return what later rows need of the rows so far."""
        return msgspec.json.encode(self._numberer.summary())

    def continue_from(self, summary: bytes) -> None:
        """Let the rows go on from what `summary` returned.

        Raises:
            ValueError: It is nothing that `summary` returns.
        """
        self._numberer.continue_from(msgspec.json.decode(summary, type=RowSummary))

    @property
    def seq(self) -> int:
        """Number of the last row."""
        return self._numberer.seq

    def termination_name(self, reason: str | None) -> str:
        """Return the name under which episodes that ended so are counted."""
        return self._numberer.termination_name(reason)

    def update(self, **changes: Any) -> None:
        """Change fields of the state."""
        self.state = msgspec.structs.replace(self.state, updated_at=time.time(), **changes)

    def episodes(self, rows: Iterable[EpisodeRow]) -> None:
        """Append finished episodes."""
        self._rows(self._numberer.episodes(rows))

    def learner(self, row: LearnerRow) -> None:
        """Append measurements of the learner."""
        self._rows([self._numberer.learner(row)])
        if self._numberer.refused_names and not self._warned_names:
            self._warned_names = True
            names = ", ".join(sorted(self._numberer.refused_names)[:5])
            self.event(
                EventType.WARNING, f"Unknown metrics were left out: {names}", EventLevel.WARNING
            )

    def _rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            self.folder.metrics.append(rows)
        finally:
            # Also where they wait for the disk: they have their numbers and will follow.
            self._measure(metrics={**self.state.metrics, **self._numberer.latest})

    def worker_event(self, message: LogEvent) -> None:
        """Append an event that the worker reports, if it is of a known type and not too large."""
        if self._event_seq >= MAX_EVENTS or self._worker_event_bytes > MAX_WORKER_EVENT_BYTES:
            return
        try:
            event_type = EventType(message.event_type)
        except ValueError:
            return
        size = len(msgspec.json.encode(message.data))
        data = message.data if size <= MAX_DATA_BYTES else {}
        self._worker_event_bytes += min(size, MAX_DATA_BYTES) + len(
            message.message[:MAX_MESSAGE_CHARACTERS]
        )
        self.event(event_type, message.message, EventLevel(message.level), data)

    def event(
        self,
        event_type: EventType,
        text: str,
        level: EventLevel = EventLevel.INFO,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Append to the event log."""
        if self._event_seq >= MAX_EVENTS and level is EventLevel.INFO:
            return
        entry = {
            "seq": self._event_seq + 1,
            "timestamp": rfc3339(time.time()),
            "event_type": event_type.value,
            "level": level.value,
            "message": text[:MAX_MESSAGE_CHARACTERS],
            "data": {"timestep": self.state.timestep, **(data or {})},
        }
        self._event_seq += 1
        try:
            self.folder.events.append([entry])
        finally:
            self._measure()

    def cut_by_hand(self, message: ResetEpisode) -> None:
        """Note that somebody ends an episode: nobody else gets these numbers again."""
        self.event(
            EventType.WARNING,
            f"The episode of environment {message.env_index} was cut off by hand",
            data={"by_hand": "reset_episode", "env_index": message.env_index},
        )

    def log(self, chunk: bytes) -> None:
        """Append to the log."""
        try:
            self._log.write(chunk)
        finally:
            self._measure()

    def progress(self, message: Heartbeat) -> None:
        """Take over the training thread's counters."""
        self.update(
            timestep=message.timestep,
            episodes=message.episodes,
            gradient_steps=message.gradient_steps,
            duration_s=round(message.wall_time_s, 3),
        )

    def finished(self, message: Finished) -> None:
        """Take over the final counters."""
        self.update(
            timestep=message.timestep,
            episodes=message.episodes,
            duration_s=round(message.wall_time_s, 3),
        )

    def initialized(self, message: Initialized) -> None:
        """Note what the environments and the agent turned out to be."""
        self.update(
            can_render=message.can_render,
            no_render_reason=message.no_render_reason,
            num_envs=message.num_envs,
            device=message.device,
        )
        data = {"num_envs": message.num_envs, "device": message.device}
        self.event(EventType.ENVIRONMENT_INITIALIZED, message.message, data=data)

    def store_state(self, *, durable: bool) -> None:
        """Replace `state.json`."""
        with self._storing:
            self.folder.write_state(self.state, durable=durable)
            self._stored_at = time.monotonic()

    async def sync(self) -> None:
        """Write what waits, store the state if that is due, and make rows and events durable.

        Raises:
            OSError: The disk is full or failing; what waits goes on waiting.
        """
        was_waiting = self.folder.waiting_bytes > 0 or self._log.is_waiting
        await asyncio.to_thread(self._sync)
        if was_waiting:
            self._measure()

    def _sync(self) -> None:
        self.folder.sync()
        self._log.flush()
        if time.monotonic() - self._stored_at >= STATE_EVERY_S:
            self.store_state(durable=False)
        self.folder.require_room()

    def close(self) -> None:
        """Close every file and give the claim back."""
        self._log.close()
        self.folder.close()

    def _measure(self, **changes: Any) -> None:
        self.update(
            seq=self._numberer.seq,
            event_seq=self._event_seq,
            metrics_bytes=self.folder.metrics.size_bytes,
            events_bytes=self.folder.events.size_bytes,
            log_bytes=self._log.written_bytes,
            **changes,
        )
