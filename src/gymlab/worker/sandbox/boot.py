"""The first thing a worker does: give up what it does not need, in the order that works.

Limits while root may still set them, then the user id, then Landlock (which needs the id's view of
files), then seccomp (which would deny the rest). It happens before torch, gymnasium or any code of
others is imported, while the process has one thread: threads that exist would stay free.
"""

import os
import sys
from collections.abc import Iterable

import msgspec

from gymlab.protocol.confinement import Confinement
from gymlab.worker.sandbox.identity import become, drop_capabilities, forbid_new_privileges
from gymlab.worker.sandbox.landlock import restrict_files
from gymlab.worker.sandbox.limits import limit_resources
from gymlab.worker.sandbox.seccomp import forbid_system_calls

FLAG = "--confine"
LINK_FLAG = "--fd"
MARKER_FLAG = "--marker"
OWN_THREADS = "/proc/self/task"
"""CUDA gives its threads names by writing to files here, and does not start where it cannot. They
are of this process alone, which could change them otherwise as well."""
FIRST_FREE_DESCRIPTOR = 3
HIGHEST_DESCRIPTOR = 65536


def confine_from(arguments: list[str]) -> None:
    """Confine this process if its command line says so; unconfined it goes on only without the flag.

    Raises:
        OSError: Something could not be given up: the worker must not go on.
    """
    if FLAG not in arguments:
        return
    text = arguments[arguments.index(FLAG) + 1]
    kept = [
        int(arguments[arguments.index(flag) + 1])
        for flag in (LINK_FLAG, MARKER_FLAG)
        if flag in arguments
    ]
    confine(msgspec.json.decode(text, type=Confinement), kept=kept)


def confine(confinement: Confinement, *, kept: Iterable[int]) -> None:
    """Give up everything for good.

    Args:
        confinement: What is left.
        kept: The descriptors that are kept beside the standard ones.

    Raises:
        OSError: Something could not be given up.
    """
    _close_others(kept)
    limit_resources(confinement)
    if confinement.uid is not None:
        become(confinement.uid)
    elif os.geteuid() == 0:
        drop_capabilities()
    forbid_new_privileges()
    restrict_files(
        readable=confinement.readable,
        writable=confinement.writable,
        devices=confinement.devices,
        allows_network=confinement.profile == "loopback",
        renamable=[OWN_THREADS] if confinement.has_card else [],
    )
    forbid_system_calls(
        confinement.profile, shares_uid=confinement.shares_uid, has_card=confinement.has_card
    )


def _close_others(kept: Iterable[int]) -> None:
    first = FIRST_FREE_DESCRIPTOR
    for descriptor in sorted(kept):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, HIGHEST_DESCRIPTOR)
    sys.stdout.flush()
