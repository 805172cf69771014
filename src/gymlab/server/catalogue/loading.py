"""Learning the catalogue from a worker in the background, once per set of versions."""

import asyncio
import contextlib
import logging
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from gymlab.errors import UnavailableError
from gymlab.server.catalogue.catalogue import Catalogue
from gymlab.server.catalogue.version_key import version_key
from gymlab.server.child_output import output_of
from gymlab.supervisor.sandbox.command import worker_command
from gymlab.supervisor.sandbox.limits import SMALL_WORKER_BYTES

DESCRIBE_TIMEOUT_S = 120.0
WAIT_S = 60.0
BEGIN_AFTER_S = 0.5
PARTIAL_SUFFIX = ".part"
LOGGER = logging.getLogger(__name__)


class CatalogueLoader:
    """Has the catalogue, or is getting it."""

    def __init__(self, cache_dir: Path) -> None:
        """Remember it in this folder."""
        self._cache_dir = cache_dir
        self._task: asyncio.Task[Catalogue] | None = None
        self._beginning: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Get it a moment from now, or when it is asked for: a server's first answers come first."""
        self._beginning = asyncio.get_running_loop().call_later(BEGIN_AFTER_S, self._begin_unasked)

    def _begin_unasked(self) -> None:
        if self._task is None:
            self._begin()

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._load(), name="catalogue")

    async def close(self) -> None:
        """Stop getting it."""
        if self._beginning is not None:
            self._beginning.cancel()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, UnavailableError):
                await self._task

    @property
    def known(self) -> Catalogue | None:
        """The catalogue, when it is there."""
        task = self._task
        is_there = task is not None and task.done() and not task.cancelled()
        return task.result() if task and is_there and task.exception() is None else None

    async def ready(self) -> Catalogue:
        """Return the catalogue as soon as it is there.

        Raises:
            UnavailableError: It cannot be had, or takes too long.
        """
        if self._task is None or (self._task.done() and self._task.exception() is not None):
            self._begin()
        assert self._task is not None  # noqa: S101
        try:
            return await asyncio.wait_for(asyncio.shield(self._task), WAIT_S)
        except TimeoutError as error:
            raise UnavailableError(
                "The environments are still being looked up.", hint="Try again in a minute."
            ) from error

    async def _load(self) -> Catalogue:
        try:
            return await self._read_or_describe()
        except OSError as error:
            LOGGER.exception("the environments cannot be looked up")
            raise UnavailableError(
                f"The environments cannot be looked up: {error.strerror}.",
                hint="logs/server.log says more.",
            ) from error

    async def _read_or_describe(self) -> Catalogue:
        path = self._cache_dir / f"catalogue-{await asyncio.to_thread(version_key)}.json"
        cached = await asyncio.to_thread(_read_cached, path)
        if cached is not None:
            return cached
        content = await self._describe()
        catalogue = await asyncio.to_thread(_parse, content)
        await asyncio.to_thread(_remember, path, content)
        return catalogue

    async def _describe(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="gymlab-describe-") as scratch:
            return await _describe_in(Path(scratch))


async def _describe_in(scratch: Path) -> bytes:
    command = await asyncio.to_thread(
        worker_command, ["describe"], scratch=scratch, memory_bytes=SMALL_WORKER_BYTES
    )
    return await output_of(
        command.arguments,
        timeout_s=DESCRIBE_TIMEOUT_S,
        too_slow="Looking up the environments took too long.",
        failed="The environments cannot be looked up.",
        environment=command.environment,
        folder=scratch,
    )


def _parse(content: bytes) -> Catalogue:
    try:
        return Catalogue(msgspec.json.decode(content, type=dict[str, Any]))
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError) as error:
        LOGGER.exception("the worker's description has an unexpected form")
        raise UnavailableError("The environments were described in an unknown form.") from error


def _read_cached(path: Path) -> Catalogue | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        return _parse(content)
    except UnavailableError:
        path.unlink(missing_ok=True)
        return None


def _remember(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob("catalogue-*.json"):
            old.unlink(missing_ok=True)
        partial = path.with_name(path.name + PARTIAL_SUFFIX)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        LOGGER.warning("cannot remember the catalogue: %s", error)
