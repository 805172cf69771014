"""Has model files read and written by a process of their own, one after the other."""

import asyncio
import logging
import secrets
import shutil
from pathlib import Path

import msgspec

from gymlab.errors import ModelRefusedError, UnavailableError
from gymlab.protocol.model_files import ModelFileResult, ModelFileWork, ReadModelFile
from gymlab.supervisor.launching import launch_model_work

LOGGER = logging.getLogger(__name__)
PATIENCE_S = 150.0
MAX_WAITING = 16
_NOT_THE_FILES_FAULT = frozenset({"disk"})


class ModelFiles:
    """Folders for what arrives and leaves, and the process that looks at it."""

    def __init__(self, home: Path) -> None:
        """Use a folder below the data folder; nothing in it outlives a start."""
        self._home = home
        self._folder = home / "transfers"
        self._turn = asyncio.Semaphore(1)
        self._num_waiting = 0

    def clear(self) -> None:
        """Remove what a server that died left behind."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_folder(self) -> Path:
        """Make a folder for one file; whoever asked for it removes it."""
        folder = self._folder / secrets.token_hex(8)
        folder.mkdir(parents=True)
        return folder

    async def do(self, work: ModelFileWork) -> ModelFileResult:
        """Have it done.

        Raises:
            ModelRefusedError: The file is not one that can be read; says why.
            UnavailableError: Too many wait, or the process failed.
        """
        if self._num_waiting >= MAX_WAITING:
            raise UnavailableError("Many model files are waiting.", hint="Try again in a minute.")
        self._num_waiting += 1
        try:
            async with self._turn:
                result = await self._ask(work)
        finally:
            self._num_waiting -= 1
        if result.failure is not None:
            raise _error(result.failure, is_reading=isinstance(work, ReadModelFile))
        return result

    async def _ask(self, work: ModelFileWork) -> ModelFileResult:
        process = await launch_model_work(home=self._home)
        try:
            question = msgspec.msgpack.encode(work)
            answered, _ = await asyncio.wait_for(process.communicate(question), PATIENCE_S)
            return msgspec.msgpack.decode(answered, type=ModelFileResult)
        except (TimeoutError, msgspec.MsgspecError) as error:
            LOGGER.warning("a model file was not looked at: %s", error)
            raise UnavailableError(
                "The file could not be looked at.", hint="logs/shims.log says more. Try again."
            ) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _error(failure: dict[str, object], *, is_reading: bool) -> ModelRefusedError | UnavailableError:
    detail, hint = str(failure.get("detail")), failure.get("hint")
    text = hint if isinstance(hint, str) else None
    if not is_reading or failure.get("code") in _NOT_THE_FILES_FAULT:
        return UnavailableError(detail, hint=text)
    return ModelRefusedError(detail, hint=text)
