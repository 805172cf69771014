"""How much one worker may take."""

import logging
import resource
import sys

import psutil

LOGGER = logging.getLogger(__name__)
MAX_FILE_BYTES = 40 * 1024 * 1024
MAX_FILES = 256
MAX_THREADS = 256
MAX_SCRATCH_BYTES = 48 * 1024 * 1024
"""Room for temporary files; in memory where the sandbox has a file system of its own."""
MAX_SCRATCH_FILES = 20_000
_SHARE_OF_MEMORY = 0.9


def default_memory_limit() -> int:
    """Return the memory a worker may hold: what the machine has, less a tenth."""
    return int(psutil.virtual_memory().total * _SHARE_OF_MEMORY)


def lower_memory(pid: int, limit_bytes: int) -> None:
    """Limit what a process can still allocate privately; it gets a MemoryError beyond that.

    The watchdog sees what this does not count: pages of shared memory and of files. Linux only.
    """
    if sys.platform != "linux":
        return
    try:
        _, hard = resource.prlimit(pid, resource.RLIMIT_DATA)
        limit = limit_bytes if hard == resource.RLIM_INFINITY else min(limit_bytes, hard)
        resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))
    except (OSError, ValueError) as error:
        LOGGER.warning("the memory of process %d cannot be limited: %s", pid, error)
