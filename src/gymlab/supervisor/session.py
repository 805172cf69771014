"""One attempt of one run: what its worker says becomes files and state."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import FINISHED_STATUSES, RunStatus
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.learning import LearnerPicture
from gymlab.protocol.shim import (
    Assign,
    Deploy,
    Deployed,
    FrameNotice,
    FrameRelay,
    ProcessIdentity,
    Progress,
    RunState,
    ToShim,
)
from gymlab.protocol.worker import (
    Artifact,
    BlobRequest,
    ChangeHyperparameters,
    Checkpoint,
    Episodes,
    Failed,
    Finished,
    Frame,
    FrameStatus,
    FramesUnavailable,
    FromWorker,
    Heartbeat,
    Initialized,
    Learner,
    LogEvent,
    Pause,
    Paused,
    PhaseChanged,
    Policy,
    Ready,
    Record,
    Replay,
    ResetEpisode,
    Started,
    Stop,
    StopRecording,
    ToWorker,
    Unpause,
    Unpaused,
    Watch,
)
from gymlab.supervisor.blobs import BlobTable, answer
from gymlab.supervisor.channels import Link, Worker, picture_of, wait_for
from gymlab.supervisor.conclusion import conclude_badly, conclude_well
from gymlab.supervisor.deaths import runs_user_code
from gymlab.supervisor.disk_trouble import DiskTrouble
from gymlab.supervisor.keeper import Keeper
from gymlab.supervisor.oversight import Oversight, failure, failure_said
from gymlab.supervisor.process_identity import identity_of
from gymlab.supervisor.recorder import RunRecorder
from gymlab.supervisor.resuming import Beginning, start_message
from gymlab.supervisor.showcase import Showcase
from gymlab.supervisor.this_machine import machine_key
from gymlab.supervisor.watchdog import CHECK_EVERY_S

PROGRESS_EVERY_S = 0.25
SYNC_EVERY_S = 0.5
"""Rows reach the disk at least so often; a full disk is tried again as often."""
MAX_WAITING_BYTES = 32 * 1024 * 1024
"""With more than this in memory for a disk that takes nothing, the worker is not read."""
LOGGER = logging.getLogger(__name__)
_LIVE = (RunStatus.RUNNING, RunStatus.PAUSED)


class RunSession:
    """Drives a worker through one attempt and records everything it does."""

    def __init__(
        self,
        assignment: Assign,
        *,
        worker: Worker,
        link: Link,
        shim: ProcessIdentity,
        recorder: RunRecorder,
        beginning: Beginning,
    ) -> None:
        """Take over a worker that is ready, or becomes ready, for this assignment."""
        self._assignment = assignment
        self._worker = worker
        self._link = link
        self._recorder = recorder
        self._beginning = beginning
        self._held_back: list[ToWorker] | None = []
        self._blobs = BlobTable()
        self._keeper = Keeper(
            assignment, recorder=recorder, blobs=self._blobs, on_trouble=self._cannot_write
        )
        self._showcase = Showcase(
            recorder.folder.path,
            assignment.spec,
            say=self._picture,
            trainer=self._tell_worker,
            keep=self._keep_artifact,
        )
        self._status = RunStatus.STARTING
        self._oversight = Oversight(
            worker,
            memory_limit_bytes=assignment.limits.get("memory_bytes"),
            timestep=lambda: recorder.state.timestep,
            has_user_code=runs_user_code(assignment.spec),
            lent_bytes=lambda: self._blobs.allocated_bytes,
        )
        self._failure: dict[str, Any] | None = None
        self._finished: Finished | None = None
        self._done = asyncio.Event()
        self._trouble = DiskTrouble()
        self._max_waiting_bytes = assignment.limits.get("waiting_bytes") or MAX_WAITING_BYTES
        self._is_paused_by_hand = False
        self._handed_over_at = time.monotonic()
        self._earlier_peak = recorder.state.peak_memory_bytes or 0
        recorder.update(
            machine=machine_key(),
            status=self._status.value,
            status_reason=None,
            failure=None,
            shim=shim,
            worker=identity_of(worker.pid),
            phase="setup",
        )

    @property
    def state(self) -> RunState:
        """The run's state now."""
        return self._recorder.state

    async def run(self) -> None:
        """Serve the attempt until the worker is gone and every file is closed."""
        self._publish(durable=True)
        next_progress = next_sync = time.monotonic()
        while not self._is_over():
            now = time.monotonic()
            self._oversight.look()
            if now >= next_progress:
                next_progress = now + PROGRESS_EVERY_S
                self._tell_server()
            if now >= next_sync:
                next_sync = now + SYNC_EVERY_S
                await self._sync()
            if self._done.is_set():
                await self._keeper.finish(CHECK_EVERY_S)
            else:
                await wait_for(self._done, CHECK_EVERY_S)
        self._keeper.give_up()
        await self._keeper.finish()
        self._conclude()
        self._showcase.close()
        self._blobs.close()
        await self._write_the_rest()

    def _is_over(self) -> bool:
        """Tell whether the worker is gone and everything is written, or nobody waits for that."""
        if not self._done.is_set():
            return False
        is_written = self._keeper.is_idle and not self._trouble.is_on
        return is_written or self._oversight.is_stop_asked

    async def _write_the_rest(self) -> None:
        """Write the end down; a disk that is full just now is waited for as long as anybody would."""
        await self._sync()
        folder = self._recorder.folder
        while self._trouble.is_on and not self._oversight.is_stop_asked and folder.path.is_dir():
            await asyncio.sleep(SYNC_EVERY_S)
            await self._sync()
        if folder.waiting_bytes:
            LOGGER.warning("%d bytes could not be written", folder.waiting_bytes)
        self._write(self._recorder.close)

    # ---- commands of the server -----------------------------------------------------------

    def command(self, message: ToShim) -> None:
        """Carry out what the server asks; what does not fit the state is ignored."""
        match message:
            case Pause() | Unpause() if self._status in _LIVE:
                self._is_paused_by_hand = isinstance(message, Pause)
                # A full disk holds training as well, until it can be written again.
                if self._is_paused_by_hand or not self._trouble.is_on:
                    self._tell_worker(message)
            case ChangeHyperparameters() if self._status in _LIVE:
                self._tell_worker(message)
            case ResetEpisode() if self._status in _LIVE:
                self._write(lambda: self._recorder.cut_by_hand(message))
                self._tell_worker(message)
            case Stop():
                self._stop()
            case Watch() if message.source == "showcase":
                self._showcase.watch(message)
            case Deploy():
                self._showcase.deploy(message.timestep)
            case Watch():
                self._tell_worker(message)
            case Record() | StopRecording():
                self._record(message)
            case _:
                LOGGER.info("ignored %s while %s", type(message).__name__, self._status)

    def _stop(self) -> None:
        if self._status not in FINISHED_STATUSES and self._oversight.ask_to_stop():
            self._change(RunStatus.STOPPING)
            if self._held_back is None:
                self._tell_worker(Stop())
            else:
                self._worker.kill()  # it has not begun: there is nothing to save

    def _record(self, message: Record | StopRecording) -> None:
        if isinstance(message, StopRecording):
            # Not when the film comes: where nothing was shown there will be none.
            self._recorder.update(recording_id=None)
            self._tell_worker(message)
            self._showcase.send(message)
        elif message.source != "showcase":
            self._recorder.update(recording_id=message.recording_id)
            self._tell_worker(message)
        elif self._showcase.send(message):
            self._recorder.update(recording_id=message.recording_id)
        else:
            text = "Nothing was recorded: the showcase is not shown. Open it first."
            self._warn(text)
        self._tell_server()

    # ---- what the worker says -------------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        """Handle one message of the training worker."""
        match message:
            case Heartbeat():
                self._recorder.progress(message)
            case Episodes():
                self._write(lambda: self._recorder.episodes(message.rows))
            case Replay():
                self._write(lambda: self._keeper.replay(message))
            case Learner():
                self._write(lambda: self._recorder.learner(message.row))
            case Frame() | FramesUnavailable() | FrameStatus():
                if (picture := picture_of(message)) is not None:
                    self._picture(picture)
            case PhaseChanged():
                self._recorder.update(phase=message.phase)
            case LogEvent():
                self._write(lambda: self._recorder.worker_event(message))
            case _:
                self._worker_said_rarely(message)

    def _worker_said_rarely(self, message: FromWorker) -> None:
        match message:
            case BlobRequest():
                self._worker.send(*answer(self._blobs, message))
            case Checkpoint():
                self._keeper.checkpoint(message, on_saved=self._tell_server)
            case LearnerPicture():
                self._write(lambda: self._keeper.picture(message))
            case Artifact():
                self._keep_artifact(message, self._blobs)
            case Policy():
                self._showcase.policy(message, self._blobs)
            case _:
                self._worker_moved_on(message)

    def _worker_moved_on(self, message: FromWorker) -> None:
        match message:
            case Ready():
                self.begin()
            case Initialized():
                self._write(lambda: self._recorder.initialized(message))
            case Started():
                self._started(message)
            case Paused() if self._status is RunStatus.RUNNING:
                why = ": the disk is full or failing" if self._trouble.is_on else ""
                self._change(RunStatus.PAUSED, EventType.PAUSED, f"Training paused{why}")
            case Unpaused() if self._status is RunStatus.PAUSED:
                self._change(RunStatus.RUNNING, EventType.RESUMED, "Training resumed")
            case Finished():
                self._oversight.spoke_last_word()
                self._finished = message
                self._recorder.finished(message)
            case Failed():
                self._oversight.spoke_last_word()
                self._failure = failure_said(message)
            case _:
                pass

    def begin(self) -> None:
        """Hand the run to the worker, which has finished its imports."""
        if self._beginning.origin_failure is not None:
            self._cannot_begin(self._beginning.origin_failure)
            return
        self._oversight.limit_memory()
        message, descriptors = start_message(self._assignment, self._beginning)
        for note in self._beginning.notes:
            self._warn(note)
        try:
            self._worker.send(message, descriptors.descriptors)
        finally:
            descriptors.close()
        self._handed_over_at = time.monotonic()
        self._recorder.update(worker=identity_of(self._worker.pid))
        waiting, self._held_back = self._held_back or [], None
        for held in waiting:
            self._worker.send(held)

    def _cannot_begin(self, detail: str) -> None:
        hint = "Start a new run from another checkpoint."
        self._failure = failure("start_from", detail, hint)
        self._worker.kill()

    def worker_printed(self, chunk: bytes) -> None:
        """Keep what the worker printed."""
        self._write(lambda: self._recorder.log(chunk))

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """End a worker that does not speak the protocol."""
        self._oversight.misbehaved(error)

    def worker_ended(self, returncode: int) -> None:
        """Name the end, unless it was announced."""
        self._oversight.ended(returncode)
        self._done.set()

    # ---- inside ---------------------------------------------------------------------------

    def _started(self, message: Started) -> None:
        if self._oversight.is_stop_asked:
            return
        self._recorder.update(
            started_at=self._recorder.state.started_at or time.time(),
            setup_s=round(time.monotonic() - self._handed_over_at, 3),
        )
        if self._assignment.attempt > 1:
            text = f"Training resumed at timestep {message.timestep:,}"
            self._change(RunStatus.RUNNING, EventType.RESUMED, text)
            return
        algorithm = str(self._assignment.algorithm.get("title", self._assignment.algorithm["id"]))
        text = f"Training started: {algorithm}, seed {self._assignment.spec['seed']}"
        start = self._assignment.spec.get("start_from")
        if start is not None:
            text += f", with the {start['mode']} of run {start['run_id']} at {start['timestep']:,}"
        self._change(RunStatus.RUNNING, EventType.TRAINING_STARTED, text)

    def _tell_worker(self, message: ToWorker) -> None:
        """Send a message, or keep it until the run was handed over."""
        if self._held_back is None:
            self._worker.send(message)
        else:
            self._held_back.append(message)

    def _keep_artifact(self, message: Artifact, blobs: BlobTable) -> None:
        self._keeper.artifact(message, blobs, on_saved=self._tell_server)

    async def _sync(self) -> None:
        try:
            if self._trouble.is_on:
                await asyncio.to_thread(self._recorder.folder.probe)
            await self._recorder.sync()
        except OSError as error:
            self._cannot_write(error)
            return
        if self._trouble.is_on:
            self._keeper.try_again()
            if not self._keeper.is_holding:
                self._can_write_again()

    def _picture(self, message: FrameRelay | FrameNotice | Deployed) -> None:
        self._link.send_if_room(message)

    def _write(self, write: Callable[[], None]) -> None:
        """Write something; what a full or failing disk does not take waits in memory."""
        try:
            write()
        except OSError as error:
            self._cannot_write(error)

    def _cannot_write(self, error: OSError) -> None:
        """Hold training until the disk takes what waits in memory."""
        LOGGER.warning("cannot write: %s", error)
        if self._recorder.folder.waiting_bytes > self._max_waiting_bytes:
            self._worker.listen(on=False)
        if not self._trouble.begins(error) or self._status in FINISHED_STATUSES:
            return
        self._recorder.update(status_reason=self._trouble.sentence)
        self._warn(self._trouble.sentence)
        if not self._is_paused_by_hand and not self._oversight.is_stop_asked:
            self._tell_worker(Pause())
        self._tell_server()

    def _can_write_again(self) -> None:
        """Go on, unless somebody wants the run to stand still."""
        text = self._trouble.ends()
        self._worker.listen(on=True)
        if self._status in FINISHED_STATUSES:
            return
        self._recorder.update(status_reason=None)
        self._warn(text)
        if not self._is_paused_by_hand and not self._oversight.is_stop_asked:
            self._tell_worker(Unpause())
        self._tell_server()

    def _warn(self, text: str) -> None:
        self._write(lambda: self._recorder.event(EventType.WARNING, text, EventLevel.WARNING))

    def _change(
        self, status: RunStatus, event: EventType | None = None, text: str = "", **data: Any
    ) -> None:
        self._status = status
        if event is not None:
            self._write(lambda: self._recorder.event(event, text, data=data))
        self._recorder.update(
            status=status.value, phase=None if status is RunStatus.PAUSED else self.state.phase
        )
        self._publish(durable=True)

    def _publish(self, *, durable: bool) -> None:
        self._write(lambda: self._recorder.store_state(durable=durable))
        self._tell_server()

    def _tell_server(self) -> None:
        self._link.send_if_room(Progress(state=self._recorder.state))

    def _conclude(self) -> None:
        recorder, oversight = self._recorder, self._oversight
        timestep = recorder.state.timestep
        peak = max(self._earlier_peak, oversight.peak_bytes)
        if oversight.is_stop_asked or self._finished is not None:
            is_completed = self._finished is not None and self._finished.outcome == "completed"
            end = conclude_well(is_completed=is_completed, timestep=timestep)
        else:
            has_checkpoint = self._keeper.has_checkpoint()
            end = conclude_badly(self._failure, oversight.death, has_checkpoint=has_checkpoint)
        recorder.update(
            status=end.status.value,
            status_reason=end.text if end.is_bad else self._trouble.loss,
            phase=None,
            finished_at=time.time(),
            recording_id=None,
            failure=end.failure,
            peak_memory_bytes=peak or None,
        )
        self._status = end.status
        data = {"mean_return": recorder.mean_return, "timestep": timestep}
        self._write(lambda: recorder.event(end.event, end.text, end.level, data))
        self._publish(durable=True)
