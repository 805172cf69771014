"""One evaluation: what its worker says becomes rows, films, a summary and a state."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from gymlab.domain.evaluations import (
    MAX_METRICS,
    METRIC_NAME_PATTERN,
    EvaluationSpec,
    EvaluationStatus,
)
from gymlab.domain.runs import RunSpec
from gymlab.domain.timestamps import rfc3339
from gymlab.evaluation.returns import chosen_episodes
from gymlab.evaluation.summarising import statistics_of
from gymlab.protocol.evaluation import (
    VIDEO_KINDS,
    AssignEvaluation,
    EvaluationSummary,
    VideoKind,
)
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import EpisodeOutcome
from gymlab.protocol.shim import EvaluationProgress, EvaluationState, ProcessIdentity
from gymlab.protocol.usercode import Place
from gymlab.protocol.worker import (
    BlobRequest,
    Evaluated,
    EvaluationFilm,
    Failed,
    Finished,
    Frame,
    FrameStatus,
    FramesUnavailable,
    FromWorker,
    Played,
    Ready,
    StartEvaluation,
    Stop,
    Watch,
)
from gymlab.supervisor.blobs import BlobError, BlobTable, answer
from gymlab.supervisor.channels import picture_of, wait_for
from gymlab.supervisor.checkpoint_choice import OpenCheckpoint, policy_sha256
from gymlab.supervisor.deaths import runs_user_code
from gymlab.supervisor.evaluation_folder import EvaluationFolder
from gymlab.supervisor.evaluation_videos import VideoShelf
from gymlab.supervisor.oversight import Oversight, failure, failure_said
from gymlab.supervisor.process_identity import identity_of
from gymlab.supervisor.server_link import ServerLink
from gymlab.supervisor.watchdog import CHECK_EVERY_S
from gymlab.supervisor.worker_process import WorkerProcess

PROGRESS_EVERY_S = 0.25
MAX_PROBLEM = 500
DISK = "disk"
LOGGER = logging.getLogger(__name__)
EvaluationPhase = Literal["starting", "playing", "recording", "saving"]


class EvaluationSession:
    """Drives a worker through one evaluation and keeps what it finds."""

    def __init__(
        self,
        assignment: AssignEvaluation,
        *,
        folder: EvaluationFolder,
        worker: WorkerProcess,
        link: ServerLink,
        shim: ProcessIdentity,
        checkpoint: OpenCheckpoint,
    ) -> None:
        """Take over a worker that was just started, for this assignment."""
        self._assignment = assignment
        self._spec = EvaluationSpec.model_validate(assignment.spec)
        self._folder = folder
        self._worker = worker
        self._link = link
        self._opened = checkpoint
        self._checkpoint = checkpoint.stored
        self._blobs = BlobTable()
        self._shelf = VideoShelf(folder, self._blobs)
        self._rows: list[EpisodeOutcome] = []
        self._versions: dict[str, str] = {}
        self._watch: Watch | None = None
        self._has_begun = False
        self._played: Played | None = None
        self._is_complete = False
        self._failure: dict[str, Any] | None = None
        self._oversight = Oversight(
            worker,
            memory_limit_bytes=assignment.limits.get("memory_bytes"),
            timestep=lambda: 0,
            has_user_code=runs_user_code(assignment.run_spec)
            or self._spec.evaluation_code is not None,
            lent_bytes=lambda: self._blobs.allocated_bytes,
        )
        self._done = asyncio.Event()
        self.state = EvaluationState(
            status=EvaluationStatus.RUNNING.value,
            phase="starting",
            checkpoint_timestep=checkpoint.stored.manifest.timestep,
            checkpoint_sha256=policy_sha256(checkpoint.stored),
            started_at=time.time(),
            shim=shim,
            worker=identity_of(worker.pid),
        )

    async def run(self) -> None:
        """Serve the evaluation until its worker is gone and every file is written."""
        self._worker.attach(self)
        self._publish()
        next_progress = time.monotonic()
        while not self._done.is_set():
            now = time.monotonic()
            self._oversight.look()
            if now >= next_progress:
                next_progress = now + PROGRESS_EVERY_S
                self._tell_server()
            await wait_for(self._done, CHECK_EVERY_S)
        self._worker.close()
        await asyncio.to_thread(self._conclude)
        self._opened.files.close()
        self._blobs.close()

    # ---- commands of the server -----------------------------------------------------------

    def watch(self, message: Watch) -> None:
        """Begin, change or end showing."""
        self._watch = message
        if self._has_begun:
            self._worker.send(message)

    def stop(self) -> None:
        """End without a result."""
        if self._oversight.ask_to_stop():
            if self._has_begun:
                self._worker.send(Stop())
            else:
                self._worker.kill()

    # ---- what the worker says -------------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        """Handle one message of the worker."""
        match message:
            case Evaluated():
                self._evaluated(message.row)
            case Frame() | FramesUnavailable() | FrameStatus():
                if (picture := picture_of(message)) is not None:
                    self._link.send_if_room(picture)
            case BlobRequest():
                self._worker.send(*answer(self._blobs, message))
            case EvaluationFilm():
                self._film(message)
            case _:
                self._worker_moved_on(message)

    def _worker_moved_on(self, message: FromWorker) -> None:
        match message:
            case Ready():
                self._versions = message.versions
                self._begin()
            case Played():
                self._played = message
                self._change(phase="recording")
            case Finished():
                self._oversight.spoke_last_word()
                self._is_complete = message.outcome == "completed"
            case Failed():
                self._oversight.spoke_last_word()
                self._fail(failure_said(message))
            case _:
                pass

    def worker_printed(self, chunk: bytes) -> None:
        """Keep its words out of the run's log."""
        LOGGER.info("evaluation: %s", chunk.decode(errors="replace").rstrip())

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """End a worker that does not speak the protocol."""
        self._oversight.misbehaved(error)

    def worker_ended(self, returncode: int) -> None:
        """Name the end, unless it was announced."""
        self._oversight.ended(returncode)
        if (death := self._oversight.death) is not None:
            text = death.told_after(f" after {len(self._rows)} episodes")
            self._fail(failure(death.code, text, death.hint, death.line))
        if self._was_being_judged():
            self._keep_usual_numbers()
        self._done.set()

    def _was_being_judged(self) -> bool:
        """Tell whether only the author's own evaluation was still missing."""
        moment = self._worker.marker.moment()
        if moment is None or moment.place is not Place.EVALUATE or self._oversight.is_stop_asked:
            return False
        is_written = (self._failure or {}).get("code") != DISK
        is_told = len(self._rows) == self._spec.num_episodes
        return is_written and is_told and self._played is None

    def _keep_usual_numbers(self) -> None:
        """Conclude without own metrics and films: every episode was played and told."""
        shown, self._failure = self._failure or {}, None
        detail, line = str(shown.get("detail", "")), shown.get("line")
        words = [detail if not line or line in detail else f"{detail} ({line})", shown.get("hint")]
        problem = " ".join(word for word in words if word)
        duration_s = time.time() - (self.state.started_at or time.time())
        reason = "Your evaluation ended the worker before films were made."
        self._played = Played(duration_s, reason, {}, problem or reason)
        self._is_complete = True

    # ---- inside ---------------------------------------------------------------------------

    def _begin(self) -> None:
        self._oversight.limit_memory()
        self.state = msgspec.structs.replace(self.state, worker=identity_of(self._worker.pid))
        message = StartEvaluation(
            spec=self._assignment.run_spec,
            evaluation=self._assignment.spec,
            timestep=self._checkpoint.manifest.timestep,
            members=self._opened.members,
        )
        self._worker.send(message, self._opened.files.descriptors)
        self._opened.files.close()
        self._has_begun = True
        if self._watch is not None:
            self._worker.send(self._watch)
        self._change(phase="playing")

    def _evaluated(self, row: EpisodeOutcome) -> None:
        if self._played is not None or row.episode != len(self._rows) + 1:
            raise ProtocolError(f"episode {row.episode} is not the next one")
        if len(self._rows) >= self._spec.num_episodes:
            raise ProtocolError("there are more episodes than were asked for")
        value = row.episode_return
        if value is not None and not math.isfinite(value):
            row = msgspec.structs.replace(row, episode_return=None)
        row = msgspec.structs.replace(row, reason=row.reason[:64])
        self._rows.append(row)
        self._write(lambda: self._folder.append_episodes([row]))
        self.state = msgspec.structs.replace(self.state, episodes_done=len(self._rows))

    def _film(self, message: EvaluationFilm) -> None:
        if self._played is None:
            raise ProtocolError("a film came before every episode was played")
        chosen = chosen_episodes([row.episode_return for row in self._rows])
        kinds: list[VideoKind] = [
            kind for kind in VIDEO_KINDS if chosen.get(kind) == message.episode - 1
        ]
        try:
            self._shelf.keep(message, kinds)
        except BlobError as error:
            raise ProtocolError(str(error)) from error
        except OSError as error:
            self._cannot_write(error)

    def _fail(self, shown: dict[str, Any]) -> None:
        if self._failure is None:
            self._failure = shown

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._cannot_write(error)

    def _cannot_write(self, error: OSError) -> None:
        """A full disk ends the evaluation, and nothing else."""
        LOGGER.warning("cannot write: %s", error)
        self._fail(disk_failure(error))
        self._worker.kill()

    def _change(self, *, phase: EvaluationPhase) -> None:
        self.state = msgspec.structs.replace(self.state, phase=phase)
        self._publish()

    def _publish(self) -> None:
        try:
            self._folder.write_state(self.state, durable=False)
        except OSError as error:
            self._cannot_write(error)
        self._tell_server()

    def _tell_server(self) -> None:
        self._link.send_if_room(EvaluationProgress(state=self.state))

    # ---- the end --------------------------------------------------------------------------

    def _conclude(self) -> None:
        status = EvaluationStatus.FAILED
        if self._oversight.is_stop_asked and not self._is_complete:
            status, self._failure = EvaluationStatus.CANCELLED, None
        elif self._failure is None and self._played is not None and self._is_complete:
            try:
                self._folder.write_summary(self._summary(self._played))
                status = EvaluationStatus.COMPLETED
            except OSError as error:
                self._fail(disk_failure(error))
        if status is not EvaluationStatus.COMPLETED:
            self._folder.remove_videos()
        self.state = msgspec.structs.replace(
            self.state,
            status=status.value,
            phase=None,
            failure=self._failure if status is EvaluationStatus.FAILED else None,
            finished_at=time.time(),
        )
        self._write(lambda: self._folder.write_state(self.state, durable=True))

    def _summary(self, played: Played) -> EvaluationSummary:
        asked = self._spec.record_video
        return EvaluationSummary(
            evaluation_id=self._assignment.evaluation_id,
            run_id=self._assignment.run_id,
            spec=self._assignment.spec,
            spec_sha256=RunSpec.model_validate(self._assignment.run_spec).sha256(),
            checkpoint_timestep=self._checkpoint.manifest.timestep,
            checkpoint_sha256=policy_sha256(self._checkpoint),
            versions=self._versions,
            statistics=statistics_of(self._rows),
            episodes=self._rows,
            videos=self._shelf.videos,
            video_reason=self._shelf.reason(played.no_film_reason) if asked else None,
            warnings=self._warnings(),
            metrics=safe_metrics(played.metrics),
            metrics_problem=played.metrics_problem[:MAX_PROBLEM]
            if played.metrics_problem
            else None,
            duration_s=round(played.duration_s, 3),
            created_at=rfc3339(time.time()),
        )

    def _warnings(self) -> list[str]:
        found = list(self._shelf.notes)
        lost = sum(row.episode_return is None for row in self._rows)
        if lost:
            found.append(
                f"{lost} of {len(self._rows)} returns are not finite numbers; mean, deviation, "
                "interval and interquartile mean leave them out."
            )
        trained = self._checkpoint.manifest.versions
        changed = [
            f"{name} {trained[name]} -> {version}"
            for name, version in self._versions.items()
            if name in trained and trained[name] != version
        ]
        if changed:
            found.append(f"Trained with other library versions: {', '.join(changed)}.")
        return found


def disk_failure(error: OSError) -> dict[str, Any]:
    """Return what is said of an evaluation that could not be written."""
    detail = f"The evaluation could not be written: {error.strerror or error}."
    return failure(DISK, detail, "Free some space and evaluate again; the run is not affected.")


def safe_metrics(said: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return what a user's own evaluation said, as far as it can be shown: it is hostile input."""
    names = [name for name in said if METRIC_NAME_PATTERN.fullmatch(name)][:MAX_METRICS]
    return {name: _finite(said[name]) for name in names}


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
