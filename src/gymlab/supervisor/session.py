"""One attempt of one run: what its worker says becomes files and state."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import FINISHED_STATUSES, RunStatus
from gymlab.protocol.framing import ProtocolError
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
from gymlab.protocol.version import MAX_FRAME_BYTES
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
from gymlab.supervisor.deaths import Death, name_exit, out_of_memory_kills, runs_user_code
from gymlab.supervisor.keeper import Keeper
from gymlab.supervisor.process_identity import identity_of
from gymlab.supervisor.recorder import RunRecorder
from gymlab.supervisor.resuming import Beginning, start_message
from gymlab.supervisor.sandbox.limits import default_memory_limit
from gymlab.supervisor.server_link import ServerLink
from gymlab.supervisor.showcase import Showcase
from gymlab.supervisor.watchdog import CHECK_EVERY_S
from gymlab.supervisor.worker_process import WorkerProcess

PROGRESS_EVERY_S = 0.25
STATE_EVERY_S = 1.0
STOP_PATIENCE_S = 5.0
LEAVING_PATIENCE_S = 15.0
"""How long a worker that has said its last word may take to end."""
LOGGER = logging.getLogger(__name__)
_LIVE = (RunStatus.RUNNING, RunStatus.PAUSED)


class RunSession:
    """Drives a worker through one attempt and records everything it does."""

    def __init__(
        self,
        assignment: Assign,
        *,
        worker: WorkerProcess,
        link: ServerLink,
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
        self._keeper = Keeper(assignment, recorder=recorder, blobs=self._blobs)
        self._showcase = Showcase(
            recorder.folder.path,
            assignment.spec,
            say=self._picture,
            trainer=self._tell_worker,
            keep=self._keep_artifact,
        )
        self._status = RunStatus.STARTING
        self._stop_asked_at: float | None = None
        self._last_word_at: float | None = None
        self._death: Death | None = None
        self._failure: dict[str, Any] | None = None
        self._finished: Finished | None = None
        self._done = asyncio.Event()
        self._could_write = True
        self._says_disk_trouble = False
        self._memory_kills = out_of_memory_kills()
        self._memory_limit = assignment.limits.get("memory_bytes") or default_memory_limit()
        recorder.update(
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
        watchdog = self._worker.watchdog(
            memory_limit_bytes=self._memory_limit,
            timestep=lambda: self._recorder.state.timestep,
            has_user_code=runs_user_code(self._assignment.spec),
            lent_bytes=lambda: self._blobs.allocated_bytes,
        )
        next_progress = next_state = time.monotonic()
        while not self._done.is_set():
            now = time.monotonic()
            if self._death is None and (death := watchdog.check()) is not None:
                self._end_worker(death)
            if self._is_overdue(now):
                self._worker.kill()
            if now >= next_progress:
                next_progress = now + PROGRESS_EVERY_S
                self._tell_server()
            if now >= next_state:
                next_state = now + STATE_EVERY_S
                await self._sync()
            await _wait(self._done, CHECK_EVERY_S)
        await self._keeper.finish()
        self._conclude()
        self._showcase.close()
        self._blobs.close()
        await self._sync()
        self._write(self._recorder.close)

    # ---- commands of the server -----------------------------------------------------------

    def command(self, message: ToShim) -> None:
        """Carry out what the server asks; what does not fit the state is ignored."""
        match message:
            case Pause() | Unpause() | ChangeHyperparameters() if self._status in _LIVE:
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
        if self._stop_asked_at is None and self._status not in FINISHED_STATUSES:
            self._stop_asked_at = time.monotonic()
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
            self._write(lambda: self._recorder.event(EventType.WARNING, text, EventLevel.WARNING))
        self._tell_server()

    # ---- what the worker says -------------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        """Handle one message of the training worker."""
        match message:
            case Heartbeat():
                self._recorder.progress(message)
            case Episodes():
                self._write(lambda: self._recorder.episodes(message.rows))
            case Learner():
                self._write(lambda: self._recorder.learner(message.row))
            case Frame() if len(message.image) <= MAX_FRAME_BYTES:
                self._picture(FrameRelay(header=message.header, image=message.image))
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
            case Artifact():
                self._keep_artifact(message, self._blobs)
            case Policy():
                self._showcase.policy(message, self._blobs)
            case FramesUnavailable() | FrameStatus():
                self._picture(frame_notice(message))
            case _:
                self._worker_moved_on(message)

    def _worker_moved_on(self, message: FromWorker) -> None:
        match message:
            case Ready():
                self.begin()
            case Initialized():
                self._recorder.initialized(message)
            case Started():
                self._started(message)
            case Paused() if self._status is RunStatus.RUNNING:
                self._change(RunStatus.PAUSED, EventType.PAUSED, "Training paused")
            case Unpaused() if self._status is RunStatus.PAUSED:
                self._change(RunStatus.RUNNING, EventType.RESUMED, "Training resumed")
            case Finished():
                self._last_word_at = time.monotonic()
                self._finished = message
                self._recorder.finished(message)
            case Failed():
                self._last_word_at = time.monotonic()
                self._failure = {
                    "code": message.code,
                    "detail": message.detail[:4000],
                    "hint": message.hint,
                    "line": message.line,
                    "traceback": message.traceback[-20_000:],
                }
            case _:
                pass

    def begin(self) -> None:
        """Hand the run to the worker, which has finished its imports."""
        if self._beginning.origin_failure is not None:
            self._cannot_begin(self._beginning.origin_failure)
            return
        self._worker.limit_memory(self._memory_limit)
        message, descriptors = start_message(self._assignment, self._beginning)
        for note in self._beginning.notes:
            self._write(
                lambda note=note: self._recorder.event(EventType.WARNING, note, EventLevel.WARNING)
            )
        try:
            self._worker.send(message, descriptors.descriptors)
        finally:
            descriptors.close()
        self._recorder.update(worker=identity_of(self._worker.pid))
        waiting, self._held_back = self._held_back or [], None
        for held in waiting:
            self._worker.send(held)

    def _cannot_begin(self, detail: str) -> None:
        self._failure = {
            "code": "start_from",
            "detail": detail,
            "hint": "Start a new run from another checkpoint.",
            "line": None,
            "traceback": "",
        }
        self._worker.kill()

    def worker_printed(self, chunk: bytes) -> None:
        """Keep what the worker printed."""
        self._write(lambda: self._recorder.log(chunk))

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """End a worker that does not speak the protocol."""
        self._end_worker(Death("protocol", f"The worker sent what is no message: {error}"))

    def worker_ended(self, returncode: int) -> None:
        """Name the end, unless it was announced."""
        if self._finished is None and self._failure is None and self._death is None:
            killed = out_of_memory_kills() > self._memory_kills
            self._death = name_exit(
                returncode,
                timestep=self._recorder.state.timestep,
                kernel_memory_kill=killed,
                has_user_code=runs_user_code(self._assignment.spec),
            )
        self._done.set()

    # ---- inside ---------------------------------------------------------------------------

    def _started(self, message: Started) -> None:
        if self._stop_asked_at is not None:
            return
        self._recorder.update(started_at=self._recorder.state.started_at or time.time())
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

    def _is_overdue(self, now: float) -> bool:
        asked, last_word = self._stop_asked_at, self._last_word_at
        if last_word is not None:
            return now - last_word > LEAVING_PATIENCE_S
        return asked is not None and now - asked > STOP_PATIENCE_S

    async def _sync(self) -> None:
        self._could_write = True
        try:
            await self._recorder.sync()
        except OSError as error:
            self._cannot_write(error)
        if self._could_write and self._says_disk_trouble:
            self._says_disk_trouble = False
            self._recorder.update(status_reason=None)

    def _end_worker(self, death: Death) -> None:
        self._death = death
        self._worker.kill()

    def _picture(self, message: FrameRelay | FrameNotice | Deployed) -> None:
        self._link.send_if_room(message)

    def _write(self, write: Callable[[], None]) -> None:
        """Write something; a full or failing disk costs what is written, never the run."""
        try:
            write()
        except OSError as error:
            self._cannot_write(error)

    def _cannot_write(self, error: OSError) -> None:
        LOGGER.warning("cannot write: %s", error)
        self._could_write, self._says_disk_trouble = False, True
        self._recorder.update(status_reason=f"Cannot write to the run's folder: {error.strerror}")

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
        recorder = self._recorder
        self._says_disk_trouble = False
        stopped = self._stop_asked_at is not None
        if self._finished is not None and self._finished.outcome == "completed":
            text = f"Training complete after {recorder.state.timestep:,} timesteps"
            status, event, level = (
                RunStatus.COMPLETED,
                EventType.TRAINING_COMPLETED,
                EventLevel.INFO,
            )
        elif stopped or self._finished is not None:
            text = f"Stopped at timestep {recorder.state.timestep:,}"
            status, event, level = RunStatus.STOPPED, EventType.STOPPED, EventLevel.INFO
        else:
            status, event, level, text = self._conclude_badly()
        data = {"mean_return": recorder.mean_return, "timestep": recorder.state.timestep}
        recorder.update(
            status=status.value,
            phase=None,
            finished_at=time.time(),
            recording_id=None,
            failure=self._failure if status in {RunStatus.FAILED, RunStatus.INTERRUPTED} else None,
        )
        self._status = status
        self._write(lambda: recorder.event(event, text, level, data))
        self._publish(durable=True)

    def _conclude_badly(self) -> tuple[RunStatus, EventType, EventLevel, str]:
        if self._failure is not None:
            text = str(self._failure["detail"])
            if self._failure["line"]:
                text = f"{text} ({self._failure['line']})"
            self._recorder.update(status_reason=text)
            return RunStatus.FAILED, EventType.ERROR, EventLevel.ERROR, text
        death = self._death or Death("exited", "The worker ended.")
        self._failure = {
            "code": death.code,
            "detail": death.detail,
            "hint": death.hint,
            "line": None,
            "traceback": "",
        }
        self._recorder.update(status_reason=death.detail)
        if self._keeper.has_checkpoint():
            return RunStatus.INTERRUPTED, EventType.INTERRUPTED, EventLevel.ERROR, death.detail
        return RunStatus.FAILED, EventType.ERROR, EventLevel.ERROR, death.detail


def frame_notice(message: FramesUnavailable | FrameStatus) -> FrameNotice:
    """Return what viewers are told."""
    if isinstance(message, FramesUnavailable):
        return FrameNotice(source=message.source, kind="unavailable", detail=message.reason)
    return FrameNotice(
        source=message.source, kind="status", detail=message.detail, phase=message.phase
    )


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        return
