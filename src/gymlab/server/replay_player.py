"""A worker of the server's own that plays kept episodes of our games again."""

import asyncio
import contextlib
import sys
from pathlib import Path

import msgspec

from gymlab.errors import UnavailableError
from gymlab.protocol.framing import ProtocolError, replay_reader
from gymlab.protocol.replays import PlayedAgain, ReplayRequest
from gymlab.server.catalogue.loading import worker_environment

PLAY_TIMEOUT_S = 60.0
IDLE_S = 60.0
READ_BYTES = 256 * 1024


class ReplayPlayer:
    """One process, one episode at a time; it ends when nobody asks for a while.

    It runs no code but ours: other environments than our own games are refused in it.
    """

    def __init__(self, cache_dir: Path) -> None:
        """Prepare; the process starts when first needed."""
        self._folder = cache_dir
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._last_use = 0.0
        self._reaper: asyncio.Task[None] | None = None

    async def play(self, request: ReplayRequest) -> PlayedAgain:
        """Return the states of an episode.

        Raises:
            UnavailableError: The process failed or took too long.
        """
        async with self._lock:
            try:
                return await asyncio.wait_for(self._ask(request), PLAY_TIMEOUT_S)
            except (TimeoutError, OSError, ProtocolError) as error:
                await self._end()
                raise UnavailableError("The episode could not be played again.") from error

    async def close(self) -> None:
        """End the process."""
        if self._reaper is not None:
            self._reaper.cancel()
        await self._end()

    async def _ask(self, request: ReplayRequest) -> PlayedAgain:
        process = await self._started()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        process.stdin.write(msgspec.json.encode(request) + b"\n")
        await process.stdin.drain()
        reader = replay_reader()
        while chunk := await process.stdout.read(READ_BYTES):
            for message in reader.feed(chunk):
                return message
        raise ProtocolError("the playing worker ended")

    async def _started(self) -> asyncio.subprocess.Process:
        loop = asyncio.get_running_loop()
        self._last_use = loop.time()
        if self._process is None or self._process.returncode is not None:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "gymlab.worker", "replays",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=worker_environment(self._folder),
            )  # fmt: skip
            self._reaper = asyncio.create_task(self._end_when_idle(), name="replays")
        return self._process

    async def _end_when_idle(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(IDLE_S / 4)
            async with self._lock:
                if loop.time() - self._last_use > IDLE_S:
                    await self._end()
                    return

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
