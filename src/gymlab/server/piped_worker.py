"""A worker of the server's own that answers one question at a time over its pipes."""

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Literal, TypeVar

from gymlab.protocol.framing import MessageReader, ProtocolError
from gymlab.supervisor.sandbox.command import worker_command
from gymlab.supervisor.sandbox.limits import SMALL_WORKER_BYTES

IDLE_S = 60.0
READ_BYTES = 256 * 1024
T = TypeVar("T")


class PipedWorker:
    """One process that starts when first needed and ends when nobody asks for a while."""

    def __init__(
        self, command: Literal["thumbnails", "replays", "spaces"], *, niceness: int = 0
    ) -> None:
        """Prepare.

        Args:
            command: What the worker serves.
            niceness: Added to its scheduling priority.
        """
        self._command = command
        self._niceness = niceness
        self._process: asyncio.subprocess.Process | None = None
        self._scratch: Path | None = None
        self._busy = asyncio.Lock()
        self._last_use = 0.0
        self._reaper: asyncio.Task[None] | None = None

    async def ask(self, question: bytes, reader: MessageReader[T], *, timeout_s: float) -> T:
        """Send one line and return the answer to it.

        Raises:
            TimeoutError: It takes too long; the process was ended.
            ProtocolError: The process ended or sent what it should not.
            OSError: It could not be started or written to.
        """
        async with self._busy:
            try:
                return await asyncio.wait_for(self._ask(question, reader), timeout_s)
            except (TimeoutError, OSError, ProtocolError):
                await self._end()
                raise

    async def close(self) -> None:
        """End the process."""
        if self._reaper is not None:
            self._reaper.cancel()
        await self._end()

    async def _ask(self, question: bytes, reader: MessageReader[T]) -> T:
        process = await self._started()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        process.stdin.write(question + b"\n")
        await process.stdin.drain()
        while chunk := await process.stdout.read(READ_BYTES):
            for message in reader.feed(chunk):
                return message
        raise ProtocolError(f"the worker of {self._command} ended")

    async def _started(self) -> asyncio.subprocess.Process:
        self._last_use = asyncio.get_running_loop().time()
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self._end()
        self._scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="gymlab-piped-"))
        command = await asyncio.to_thread(
            worker_command,
            [self._command],
            scratch=self._scratch,
            niceness=self._niceness,
            memory_bytes=SMALL_WORKER_BYTES,
        )
        self._process = await asyncio.create_subprocess_exec(
            *command.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=command.environment,
            cwd=self._scratch,
        )
        self._reaper = asyncio.create_task(self._end_when_idle(), name=self._command)
        return self._process

    async def _end_when_idle(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(IDLE_S / 4)
            async with self._busy:
                if loop.time() - self._last_use > IDLE_S:
                    await self._end()
                    return

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._scratch is not None:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
            self._scratch = None
