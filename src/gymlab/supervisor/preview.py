"""The worker of one preview, watched by the server itself: nothing of it outlives the page."""

import asyncio
import logging
from typing import Protocol

from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import Json
from gymlab.protocol.previews import PreviewCommand, PreviewReady, PreviewState, StartPreview
from gymlab.protocol.shim import FrameNotice, FrameRelay
from gymlab.protocol.worker import Failed, FromWorker, Ready, Watch
from gymlab.supervisor.channels import picture_of
from gymlab.supervisor.deaths import runs_user_code
from gymlab.supervisor.oversight import Oversight, failure, failure_said
from gymlab.supervisor.resuming import Descriptors
from gymlab.supervisor.sandbox.limits import SMALL_WORKER_BYTES
from gymlab.supervisor.worker_process import NO_RUNNER, WorkerProcess

READY_TIMEOUT_S = 60.0
LOGGER = logging.getLogger(__name__)


class PreviewListener(Protocol):
    """Who is told what a preview shows; all calls come on the event loop."""

    def preview_showed(self, message: FrameRelay | FrameNotice) -> None:
        """A picture, or why there is none."""
        ...

    def preview_told(self, message: PreviewReady | PreviewState) -> None:
        """A state, or that the environment exists."""
        ...

    def preview_ended(self, why: Json) -> None:
        """The worker is gone."""
        ...


class PreviewProcess:
    """A worker that shows one environment."""

    def __init__(
        self,
        process: WorkerProcess,
        message: StartPreview,
        files: Descriptors,
        listener: PreviewListener,
    ) -> None:
        """Take over a worker that was just started; see `start`."""
        self._process = process
        self._message = message
        self._files = files
        self._listener = listener
        self._waiting: list[Watch | PreviewCommand] = []
        self._has_begun = False
        self._failure: Json | None = None
        self._oversight = Oversight(
            process,
            memory_limit_bytes=SMALL_WORKER_BYTES,
            timestep=lambda: 0,
            has_user_code=bool(message.environment_code) or runs_user_code(message.spec or {}),
        )
        self._deadline = asyncio.get_running_loop().call_later(READY_TIMEOUT_S, self._too_late)

    @classmethod
    async def start(
        cls, message: StartPreview, files: Descriptors, listener: PreviewListener
    ) -> "PreviewProcess":
        """Start a worker for a preview.

        Args:
            message: What to show.
            files: Open files of the policy; closed when they were sent.
            listener: Told everything.
        """
        runner = str(message.spec["runner"]) if message.spec is not None else NO_RUNNER
        process = await asyncio.to_thread(_launch, runner)
        preview = cls(process, message, files, listener)
        process.attach(preview)
        return preview

    def send(self, message: Watch | PreviewCommand) -> None:
        """Pass on what is watched or wanted."""
        if self._has_begun:
            self._process.send(message)
        else:
            self._waiting.append(message)

    def close(self) -> None:
        """End the worker; the listener hears nothing more."""
        self._deadline.cancel()
        self._oversight.stop_looking()
        self._process.close()
        self._files.close()

    # ---- what the worker does -----------------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        """Handle one message."""
        match message:
            case Ready():
                self._begin()
            case PreviewReady() | PreviewState():
                self._listener.preview_told(message)
            case Failed():
                self._oversight.spoke_last_word()
                self._failure = failure_said(message)
            case _:
                if (picture := picture_of(message)) is not None:
                    self._listener.preview_showed(picture)

    def worker_printed(self, chunk: bytes) -> None:
        """Log what it printed."""
        LOGGER.debug("preview: %s", chunk.decode(errors="replace").rstrip())

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """End a worker that does not speak the protocol."""
        self._fail("protocol", f"The worker sent what is no message: {error}")

    def worker_ended(self, returncode: int) -> None:
        """Name the end, unless it was announced."""
        self._deadline.cancel()
        self._oversight.ended(returncode)
        if self._failure is None and (death := self._oversight.death) is not None:
            self._failure = failure(death.code, death.told_after(), death.hint, death.line)
        self._listener.preview_ended(self._failure or failure("ended", "The preview ended."))

    # ---- inside -------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._deadline.cancel()
        self._oversight.limit_memory()
        self._oversight.keep_looking()
        self._process.send(self._message, self._files.descriptors)
        self._files.close()
        self._has_begun = True
        for message in self._waiting:
            self._process.send(message)
        self._waiting.clear()

    def _too_late(self) -> None:
        self._fail("too_slow", "The environment took too long to start.")

    def _fail(self, code: str, detail: str) -> None:
        if self._failure is None:
            self._failure = failure(code, detail)
        self._process.kill()


def _launch(runner: str) -> WorkerProcess:
    return WorkerProcess("preview", runner=runner)
