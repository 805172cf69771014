"""A little disk space kept back, so that a full disk can still be reported."""

import contextlib
import errno
import logging
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gymlab.domain.disk_space import MIN_FREE_BYTES, ROOM_BYTES

RESERVE_BYTES = MIN_FREE_BYTES // 2
"""Less than what makes runs go on: they never take what is given back here."""
_CHUNK = bytes(1024 * 1024)
LOGGER = logging.getLogger(__name__)


class DiskReserve:
    """A file of nothing, deleted when the database finds the disk full."""

    def __init__(self, path: Path) -> None:
        """Use this file; `hold` makes it."""
        self._path = path

    def hold(self) -> None:
        """Keep the space back, unless it is there already or the disk has little left."""
        with contextlib.suppress(OSError):
            is_there = self._path.exists() and self._path.stat().st_size >= RESERVE_BYTES
            if is_there or shutil.disk_usage(self._path.parent).free < 2 * ROOM_BYTES:
                return
            with self._path.open("wb") as file:
                for _ in range(RESERVE_BYTES // len(_CHUNK)):
                    file.write(_CHUNK)

    def release(self) -> None:
        """Give the space to whoever is in need of it."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
            LOGGER.warning("the disk is full: the space that was kept back is used now")


def is_disk_full(error: SQLAlchemyError) -> bool:
    """Tell whether the database could not write for want of space."""
    original = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(original, OSError) and original.errno == errno.ENOSPC
