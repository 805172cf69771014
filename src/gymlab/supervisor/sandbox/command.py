"""The command line and the variables of every worker."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gymlab.protocol.confinement import Profile
from gymlab.settings import passed_on_environment
from gymlab.supervisor.sandbox.accelerators import Accelerator
from gymlab.supervisor.sandbox.mechanism import Mechanism, best_mechanism
from gymlab.supervisor.sandbox.wrapping import wrap

WORKER_MODULE = "gymlab.worker"
_KEPT_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20),
}
"""Read by glibc alone. Whoever watches has three surfaces of a megabyte made and freed for every
picture; given back to the system they have to be zeroed anew each time."""


@dataclass(frozen=True, slots=True)
class WorkerCommand:
    """How a worker is started: in the sandbox of this machine, with listed variables only."""

    arguments: list[str]
    environment: dict[str, str]
    is_wrapped: bool
    """Whether the worker is a descendant of what the arguments start."""


def worker_command(  # noqa: PLR0913 - each is decided where a worker is started
    words: Sequence[str],
    *,
    scratch: Path,
    niceness: int = 0,
    profile: Profile = "strict",
    mechanism: Mechanism | None = None,
    module: str = WORKER_MODULE,
    memory_bytes: int | None = None,
    accelerator: Accelerator | None = None,
) -> WorkerCommand:
    """Return the command line of a worker.

    Args:
        words: What follows the module.
        scratch: Empty folder of its own, used where the sandbox has no file system of its own.
        niceness: Added to the scheduling priority.
        profile: Whether it can make sockets.
        mechanism: What confines it; the best of this machine by default.
        module: What Python runs; anything else than the worker is a trial of the sandbox.
        memory_bytes: What it can allocate; None for what the machine can give.
        accelerator: GPU that it computes on; None hides them all.
    """
    wrapped = wrap(
        mechanism or best_mechanism(),
        scratch=scratch,
        profile=profile,
        memory_bytes=memory_bytes,
        accelerator=accelerator,
    )
    arguments = [*wrapped.prefix, sys.executable, "-P", "-m", module]
    arguments += [*words, *wrapped.suffix]
    if niceness:
        arguments = ["nice", "-n", str(niceness), *arguments]
    environment = {**_worker_environment(), **wrapped.environment}
    return WorkerCommand(arguments, environment, is_wrapped=bool(wrapped.prefix))


def _worker_environment() -> dict[str, str]:
    return {
        **passed_on_environment(),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",
        "PYGAME_HIDE_SUPPORT_PROMPT": "1",
        "MUJOCO_GL": "egl",
        "OMP_NUM_THREADS": "1",
        **_KEPT_MEMORY,
    }
