"""Resource limits (`setrlimit`): inherited by every thread, and never raised again.

RLIMIT_AS cannot be used: torch reserves gigabytes that it never touches. RLIMIT_DATA counts what
can be written privately, which is what a memory bomb fills.
"""

import resource

from gymlab.protocol.confinement import Confinement

SOFT_STACK_BYTES = 8 * 1024 * 1024
HARD_STACK_BYTES = 64 * 1024 * 1024
NO_MESSAGES = 0


def limit_resources(confinement: Confinement) -> None:
    """Set every limit, soft and hard; a limit that is lower already stays."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_DATA, confinement.max_data_bytes)
    _lower(resource.RLIMIT_FSIZE, confinement.max_file_bytes)
    _lower(resource.RLIMIT_NOFILE, confinement.max_files)
    _lower(resource.RLIMIT_STACK, SOFT_STACK_BYTES, HARD_STACK_BYTES)
    _lower(resource.RLIMIT_MEMLOCK, 0)
    if confinement.max_threads is not None:
        _lower(resource.RLIMIT_NPROC, confinement.max_threads)
    for name in ("RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO"):
        number = getattr(resource, name, None)
        if number is not None:
            _lower(number, 0)


def _lower(number: int, soft: int, hard: int | None = None) -> None:
    _, present = resource.getrlimit(number)
    ceiling = soft if hard is None else hard
    if present != resource.RLIM_INFINITY:
        ceiling = min(ceiling, present)
    resource.setrlimit(number, (min(soft, ceiling), ceiling))
