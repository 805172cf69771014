"""When a run's checkpoints are due, and how they leave the worker."""

from collections.abc import Mapping
from typing import Any

from gymlab.domain.runs import FIRST_CHECKPOINT_S, RunSpec
from gymlab.protocol.worker import Checkpoint
from gymlab.runner_api.runner import CheckpointMembers, Members
from gymlab.runner_api.tracking import RunCounters
from gymlab.worker.blobs import BlobRefusedError, BlobWriter
from gymlab.worker.clock import TrainingClock
from gymlab.worker.outbox import Outbox
from gymlab.worker.run_rows import Warn


class Checkpointing:
    """Keeps the schedule of one run's checkpoints. Used by the training thread."""

    def __init__(
        self,
        spec: RunSpec,
        *,
        outbox: Outbox,
        blobs: BlobWriter,
        clock: TrainingClock,
        counters: RunCounters,
        warn: Warn,
        has_checkpoint: bool,
    ) -> None:
        """Begin counting now.

        Args:
            spec: Says how often.
            outbox: Where checkpoints go.
            blobs: Where their files go.
            clock: Training time.
            counters: What the run has done.
            warn: Adds a warning to the event log.
            has_checkpoint: Whether there is one to continue from already.
        """
        self._spec = spec
        self._outbox = outbox
        self._blobs = blobs
        self._clock = clock
        self._counters = counters
        self._warn = warn
        self._has_checkpoint = has_checkpoint
        self._timestep = counters.timestep
        self._time_s = clock.read()
        self._looked_at_s = self._time_s
        self._longest_s = 0.0
        """Longest training time between two safe points since the last checkpoint."""
        self._evaluated: tuple[int, float | None] = (-1, None)
        self.ends_run = False
        """Whether training is over, before its timesteps are done."""

    def evaluated(self, return_mean: float | None) -> None:
        """Note what the evaluation of the policy of this timestep found."""
        self._evaluated = (self._counters.timestep, return_mean)

    def is_due(self) -> bool:
        """Tell, at a safe point, whether a checkpoint is to be made now rather than at the next.

        So that no more than the time asked for can be lost, or than what lies between two safe
        points where that is more. The first one comes early: a run stopped soon has something to
        go on from.
        """
        now = self._clock.read()
        self._longest_s = max(self._longest_s, now - self._looked_at_s)
        self._looked_at_s = now
        if self._evaluated[0] > self._timestep:
            return True
        every = self._spec.checkpoint_every_timesteps
        if every is not None and self._counters.timestep - self._timestep >= every:
            return True
        if not self._has_checkpoint:
            return now - self._time_s >= min(self._spec.checkpoint_every_s, FIRST_CHECKPOINT_S)
        return now - self._time_s + self._longest_s > self._spec.checkpoint_every_s

    def begin(self) -> None:
        """Note that a checkpoint is made now: the next one counts from here."""
        self._has_checkpoint = True
        self._timestep = self._counters.timestep
        self._time_s = self._looked_at_s = self._clock.read()
        self._longest_s = 0.0

    def hand_over(
        self,
        members: CheckpointMembers,
        environments: Members,
        *,
        mean_return: float | None,
        versions: Mapping[str, str],
    ) -> None:
        """Hand the files over; a refusal is a warning, the run goes on."""
        try:
            durable: dict[str, Any] = {**members.durable, **environments}
            files = self._blobs.members(durable, members.transient)
        except BlobRefusedError as error:
            self._warn(f"A checkpoint was not stored. {error.detail}", {})
            return
        timestep, found = self._evaluated
        self._outbox.post(
            Checkpoint(
                timestep=self._counters.timestep,
                episodes=self._counters.episodes,
                gradient_steps=self._counters.gradient_steps,
                wall_time_s=self._time_s,
                mean_return=mean_return,
                members=files,
                evaluation_return=found if timestep == self._counters.timestep else None,
                versions=dict(versions),
                ends_run=self.ends_run,
            )
        )
