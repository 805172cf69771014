"""Pictures of environments, drawn by a worker when first asked for."""

import asyncio
import hashlib
import logging
import os
from pathlib import Path

from gymlab.errors import ArtifactNotFoundError, UnavailableError
from gymlab.protocol.framing import ProtocolError, thumbnail_reader
from gymlab.server.catalogue.version_key import version_key
from gymlab.server.piped_worker import PipedWorker

DRAW_TIMEOUT_S = 60.0
NICENESS = 15
LOGGER = logging.getLogger(__name__)


class Pictures:
    """Thumbnails and animations, kept as files; one worker draws, one picture at a time."""

    def __init__(self, cache_dir: Path) -> None:
        """Keep pictures below this folder."""
        self._folder = cache_dir / "thumbnails"
        self._lock = asyncio.Lock()
        self._worker = PipedWorker("thumbnails", niceness=NICENESS)
        self._key: str | None = None

    async def thumbnail(self, env_id: str) -> bytes:
        """Return a JPEG picture."""
        return await self._picture(env_id, "jpg")

    async def animation(self, env_id: str) -> bytes:
        """Return an animated WebP."""
        return await self._picture(env_id, "webp")

    async def close(self) -> None:
        """End the worker."""
        await self._worker.close()

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
            drawn = await self._worker.ask(
                env_id.encode(), thumbnail_reader(), timeout_s=DRAW_TIMEOUT_S
            )
        except (TimeoutError, OSError, ProtocolError) as error:
            raise UnavailableError(f"{env_id} could not be drawn.") from error
        if drawn.error is not None:
            LOGGER.info("no picture of %s: %s", env_id, drawn.error)
        pictures = {"jpg": drawn.image or b"", "webp": drawn.animation or b""}
        for suffix, content in pictures.items():
            await asyncio.to_thread(_write, await self._path(env_id, suffix), content)
        return pictures[kind]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        LOGGER.warning("cannot keep a picture: %s", error)
