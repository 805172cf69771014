"""One model file: its worker reads or writes it, this side checks and stores what came of it."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from gymlab.errors import LabError
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.worker import (
    BlobRequest,
    Failed,
    FromWorker,
    Heartbeat,
    ModelRead,
    ModelWritten,
    ReadModel,
    Ready,
    WriteModel,
)
from gymlab.supervisor.blobs import BlobError, BlobTable, answer
from gymlab.supervisor.channels import wait_for
from gymlab.supervisor.oversight import Oversight
from gymlab.supervisor.sandbox.limits import default_memory_limit
from gymlab.supervisor.watchdog import CHECK_EVERY_S
from gymlab.supervisor.worker_process import WorkerProcess

PATIENCE_S = 120.0
MEMORY_LIMIT_BYTES = 4 * 1024**3
MAX_TEXT = 2000
LOGGER = logging.getLogger(__name__)
Answer = ModelRead | ModelWritten


class ModelSession:
    """Has one worker do one thing, within time and memory."""

    def __init__(
        self,
        worker: WorkerProcess,
        message: ReadModel | WriteModel,
        descriptors: Sequence[int],
        *,
        keep: Callable[[Answer, BlobTable], None],
    ) -> None:
        """Take over a worker that was just started.

        Args:
            worker: The process.
            message: What it is to do.
            descriptors: Open files that travel with the message; the caller closes its own.
            keep: Stores an answer; what it raises is the failure.
        """
        self._worker = worker
        self._message = message
        self._descriptors = descriptors
        self._keep = keep
        self._blobs = BlobTable()
        self._done = asyncio.Event()
        self._has_answer = False
        self._oversight = Oversight(
            worker,
            memory_limit_bytes=min(default_memory_limit(), MEMORY_LIMIT_BYTES),
            timestep=lambda: 0,
            has_user_code=False,
            lent_bytes=lambda: self._blobs.allocated_bytes,
        )
        self.failure: dict[str, Any] | None = None

    async def run(self) -> None:
        """Wait until the answer is stored or something failed."""
        self._worker.attach(self)
        deadline = time.monotonic() + PATIENCE_S
        while not self._done.is_set():
            self._oversight.look()
            if time.monotonic() > deadline:
                self._fail("too_slow", "It took too long to read the file.", None)
            await wait_for(self._done, CHECK_EVERY_S)
        self._worker.close()
        self._blobs.close()

    # ---- what the worker says -----------------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        """Handle one message of the worker."""
        match message:
            case Ready():
                self._oversight.limit_memory()
                self._worker.send(self._message, self._descriptors)
            case BlobRequest():
                self._worker.send(*answer(self._blobs, message))
            case ModelRead() | ModelWritten():
                self._answered(message)
            case Failed():
                self._fail(message.code, message.detail, message.hint)
            case Heartbeat():
                pass
            case _:
                LOGGER.info("ignored %s", type(message).__name__)

    def worker_printed(self, chunk: bytes) -> None:
        """Log what it printed."""
        LOGGER.info("model file: %s", chunk.decode(errors="replace").rstrip())

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """End a worker that does not speak the protocol."""
        self._fail("protocol", f"The worker sent what is no message: {error}", None)

    def worker_ended(self, returncode: int) -> None:
        """Name the end, unless everything is there."""
        if not self._has_answer:
            self._oversight.ended(returncode)
            if (death := self._oversight.death) is not None:
                self._fail(death.code, death.told_after(), death.hint)
        self._done.set()

    # ---- inside -------------------------------------------------------------------------------

    def _answered(self, message: Answer) -> None:
        fits = isinstance(message, ModelRead) == isinstance(self._message, ReadModel)
        if self._has_answer or not fits:
            raise ProtocolError(f"{type(message).__name__} was not asked for")
        try:
            self._keep(message, self._blobs)
        except LabError as error:
            self._fail(error.code, error.detail, error.hint)
        except OSError as error:
            detail = f"The model could not be stored: {error.strerror or error}."
            self._fail("disk", detail, "Free some space and try again.")
        except (BlobError, ValueError) as error:
            raise ProtocolError(str(error)[:MAX_TEXT]) from error
        self._has_answer = True
        self._done.set()

    def _fail(self, code: str, detail: str, hint: str | None) -> None:
        if self.failure is None:
            self.failure = {"code": code, "detail": detail[:MAX_TEXT], "hint": hint}
        self._worker.kill()
        self._done.set()


def finite(value: float | None) -> float | None:
    """Return a number that can be stored; None for what is none."""
    return value if value is not None and math.isfinite(value) else None
