"""The first thing a worker does: give up what it does not need, in the order that works.

Limits while root may still set them, then the user id, then Landlock (which needs the id's view of
files), then seccomp (which would deny the rest). It happens before torch, gymnasium or any code of
others is imported, while the process has one thread: threads that exist would stay free.
"""

import os
import sys

import msgspec

from gymlab.protocol.confinement import Confinement
from gymlab.worker.sandbox.identity import become, drop_capabilities, forbid_new_privileges
from gymlab.worker.sandbox.landlock import restrict_files
from gymlab.worker.sandbox.limits import limit_resources
from gymlab.worker.sandbox.seccomp import forbid_system_calls

FLAG = "--confine"
LINK_FLAG = "--fd"
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
    link = int(arguments[arguments.index(LINK_FLAG) + 1]) if LINK_FLAG in arguments else None
    confine(msgspec.json.decode(text, type=Confinement), link=link)


def confine(confinement: Confinement, *, link: int | None) -> None:
    """Give up everything for good.

    Args:
        confinement: What is left.
        link: The one descriptor that is kept beside the standard ones.

    Raises:
        OSError: Something could not be given up.
    """
    _close_others(link)
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
    )
    forbid_system_calls(confinement.profile, shares_uid=confinement.shares_uid)


def _close_others(link: int | None) -> None:
    if link is None:
        os.closerange(FIRST_FREE_DESCRIPTOR, HIGHEST_DESCRIPTOR)
    else:
        os.closerange(FIRST_FREE_DESCRIPTOR, link)
        os.closerange(link + 1, HIGHEST_DESCRIPTOR)
    sys.stdout.flush()
