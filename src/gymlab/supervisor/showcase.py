"""A second worker that plays the latest policy while somebody watches it."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import Json, Member
from gymlab.protocol.shim import Deployed, FrameNotice, FrameRelay
from gymlab.protocol.worker import (
    Artifact,
    BlobRequest,
    Failed,
    Frame,
    FrameStatus,
    FramesUnavailable,
    FromWorker,
    LoadPolicy,
    Policy,
    PolicyLoaded,
    Ready,
    Record,
    StartShowcase,
    StopRecording,
    ToWorker,
    WantPolicy,
    Watch,
)
from gymlab.supervisor.blobs import BlobError, BlobTable, answer
from gymlab.supervisor.channels import picture_of
from gymlab.supervisor.checkpoint_choice import is_policy_sound
from gymlab.supervisor.checkpoint_store import CheckpointStore, StoredCheckpoint
from gymlab.supervisor.deaths import name_exit, runs_user_code
from gymlab.supervisor.resuming import Descriptors, open_members
from gymlab.supervisor.worker_process import WorkerProcess

POLICY_EVERY_S = 2.0
LINGER_S = 20.0
"""How long the worker is kept after the last viewer left."""
NICENESS = 10
LOGGER = logging.getLogger(__name__)
Say = Callable[[FrameRelay | FrameNotice | Deployed], None]


class Showcase:
    """Starts, feeds and ends the showcase worker of one run."""

    def __init__(
        self,
        folder: Path,
        spec: Json,
        *,
        say: Say,
        trainer: Callable[[ToWorker], None],
        keep: Callable[[Artifact, BlobTable], None],
    ) -> None:
        """Prepare; nothing runs until somebody watches.

        Args:
            folder: The run's folder, for its checkpoints.
            spec: The run's specification.
            say: Takes pictures and notices for the viewers, and what became of deployments.
            trainer: Sends a message to the training worker.
            keep: Stores a recording that the showcase made.
        """
        self._folder = folder
        self._spec = spec
        self._say = say
        self._trainer = trainer
        self._keep = keep
        self._blobs = BlobTable()
        self._worker: WorkerProcess | None = None
        self._is_warm = False
        self._is_ready = False
        self._loading: asyncio.Task[None] | None = None
        self._watch: Watch | None = None
        self._has_policy = False
        self._deployed: int | None = None
        """Timestep of the checkpoint that is shown instead of the newest policy."""
        self._waiting: tuple[LoadPolicy, Descriptors] | None = None
        self._closing: asyncio.TimerHandle | None = None

    def watch(self, message: Watch) -> None:
        """Begin, change or end showing."""
        self._watch = message if message.fps > 0 else None
        self._ask_trainer()
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if self._watch is None:
            self.send(message)
            self._closing = asyncio.get_running_loop().call_later(LINGER_S, self.close)
            return
        if self._worker is None:
            self._start()
        elif self._is_warm and not self._is_ready:
            self._begin(self._worker, message)
        self.send(message)

    @property
    def is_idle(self) -> bool:
        """Whether nobody watches and the worker has been ended."""
        return self._watch is None and self._worker is None

    def deploy(self, timestep: int | None) -> None:
        """Show this checkpoint from now on; None shows the newest policy again."""
        self._deployed = timestep
        self._ask_trainer()
        if self._worker is not None and self._is_ready:
            loading = self._load_checkpoint(is_wish=True)
            self._loading = asyncio.get_running_loop().create_task(loading)

    def send(self, message: Watch | Record | StopRecording) -> bool:
        """Pass a message on to the showcase worker; tell whether it was there."""
        if self._worker is None or not self._is_ready:
            return False
        self._worker.send(message)
        return True

    def policy(self, message: Policy, blobs: BlobTable) -> None:
        """Show a newer policy of the training worker, unless a checkpoint is deployed."""
        if self._deployed is not None:
            blobs.discard(message.members)
            return
        opened = Descriptors()
        members: list[Member] = []
        try:
            for member in message.members:
                with blobs.taken(member) as descriptor:
                    opened.descriptors.append(os.dup(descriptor))
                members.append(Member(name=member.name, size=member.size))
        except BlobError as error:
            LOGGER.warning("a policy was refused: %s", error)
            opened.close()
            return
        self._load(LoadPolicy(timestep=message.timestep, members=members), opened)

    def close(self) -> None:
        """End the showcase worker."""
        if self._waiting is not None:
            self._waiting[1].close()
            self._waiting = None
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        worker = self._worker
        self._forget_worker()
        if worker is not None:
            worker.close()

    # ---- what the showcase worker says ------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        """Handle one message of the showcase worker."""
        match message:
            case Frame():
                self._show(message)
            case FrameStatus():
                self._notice("status", message.detail, message.phase)
            case FramesUnavailable():
                self._notice("unavailable", message.reason)
            case Failed():
                self._notice("unavailable", message.detail)
            case Ready():
                self._is_warm = True
                if self._worker is not None and self._watch is not None:
                    self._begin(self._worker, self._watch)
            case PolicyLoaded():
                self._policy_loaded(message.timestep, message.failure)
            case BlobRequest():
                self._grant(message)
            case Artifact():
                self._keep(message, self._blobs)
            case _:
                pass

    def _show(self, frame: Frame) -> None:
        picture = picture_of(frame)
        if picture is not None:
            self._say(picture)

    def worker_printed(self, chunk: bytes) -> None:
        """Keep its words out of the run's log."""
        LOGGER.info("showcase: %s", chunk.decode(errors="replace").rstrip())

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """End it."""
        LOGGER.warning("showcase: %s", error)
        self.close()
        self._notice("unavailable", "The showcase ended unexpectedly.")

    def worker_ended(self, returncode: int) -> None:
        """Say so to whoever watches."""
        text = self._why_it_ended(returncode)
        self._forget_worker()
        if self._watch is not None and returncode != 0:
            self._notice("unavailable", text)

    # ---- inside ---------------------------------------------------------------------------

    def _start(self) -> None:
        self._notice("status", "Starting the showcase", "setup")
        self._worker = WorkerProcess(
            "showcase", niceness=NICENESS, runner=str(self._spec["runner"])
        )
        self._worker.attach(self)
        self._worker.watch()

    def _why_it_ended(self, returncode: int) -> str:
        worker = self._worker
        if worker is None or not runs_user_code(self._spec):
            return "The showcase ended unexpectedly."
        death = name_exit(
            returncode,
            timestep=worker.marker.timestep(),
            kernel_memory_kill=False,
            has_user_code=True,
            moment=worker.marker.moment(),
            printed=worker.last_printed,
        )
        return f"The showcase ended. {death.detail}"

    def _forget_worker(self) -> None:
        self._worker = None
        self._is_warm = self._is_ready = self._has_policy = False
        self._blobs.close()

    def _grant(self, message: BlobRequest) -> None:
        if self._worker is not None:
            self._worker.send(*answer(self._blobs, message))

    def _begin(self, worker: WorkerProcess, watch: Watch) -> None:
        self._is_ready = True
        worker.send(StartShowcase(spec=self._spec))
        worker.send(watch)
        if self._waiting is not None:
            (message, opened), self._waiting = self._waiting, None
            self._load(message, opened)
        else:
            self._loading = asyncio.get_running_loop().create_task(self._load_checkpoint())

    def _ask_trainer(self) -> None:
        is_wanted = self._watch is not None and self._deployed is None
        self._trainer(WantPolicy(every_s=POLICY_EVERY_S if is_wanted else 0))

    def _policy_loaded(self, timestep: int, failure: str | None) -> None:
        if failure is not None:
            text = f"The policy of timestep {timestep:,} cannot be loaded: {failure}"
            LOGGER.warning("showcase: %s", text)
            self._notice("status", text, "failed")
        if timestep == self._deployed:
            self._say(Deployed(timestep=timestep, failure=failure))

    def _find_checkpoint(self, timestep: int | None) -> StoredCheckpoint | None:
        store = CheckpointStore(self._folder)
        if timestep is None:
            return store.latest_sound()[0]
        checkpoint = store.at(timestep)
        return checkpoint if checkpoint is not None and is_policy_sound(checkpoint) else None

    async def _load_checkpoint(self, *, is_wish: bool = False) -> None:
        # In a thread: hashing a large checkpoint must not hold up the training worker's messages.
        deployed = self._deployed
        checkpoint = await asyncio.to_thread(self._find_checkpoint, deployed)
        is_late = deployed != self._deployed or (self._has_policy and not is_wish)
        if is_late or self._worker is None:
            return
        if checkpoint is None and deployed is not None:
            self._policy_loaded(deployed, "The checkpoint is gone or corrupt.")
            return
        try:
            loaded = open_members(checkpoint, with_transient=False) if checkpoint else None
        except FileNotFoundError:
            loaded = None  # thinned out meanwhile
        if checkpoint is None or loaded is None:
            self._notice("status", "Waiting for the first policy", "setup")
            return
        members, opened = loaded
        timestep = checkpoint.manifest.timestep
        self._load(LoadPolicy(timestep=timestep, members=members, at_once=is_wish), opened)

    def _load(self, message: LoadPolicy, opened: Descriptors) -> None:
        if self._worker is None or not self._is_ready:
            if self._waiting is not None:
                self._waiting[1].close()
            self._waiting = (message, opened)
            return
        self._worker.send(message, opened.descriptors)
        self._has_policy = True
        opened.close()

    def _notice(self, kind: str, detail: str, phase: str | None = None) -> None:
        self._say(
            FrameNotice(
                source="showcase",
                kind="unavailable" if kind == "unavailable" else "status",
                detail=detail,
                phase=phase,
            )
        )
