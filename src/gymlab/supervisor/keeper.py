"""Storing checkpoints and artifacts beside the event loop, one after the other."""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Sequence

import msgspec

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import RunSpec
from gymlab.protocol.learning import LearnerPicture
from gymlab.protocol.parts import Member
from gymlab.protocol.shim import Assign
from gymlab.protocol.worker import Artifact, Checkpoint, Replay
from gymlab.supervisor.blobs import BlobError, BlobTable
from gymlab.supervisor.checkpoint_store import (
    CheckpointStore,
    Manifest,
    StoredCheckpoint,
    finite_or_unset,
    new_manifest,
)
from gymlab.supervisor.picture_store import PictureStore
from gymlab.supervisor.recorder import RunRecorder
from gymlab.supervisor.replay_store import ReplayStore
from gymlab.supervisor.resuming import ROWS_FILE

LOGGER = logging.getLogger(__name__)
MAX_ARTIFACT_BYTES = 4 * 1024**3
"""Recordings and other files that one attempt may leave."""
OnSaved = Callable[[], None]


class Keeper:
    """Writes large files in a thread while messages keep flowing."""

    def __init__(
        self,
        assignment: Assign,
        *,
        recorder: RunRecorder,
        blobs: BlobTable,
        on_trouble: Callable[[OSError], None],
    ) -> None:
        """Keep the files of one attempt.

        Args:
            assignment: The attempt.
            recorder: Its rows and events.
            blobs: Memory that its worker filled.
            on_trouble: Told when the disk did not take something that is not given up.
        """
        self._assignment = assignment
        self._spec_sha256 = RunSpec.model_validate(assignment.spec).sha256()
        self._recorder = recorder
        self._blobs = blobs
        self._store = CheckpointStore(recorder.folder.path)
        self._store.remove_unfinished()
        self._replays = ReplayStore(recorder.folder.path)
        self._replays.rewind(recorder.seq)
        self._pictures = PictureStore(recorder.folder.path)
        self._pictures.rewind(recorder.seq)
        self._last: asyncio.Task[None] | None = None
        self._artifact_bytes = 0
        self._on_trouble = on_trouble
        self._again = asyncio.Event()
        self._has_given_up = False
        self.is_holding = False
        """Whether a checkpoint waits in memory for a disk that did not take it."""

    def has_checkpoint(self) -> bool:
        """Tell whether training can continue from somewhere."""
        return bool(self._store.all())

    def checkpoint(self, message: Checkpoint, *, on_saved: OnSaved) -> None:
        """Store a checkpoint; rows written so far belong to it."""
        manifest = new_manifest({
            "run_id": self._assignment.run_id,
            "spec_sha256": self._spec_sha256,
            "attempt": self._assignment.attempt,
            "timestep": message.timestep,
            "episodes": message.episodes,
            "gradient_steps": message.gradient_steps,
            "wall_time_s": message.wall_time_s,
            "mean_return": message.mean_return,
            "evaluated_return": finite_or_unset(message.evaluation_return),
            "seq": self._recorder.seq,
            "ends_run": message.ends_run or msgspec.UNSET,
            "versions": message.versions or self._assignment.spec.get("versions", {}),
        })
        summary = self._recorder.summary()
        rows = Member(name=ROWS_FILE, size=len(summary), content=summary)
        whole = msgspec.structs.replace(message, members=[*message.members, rows])
        self._chain(self._save(manifest, whole, on_saved))

    def artifact(self, message: Artifact, blobs: BlobTable, *, on_saved: OnSaved) -> None:
        """Store a file that a worker made, whose blobs are these."""
        self._artifact_bytes += max(0, message.member.size)
        if self._artifact_bytes > MAX_ARTIFACT_BYTES:
            blobs.discard([message.member])
            self._recording_ended(message)
            self._failed(
                f"{message.path[:100]} was not saved: the run's files are over their limit"
            )
            return
        try:
            with blobs.taken(message.member) as descriptor:
                kept = os.dup(descriptor)
        except BlobError as error:
            self._recording_ended(message)
            self._failed(f"{message.path[:100]} was not saved: {error}")
            return
        self._chain(self._save_artifact(message, kept, on_saved))

    def replay(self, message: Replay) -> None:
        """Keep an episode whose row was just written.

        Raises:
            OSError: It cannot be written.
        """
        recorder = self._recorder
        termination = recorder.termination_name(message.row.termination)
        if self._replays.keep(message, seq=recorder.seq, termination=termination):
            recorder.update(artifacts_version=recorder.state.artifacts_version + 1)

    def picture(self, message: LearnerPicture) -> None:
        """Keep a picture of the learner.

        Raises:
            OSError: It cannot be written.
        """
        self._pictures.keep(message, seq=self._recorder.seq)

    @property
    def is_idle(self) -> bool:
        """Whether everything was stored, or could not be."""
        return self._last is None or self._last.done()

    def try_again(self) -> None:
        """Store the checkpoint that waits in memory, if one does."""
        self._again.set()

    def give_up(self) -> None:
        """Wait no longer for a disk that takes nothing."""
        self._has_given_up = True
        self._again.set()

    async def finish(self, timeout_s: float | None = None) -> None:
        """Wait until everything was stored, or the time is up."""
        # `wait` takes no part in a failure: a file that cannot be stored never ends the run.
        if self._last is not None:
            await asyncio.wait([self._last], timeout=timeout_s)

    def _chain(self, work: Coroutine[None, None, None]) -> None:
        before = self._last

        async def after() -> None:
            if before is not None:
                await asyncio.wait([before])
            await work

        self._last = asyncio.get_running_loop().create_task(after())

    async def _save(self, manifest: Manifest, message: Checkpoint, on_saved: OnSaved) -> None:
        try:
            stored = await self._stored(manifest, message)
        except (OSError, ValueError, BlobError) as error:
            self._failed(f"Checkpoint at timestep {message.timestep:,} was not saved: {error}")
            return
        finally:
            self._blobs.discard(message.members)
        size = sum(file.size_bytes for file in stored.manifest.members.values())
        self._recorder.update(checkpoints_version=self._recorder.state.checkpoints_version + 1)
        self._note(
            EventType.CHECKPOINT_SAVED,
            f"Checkpoint saved at {message.timestep:,} timesteps",
            {"timestep": message.timestep, "size_bytes": size},
        )
        on_saved()

    async def _stored(self, manifest: Manifest, message: Checkpoint) -> StoredCheckpoint:
        """Store a checkpoint; where the disk does not take it, wait in memory until it does."""
        try:
            while True:
                self._again.clear()
                try:
                    return await asyncio.to_thread(self._write, manifest, message.members)
                except OSError as error:
                    if self._has_given_up:
                        raise
                    self.is_holding = True
                    self._on_trouble(error)
                await self._again.wait()
        finally:
            self.is_holding = False

    def _write(self, manifest: Manifest, members: Sequence[Member]) -> StoredCheckpoint:
        # Its rows first: a checkpoint never knows more than the files beside it.
        self._recorder.folder.sync()
        return self._store.save(manifest, members, self._blobs)

    async def _save_artifact(self, message: Artifact, descriptor: int, on_saved: OnSaved) -> None:
        write, size = self._recorder.folder.write_artifact, message.member.size
        try:
            await asyncio.to_thread(write, message.path, descriptor, size)
        except (OSError, ValueError, BlobError) as error:
            self._failed(f"{message.path[:100]} was not saved: {error}")
            return
        finally:
            os.close(descriptor)
            self._recording_ended(message)
        self._recorder.update(artifacts_version=self._recorder.state.artifacts_version + 1)
        self._note(
            EventType.RECORDING_SAVED,
            message.message,
            {**message.data, "path": message.path, "size_bytes": message.member.size},
        )
        on_saved()

    def _recording_ended(self, message: Artifact) -> None:
        """Allow the next recording, stored or not; one that began meanwhile goes on."""
        if self._recorder.state.recording_id == message.data.get("recording_id"):
            self._recorder.update(recording_id=None)

    def _note(self, event_type: EventType, text: str, data: dict[str, object]) -> None:
        try:
            self._recorder.event(event_type, text, data=data)
        except OSError as error:
            self._on_trouble(error)

    def _failed(self, text: str) -> None:
        LOGGER.warning(text)
        try:
            self._recorder.event(EventType.WARNING, text, EventLevel.WARNING)
        except OSError as error:
            self._on_trouble(error)
