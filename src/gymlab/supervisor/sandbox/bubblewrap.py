"""bubblewrap: namespaces of its own and a file system of listed folders, all but one read-only.

Started by root it mounts as root, without a user namespace, and keeps just the two capabilities
with which the worker then becomes somebody else. Started by anybody else it makes a user
namespace, in which the worker has no capability at all.
"""

import os
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gymlab.supervisor.sandbox.limits import MAX_SCRATCH_BYTES
from gymlab.supervisor.sandbox.view import DEVICES, KERNEL

PROGRAM = "bwrap"
INSTALL = {
    "apt-get": "apt install bubblewrap",
    "dnf": "dnf install bubblewrap",
    "pacman": "pacman -S bubblewrap",
    "zypper": "zypper install bubblewrap",
    "apk": "apk add bubblewrap",
}


@dataclass(frozen=True, slots=True)
class Mounts:
    """What is mounted where."""

    readable: tuple[str, ...]
    scratch: str
    devices: tuple[str, ...] = ()
    """Beside the harmless ones."""


class UnsafeBubblewrapError(Exception):
    """The program that was found must not be used."""


def find_bubblewrap() -> str | None:
    """Return the path of the program; None when it is not installed.

    Raises:
        UnsafeBubblewrapError: It runs as root for everybody, or others could change it.
    """
    found = shutil.which(PROGRAM)
    if found is None:
        return None
    state = Path(found).stat()
    if state.st_mode & stat.S_ISUID:
        raise UnsafeBubblewrapError(
            f"{found} is setuid root, which made every user root once (CVE-2026-41163)."
        )
    if state.st_mode & stat.S_IWOTH or state.st_uid not in {0, os.getuid()}:
        raise UnsafeBubblewrapError(f"{found} can be changed by others.")
    return found


def install_hint() -> str:
    """Return the line that installs it here."""
    for manager, line in INSTALL.items():
        if shutil.which(manager) is not None:
            return line if os.geteuid() == 0 else f"sudo {line}"
    return "install bubblewrap (https://github.com/containers/bubblewrap)"


def bubblewrap_arguments(program: str, mounts: Mounts, *, is_root: bool) -> list[str]:
    """Return the command line that stands before the worker's own.

    Args:
        program: Path of bubblewrap.
        mounts: What the worker sees.
        is_root: Whether it is started by root.
    """
    arguments = [program, "--die-with-parent", "--new-session"]
    arguments += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    arguments += ["--unshare-cgroup-try", "--hostname", "worker", "--cap-drop", "ALL"]
    if is_root:
        arguments += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        arguments += ["--unshare-user"]
    arguments += _file_system(mounts)
    return [*arguments, "--chdir", mounts.scratch, "--"]


def _file_system(mounts: Mounts) -> list[str]:
    sources = [path for path in (*mounts.readable, *KERNEL) if Path(path).exists()]
    devices = [path for path in (*DEVICES, *mounts.devices) if Path(path).exists()]
    folders = ("/proc", mounts.scratch)
    arguments: list[str] = []
    for parent in _parents([*sources, *devices, *folders]):
        arguments += ["--perms", "0755", "--dir", parent]
    for source in sources:
        arguments += _read_only(source)
    for device in devices:
        arguments += ["--dev-bind", device, device]
    arguments += ["--proc", "/proc"]
    arguments += ["--perms", "1777", "--size", str(MAX_SCRATCH_BYTES), "--tmpfs", mounts.scratch]
    return [*arguments, "--remount-ro", "/"]


def _read_only(source: str) -> list[str]:
    path = Path(source)
    if path.is_symlink() and path.parent == Path("/"):
        return ["--symlink", str(path.readlink()), source]
    return ["--ro-bind", source, source]


def _parents(paths: Iterable[str]) -> list[str]:
    found = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    return sorted(found - {"/"})
