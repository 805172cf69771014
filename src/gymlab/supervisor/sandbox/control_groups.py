"""Control groups (cgroup v2): the kernel holds a worker to its memory and number of processes.

Only where a part of the tree was delegated to this server (`Delegate=yes` of systemd, or a
container of its own): nothing is made in a folder that the system manages. The server moves into
a leaf, because the kernel lets a folder limit others only while no process lives in it. Where that
is not possible, resource limits and the watchdog hold a worker as they do everywhere.
"""

import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

TREE = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
LEAF = "gymlab-server"
CONTROLLERS = ("memory", "pids")
SLACK_BYTES = 32 * 1024 * 1024
"""Room above the watchdog's limit, so that it names a death that comes slowly."""
BESIDE_THREADS = 8
"""Processes of bubblewrap, and room for their starting."""
_ENTER = 'echo $$ > "$0/cgroup.procs" 2>/dev/null; exec "$@"'
_DELEGATED = ("user.delegate", "trusted.delegate")
_numbers = count()
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """The folder of one worker."""

    path: Path

    @property
    def prefix(self) -> list[str]:
        """Return what stands before a command line, so that it runs in the group from the start."""
        return ["/bin/sh", "-c", _ENTER, str(self.path)]

    def limit_memory(self, limit_bytes: int) -> None:
        """Let the kernel end whoever goes past this limit; none of it may be swapped out."""
        with suppress(OSError):
            (self.path / "memory.max").write_text(str(limit_bytes + SLACK_BYTES))

    def num_memory_kills(self) -> int:
        """Return how many of its processes the kernel has ended for memory."""
        with suppress(OSError, ValueError):
            for line in (self.path / "memory.events").read_text(encoding="ascii").splitlines():
                name, _, number = line.partition(" ")
                if name == "oom_kill":
                    return int(number)
        return 0

    def close(self) -> None:
        """Remove the folder of a worker that is gone."""
        with suppress(OSError):
            self.path.rmdir()


def enter_leaf(tree: Path = TREE, own: Path = OWN) -> bool:
    """Move this process into a leaf of what was delegated to it; tell whether groups work then.

    To be called once by a server, before it starts any process.
    """
    folder = _own_folder(tree, own)
    if folder is None or not _is_ours(folder):
        return False
    leaf = folder / LEAF
    try:
        leaf.mkdir(exist_ok=True)
        (leaf / "cgroup.procs").write_text(str(os.getpid()))
        words = " ".join(f"+{name}" for name in CONTROLLERS)
        (folder / "cgroup.subtree_control").write_text(words)
    except OSError as error:
        LOGGER.info("no control groups: %s", error)
        return False
    return True


def make_group(*, max_threads: int, tree: Path = TREE, own: Path = OWN) -> ControlGroup | None:
    """Make a group for a worker beside the server's leaf; None where there is none to make it in.

    Args:
        max_threads: What the worker may start.
        tree: Where the tree is mounted.
        own: Says where this process is in it.
    """
    folder = _folder_for_workers(tree, own)
    if folder is None:
        return None
    group = ControlGroup(folder / f"gymlab-worker-{os.getpid()}-{next(_numbers)}")
    try:
        group.path.mkdir()
        (group.path / "pids.max").write_text(str(max_threads + BESIDE_THREADS))
        for name, value in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
            with suppress(FileNotFoundError):  # a kernel without swap has no limit for it
                (group.path / name).write_text(value)
    except OSError as error:
        LOGGER.warning("no control group for a worker: %s", error)
        group.close()
        return None
    return group


def are_offered(tree: Path = TREE, own: Path = OWN) -> bool:
    """Tell whether workers of this server get groups of their own."""
    return _folder_for_workers(tree, own) is not None


def _folder_for_workers(tree: Path, own: Path) -> Path | None:
    leaf = _own_folder(tree, own)
    if leaf is None or leaf.name != LEAF:
        return None
    folder = leaf.parent
    try:
        enabled = (folder / "cgroup.subtree_control").read_text(encoding="ascii").split()
    except OSError:
        return None
    return folder if set(CONTROLLERS) <= set(enabled) and os.access(folder, os.W_OK) else None


def _own_folder(tree: Path, own: Path) -> Path | None:
    """Return where this process is in the tree of version 2; None without one."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
        path = next(line[3:] for line in lines if line.startswith("0::"))
        folder = tree / path.lstrip("/")
        offered = (folder / "cgroup.controllers").read_text(encoding="ascii").split()
    except (OSError, StopIteration):
        return None
    return folder if set(CONTROLLERS) <= set(offered) else None


def _is_ours(folder: Path) -> bool:
    """Tell whether the folder was delegated: systemd says so, or it is a container's own root."""
    if not os.access(folder / "cgroup.subtree_control", os.W_OK):
        return False
    for name in _DELEGATED:
        with suppress(OSError):
            if os.getxattr(folder, name) == b"1":
                return _is_alone(folder)
    is_root_of_namespace = folder == TREE and (folder / "cgroup.type").exists()
    return is_root_of_namespace and _is_alone(folder)


def _is_alone(folder: Path) -> bool:
    with suppress(OSError):
        return (folder / "cgroup.procs").read_text(encoding="ascii").split() == [str(os.getpid())]
    return False
