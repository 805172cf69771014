"""Putting the mechanisms together: from a worker's command line to a confined one."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from gymlab.protocol.confinement import Confinement, Profile
from gymlab.supervisor.sandbox.accelerators import Accelerator
from gymlab.supervisor.sandbox.accounts import unique_uid
from gymlab.supervisor.sandbox.bubblewrap import Mounts, bubblewrap_arguments
from gymlab.supervisor.sandbox.limits import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_THREADS,
    default_memory_limit,
)
from gymlab.supervisor.sandbox.mechanism import Mechanism
from gymlab.supervisor.sandbox.tiers import Tier
from gymlab.supervisor.sandbox.view import (
    DEVICES,
    KERNEL,
    glfw_library,
    readable_roots,
    scratch_path,
)

CONFINE_FLAG = "--confine"
PROC_OF_ITS_OWN = ("/proc",)
PROC_SHARED = (
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/filesystems",
    "/proc/sys/vm/overcommit_memory",
)
"""What may be read where /proc shows the processes of others too."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """How a confined worker is started."""

    prefix: list[str]
    """Stands before the worker's command line."""
    suffix: list[str]
    """Stands after it."""
    scratch: str
    """The worker's working folder, as it sees it."""
    environment: dict[str, str]
    """Variables it needs for living in the sandbox."""


def wrap(
    mechanism: Mechanism,
    *,
    scratch: Path,
    profile: Profile = "strict",
    memory_bytes: int | None = None,
    accelerator: Accelerator | None = None,
) -> Wrapped:
    """Return what confines a worker.

    Args:
        mechanism: What this machine offers.
        scratch: Folder on disk for a worker that has no file system of its own.
        profile: Whether sockets can be made; the network namespace is its own either way.
        memory_bytes: What it can allocate; None for what the machine can give.
        accelerator: GPU that it computes on; None hides them all.
    """
    if mechanism.tier is Tier.NONE or not mechanism.confines:
        return Wrapped([], [], str(scratch), _environment(str(scratch)))
    has_namespaces = mechanism.program is not None
    folder = scratch_path() if has_namespaces else str(scratch)
    uid = unique_uid() if mechanism.becomes_another else None
    if uid is not None and not has_namespaces:
        os.chown(scratch, uid, uid)
    extra = accelerator or Accelerator((), ())
    roots = (*readable_roots(), *extra.readable)
    mounted = tuple(path for path in roots if not path.startswith("/proc/"))
    confinement = Confinement(
        profile=profile,
        uid=uid,
        shares_uid=uid is None and not has_namespaces,
        readable=[
            *roots,
            *KERNEL,
            *(PROC_OF_ITS_OWN if has_namespaces else PROC_SHARED),
        ],
        writable=[folder],
        devices=[*DEVICES, *extra.devices],
        max_data_bytes=memory_bytes or default_memory_limit(),
        max_file_bytes=MAX_FILE_BYTES,
        max_files=MAX_FILES,
        max_threads=MAX_THREADS if uid is not None or has_namespaces else None,
        has_card=accelerator is not None,
    )
    prefix: list[str] = []
    if mechanism.program is not None:
        mounts = Mounts(mounted, folder, extra.devices)
        prefix = bubblewrap_arguments(mechanism.program, mounts, is_root=mechanism.becomes_another)
    suffix = [CONFINE_FLAG, msgspec.json.encode(confinement).decode()]
    return Wrapped(prefix, suffix, folder, _environment(folder))


def _environment(folder: str) -> dict[str, str]:
    variables = {
        "HOME": folder,
        "TMPDIR": folder,
        "MPLCONFIGDIR": folder,
        "NUMBA_CACHE_DIR": folder,
        "XDG_CACHE_HOME": folder,
        "USER": "worker",
        "LOGNAME": "worker",
    }
    glfw = glfw_library()
    return {**variables, "PYGLFW_LIBRARY": glfw} if glfw is not None else variables
