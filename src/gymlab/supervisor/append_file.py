"""A file that only grows, on a disk that may be full or failing.

What cannot be written waits in memory and is written later, in order: nothing is lost and
nothing is doubled. What was written but perhaps never reached the disk is kept as well,
because after a failed fsync the kernel forgets it.
"""

import contextlib
import errno
import os
import threading
from collections import deque
from pathlib import Path


class AppendFile:
    """Appends whole pieces; all methods may be called by any thread."""

    def __init__(self, path: Path) -> None:
        """Open for writing behind the last complete line.

        Raises:
            OSError: The file cannot be opened or its torn tail not be cut off.
        """
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._writing = threading.Lock()
        self._syncing = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._unsynced: deque[bytes] = deque()
        self._must_write_again = False
        self.waiting_bytes = 0
        """What waits in memory for the disk."""
        try:
            self.size_bytes = cut_torn_tail(self._descriptor)
            """What the file holds."""
        except OSError:
            os.close(self._descriptor)
            raise
        self._synced_bytes = self.size_bytes

    def append(self, piece: bytes) -> None:
        """Write a piece; a reader sees it only once it is complete with its newline.

        Raises:
            OSError: The disk is full or failing; the piece waits in memory, see `flush`.
        """
        with self._writing:
            self._waiting.append(piece)
            self.waiting_bytes += len(piece)
            # Behind others that wait it would fail as they did, at every call.
            if len(self._waiting) == 1:
                self._write_waiting()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            OSError: The disk is still full or failing; it goes on waiting.
        """
        with self._writing:
            self._write_waiting()

    def sync(self) -> None:
        """Write what waits, and make everything survive a power loss.

        Raises:
            OSError: The disk is full or failing; nothing of it is forgotten.
        """
        with self._syncing:
            with self._writing:
                self._write_waiting()
                if self._must_write_again:
                    write_at(self._descriptor, b"".join(self._unsynced), self._synced_bytes)
                end, pieces = self.size_bytes, len(self._unsynced)
            if end == self._synced_bytes:
                return
            self._must_write_again = True
            os.fdatasync(self._descriptor) if hasattr(os, "fdatasync") else os.fsync(
                self._descriptor
            )
            self._must_write_again = False
            self._synced_bytes = end
            for _ in range(pieces):
                self._unsynced.popleft()

    def close(self) -> None:
        """Sync and close.

        Raises:
            OSError: The disk is full or failing; the file is closed, what waited is lost.
        """
        try:
            self.sync()
        finally:
            os.close(self._descriptor)

    def _write_waiting(self) -> None:
        while self._waiting:
            piece = self._waiting[0]
            try:
                write_at(self._descriptor, piece, self.size_bytes)
            except OSError:
                # A torn tail would be cut off by the next one who opens the file.
                with contextlib.suppress(OSError):
                    os.ftruncate(self._descriptor, self.size_bytes)
                raise
            self._waiting.popleft()
            self.waiting_bytes -= len(piece)
            self.size_bytes += len(piece)
            self._unsynced.append(piece)


def write_at(descriptor: int, content: bytes, offset: int) -> None:
    """Write all of it at an offset, however little the system takes at once.

    Raises:
        OSError: The disk is full or failing; a part may be written.
    """
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        if written <= 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        view = view[written:]
        offset += written


def cut_torn_tail(descriptor: int) -> int:
    """Cut off what follows the last newline; return the size that is left."""
    size = end = os.fstat(descriptor).st_size
    while end > 0:
        start = max(0, end - 65536)
        newline = os.pread(descriptor, end - start, start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end != size:
        os.ftruncate(descriptor, end)
    return end
