"""The small process that reads people's sources for the server."""

import asyncio
import contextlib
import json
import sys
from typing import Any

from gymlab.settings import passed_on_environment

TIMEOUT_S = 10.0
IDLE_S = 120.0
MAX_ANSWER_BYTES = 4 * 1024 * 1024


class CheckerProcess:
    """Starts the process when it is needed, one question at a time, and ends it when it is not."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def check(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what is wrong with a source.

        Args:
            question: What `gymlab.server.code.checking` reads.
        """
        async with self._lock:
            try:
                line = await asyncio.wait_for(self._ask(question), TIMEOUT_S)
                found: list[dict[str, Any]] = json.loads(line)
            except (OSError, ValueError, TimeoutError):
                # The source was made to stop a parser, or took too long.
                await self._end()
                return [_UNREADABLE]
            self._end_later()
        return found

    async def close(self) -> None:
        """End the process."""
        async with self._lock:
            await self._end()

    async def _ask(self, question: dict[str, Any]) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "gymlab.server.code.checking",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=MAX_ANSWER_BYTES,
                env=passed_on_environment(),
            )  # fmt: skip
        process = self._process
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        process.stdin.write(json.dumps(question).encode() + b"\n")
        await process.stdin.drain()
        return await process.stdout.readline()

    def _end_later(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        loop = asyncio.get_running_loop()
        self._ending = loop.call_later(IDLE_S, self._end_if_idle)

    def _end_if_idle(self) -> None:
        if self._lock.locked():
            self._end_later()
        elif self._process is not None and self._process.stdin is not None:
            # The end of its input ends it.
            self._process.stdin.close()
            self._process = None

    async def _end(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


_UNREADABLE = {
    "line": 1,
    "column": 1,
    "severity": "error",
    "code": "too_deep",
    "message": "The code is too long or nested too deeply to be looked at.",
}
