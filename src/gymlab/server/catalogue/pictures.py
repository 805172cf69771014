"""Pictures of environments, drawn by a worker when first asked for."""

import asyncio
import contextlib
import hashlib
import logging
import os
import shutil
import tempfile
from pathlib import Path

from gymlab.errors import ArtifactNotFoundError, UnavailableError
from gymlab.protocol.framing import ProtocolError, thumbnail_reader
from gymlab.protocol.thumbnails import Thumbnail
from gymlab.server.catalogue.version_key import version_key
from gymlab.supervisor.sandbox.command import worker_command

DRAW_TIMEOUT_S = 60.0
IDLE_S = 20.0
READ_BYTES = 256 * 1024
NICENESS = 15
LOGGER = logging.getLogger(__name__)


class Pictures:
    """Thumbnails and animations, kept as files; one worker draws, one picture at a time."""

    def __init__(self, cache_dir: Path) -> None:
        """Keep pictures below this folder."""
        self._folder = cache_dir / "thumbnails"
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._scratch: Path | None = None
        self._last_use = 0.0
        self._reaper: asyncio.Task[None] | None = None
        self._key: str | None = None

    async def thumbnail(self, env_id: str) -> bytes:
        """Return a JPEG picture."""
        return await self._picture(env_id, "jpg")

    async def animation(self, env_id: str) -> bytes:
        """Return an animated WebP."""
        return await self._picture(env_id, "webp")

    async def close(self) -> None:
        """End the worker."""
        if self._reaper is not None:
            self._reaper.cancel()
        await self._end_worker()

    async def _picture(self, env_id: str, kind: str) -> bytes:
        path = await self._path(env_id, kind)
        if (content := await asyncio.to_thread(_read, path)) is None:
            async with self._lock:
                content = await asyncio.to_thread(_read, path)
                if content is None:
                    content = await self._draw(env_id, kind)
        if not content:
            raise ArtifactNotFoundError(f"{env_id} cannot be drawn here.")
        return content

    async def _path(self, env_id: str, kind: str) -> Path:
        if self._key is None:
            self._key = await asyncio.to_thread(version_key)
        name = hashlib.sha256(f"{self._key}/{env_id}".encode()).hexdigest()[:24]
        return self._folder / f"{name}.{kind}"

    async def _draw(self, env_id: str, kind: str) -> bytes:
        try:
            drawn = await asyncio.wait_for(self._ask(env_id), DRAW_TIMEOUT_S)
        except (TimeoutError, OSError, ProtocolError) as error:
            await self._end_worker()
            raise UnavailableError(f"{env_id} could not be drawn.") from error
        if drawn.error is not None:
            LOGGER.info("no picture of %s: %s", env_id, drawn.error)
        pictures = {"jpg": drawn.image or b"", "webp": drawn.animation or b""}
        for suffix, content in pictures.items():
            await asyncio.to_thread(_write, await self._path(env_id, suffix), content)
        return pictures[kind]

    async def _ask(self, env_id: str) -> Thumbnail:
        process = await self._worker()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        process.stdin.write(env_id.encode() + b"\n")
        await process.stdin.drain()
        reader = thumbnail_reader()
        while chunk := await process.stdout.read(READ_BYTES):
            for message in reader.feed(chunk):
                return message
        raise ProtocolError("the drawing worker ended")

    async def _worker(self) -> asyncio.subprocess.Process:
        loop = asyncio.get_running_loop()
        self._last_use = loop.time()
        if self._process is None or self._process.returncode is not None:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
            self._scratch = Path(tempfile.mkdtemp(prefix="gymlab-pictures-"))
            command = await asyncio.to_thread(
                worker_command, ["thumbnails"], scratch=self._scratch, niceness=NICENESS
            )
            self._process = await asyncio.create_subprocess_exec(
                *command.arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=command.environment,
                cwd=self._scratch,
            )
            self._reaper = asyncio.create_task(self._end_when_idle(), name="pictures")
        return self._process

    async def _end_when_idle(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(IDLE_S / 4)
            async with self._lock:
                if loop.time() - self._last_use > IDLE_S:
                    await self._end_worker()
                    return

    async def _end_worker(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._scratch is not None:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
            self._scratch = None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        LOGGER.warning("cannot keep a picture: %s", error)
