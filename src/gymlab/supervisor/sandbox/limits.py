"""How much one worker may take."""

import psutil

MAX_FILE_BYTES = 48 * 1024 * 1024
MAX_FILES = 256
MAX_THREADS = 256
_SHARE_OF_MEMORY = 0.9


def default_memory_limit() -> int:
    """Return the memory a worker may hold: what the machine has, less a tenth."""
    return int(psutil.virtual_memory().total * _SHARE_OF_MEMORY)
