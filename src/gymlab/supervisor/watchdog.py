"""Looking at a worker from outside, 20 times a second: is it frozen, does it take too much."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gymlab.supervisor.blobs import BLOB_NAME
from gymlab.supervisor.deaths import Death, frozen, over_file_limit, over_memory_limit
from gymlab.supervisor.sandbox.limits import (
    MAX_SCRATCH_BYTES,
    MAX_SCRATCH_FILES,
    MAX_THREADS,
)

CHECK_EVERY_S = 0.05
LOOK_AT_DISK_EVERY_S = 0.1
LOOK_AT_MAPPINGS_EVERY_S = 1.0
LOOK_AT_MAPPINGS_AFTER_BYTES = 64 * 1024 * 1024
"""Growth of the address space after which its mappings are looked at again at once."""
_HAS_PROC = sys.platform == "linux"
_SHARED_ANONYMOUS = "/dev/zero (deleted)"
"""What the kernel calls pages that are shared and belong to no file."""
_STATE, _NUM_THREADS = 0, 17
"""Fields of `/proc/<pid>/stat` after the name."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """Where a worker may write, as somebody outside sees it."""

    path: Path
    """Below `/proc/<pid>/root` for a file system of its own, else on disk."""
    is_own_file_system: bool


class Watchdog:
    """Finds the deaths that no exit status tells of."""

    def __init__(
        self,
        pid: Callable[[], int],
        *,
        memory_limit_bytes: int,
        timestep: Callable[[], int],
        scratch: Callable[[], Scratch | None] = lambda: None,
        has_user_code: bool = False,
        lent_bytes: Callable[[], int] = lambda: 0,
    ) -> None:
        """Watch a process.

        Args:
            pid: Names it.
            memory_limit_bytes: Private and shared memory that it may hold.
            timestep: Gives the words their number.
            scratch: Where it writes.
            has_user_code: Whether its author's own code runs in it.
            lent_bytes: Shared memory that its shim holds for it.
        """
        self._has_user_code = has_user_code
        self._lent_bytes = lent_bytes
        self._kept = Kept()
        self._look_at_mappings_at = 0.0
        self._size_at_look = 0
        self._pid = pid
        self._limit = memory_limit_bytes
        self._timestep = timestep
        self._scratch = scratch
        self._look_at_disk_at = 0.0
        self.peak_bytes = 0
        """Most memory that the process was seen holding; 0 where nothing can be seen."""

    def check(self) -> Death | None:
        """Return why the worker must be ended now; None when it is well or gone already."""
        if not _HAS_PROC:
            return None
        pid = self._pid()
        try:
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            status = Path(f"/proc/{pid}/status").read_bytes()
            kept = self._kept_by(pid, shown_as(status, b"VmSize:"))
            held = held_memory(status) + max(self._lent_bytes(), kept.blobs)
            held += max(0, kept.shared_anonymous - shown_as(status, b"RssShmem:"))
            num_threads = int(fields[_NUM_THREADS])
        except (OSError, IndexError, ValueError):
            return None
        self.peak_bytes = max(self.peak_bytes, held)
        if fields[_STATE] in {b"T", b"t"}:
            return frozen(self._timestep())
        if held > self._limit:
            return over_memory_limit(
                self._limit, self._timestep(), has_user_code=self._has_user_code
            )
        if num_threads > MAX_THREADS:
            return self._over(f"started more than {MAX_THREADS} threads")
        return self._check_scratch()

    def _kept_by(self, pid: int, size: int) -> "Kept":
        now = time.monotonic()
        has_grown = size - self._size_at_look > LOOK_AT_MAPPINGS_AFTER_BYTES
        if has_grown or now >= self._look_at_mappings_at:
            self._look_at_mappings_at = now + LOOK_AT_MAPPINGS_EVERY_S
            self._size_at_look = size
            self._kept = kept_memory(pid)
        return self._kept

    def _check_scratch(self) -> Death | None:
        scratch = self._scratch()
        if scratch is None:
            return None
        if scratch.is_own_file_system:
            num_files, num_bytes = _in_file_system(scratch.path)
        elif (now := time.monotonic()) >= self._look_at_disk_at:
            self._look_at_disk_at = now + LOOK_AT_DISK_EVERY_S
            num_files, num_bytes = _below(scratch.path)
        else:
            return None
        if num_files > MAX_SCRATCH_FILES:
            return self._over(f"made more than {MAX_SCRATCH_FILES:,} files")
        if num_bytes > MAX_SCRATCH_BYTES:
            return self._over(f"wrote more than {MAX_SCRATCH_BYTES // 2**20} MB of files")
        return None

    def _over(self, what: str) -> Death:
        return over_file_limit(what, self._timestep(), has_user_code=self._has_user_code)


def held_memory(status: bytes) -> int:
    """Return the memory that only this process holds: not the pages of libraries on disk."""
    return shown_as(status, b"RssAnon:", b"RssShmem:")


def shown_as(status: bytes, *names: bytes) -> int:
    """Return the sum of some sizes of `/proc/<pid>/status`, in bytes."""
    return sum(
        int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(names)
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """Shared memory of a process, of which the count of its own pages may show nothing."""

    blobs: int = 0
    """Bytes that its shim made for it."""
    shared_anonymous: int = 0
    """Bytes of mappings without a file, which only a worker with a graphics card can make."""


def kept_memory(pid: int) -> Kept:
    """Return the shared memory that a process holds, seen or not.

    A blob that its shim has given up lives on while the worker keeps a descriptor or a mapping,
    even one whose pages it has put out of its sight; shared pages of no file while it keeps them
    mapped.
    """
    sizes: dict[int, int] = {}
    shared_anonymous = 0
    try:
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
        mappings = Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines()
    except OSError:
        return Kept()
    for descriptor in descriptors:
        with suppress(OSError):  # it was closed meanwhile
            if BLOB_NAME in str(descriptor.readlink()):
                state = descriptor.stat()
                sizes[state.st_ino] = state.st_blocks * 512
    for line in mappings:
        if BLOB_NAME in line or line.endswith(_SHARED_ANONYMOUS):
            span, _, _, _, inode, *_ = line.split()
            start, _, end = span.partition("-")
            size = int(end, 16) - int(start, 16)
            if BLOB_NAME in line:
                sizes.setdefault(int(inode), size)
            else:
                shared_anonymous += size
    return Kept(sum(sizes.values()), shared_anonymous)


def remove_scratch(path: Path) -> None:
    """Remove a worker's folder on disk, however deep it made it."""
    try:
        shutil.rmtree(path, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", str(path)], check=False)


def _in_file_system(path: Path) -> tuple[int, int]:
    try:
        state = os.statvfs(path)
    except OSError:
        return 0, 0
    return state.f_files - state.f_ffree, 0  # its bytes have a limit of their own


def _below(path: Path) -> tuple[int, int]:
    """Count files and bytes below a folder, not much further than the limits."""
    num_files = num_bytes = 0
    waiting = [path]
    while waiting and num_files <= MAX_SCRATCH_FILES and num_bytes <= MAX_SCRATCH_BYTES:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    num_files += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        num_bytes += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            continue
    return num_files, num_bytes
