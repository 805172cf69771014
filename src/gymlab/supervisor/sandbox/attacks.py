"""Attacks that are tried from inside at every start of the server; none may get through.

This file is sent as text to a confined interpreter, behind a line that sets `TARGETS`, and is
never imported by the server. An attack that gets through returns True; one that fails raises or
returns False. `tests/security` tries many more.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

TARGETS: dict[str, Any] = globals().get("TARGETS", {})
_SYS_IO_URING, _SYS_MEMFD, _SYS_PTRACE, _SYS_UNSHARE = 425, 319, 101, 272
_PTRACE_ATTACH, _CLONE_NEWUSER = 16, 0x10000000


def _system_call(number: int, *arguments: object) -> bool:
    ctypes.set_errno(0)
    return ctypes.CDLL(None, use_errno=True).syscall(number, *arguments) >= 0


def read_data_folder() -> bool:
    """Read a file of the data folder."""
    return bool(Path(TARGETS["file"]).read_bytes())


def list_data_folder() -> bool:
    """List the data folder."""
    return bool(list(Path(TARGETS["file"]).parent.iterdir()))


def change_data_folder() -> bool:
    """Append to a file of the data folder."""
    with Path(TARGETS["file"]).open("a") as file:
        return file.write("x") > 0


def remove_from_data_folder() -> bool:
    """Remove a file of the data folder."""
    Path(TARGETS["file"]).unlink()
    return True


def change_modes() -> bool:
    """Open a file of the data folder to everybody."""
    Path(TARGETS["file"]).chmod(0o777)
    return True


def read_accounts() -> bool:
    """Read the machine's accounts."""
    return bool(Path("/etc/passwd").read_text())


def read_environment_of_starter() -> bool:
    """Read the variables of the process that started this one."""
    return bool(Path(f"/proc/{TARGETS['pid']}/environ").read_bytes())


def signal_starter() -> bool:
    """Send a signal to the process that started this one."""
    os.kill(TARGETS["pid"], 0)
    return Path(f"/proc/{TARGETS['pid']}/cmdline").exists()


def trace_starter() -> bool:
    """Stop the process that started this one in a debugger."""
    return _system_call(_SYS_PTRACE, _PTRACE_ATTACH, TARGETS["pid"], 0, 0)


def connect() -> bool:
    """Open a TCP connection to this machine."""
    with socket.create_connection(("127.0.0.1", TARGETS["port"]), 0.2):
        return True


def send_datagram() -> bool:
    """Send a UDP datagram."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        return sending.sendto(b"x", ("127.0.0.1", TARGETS["port"])) > 0


def unix_socket() -> bool:
    """Make a socket through which services of the machine could be asked."""
    socket.socket(socket.AF_UNIX).close()
    return True


def fork() -> bool:
    """Start a process."""
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True


def execute() -> bool:
    """Become another program."""
    os.execv("/bin/true", ["true"])  # noqa: S606
    return True


def new_namespace() -> bool:
    """Become root of a namespace."""
    return _system_call(_SYS_UNSHARE, _CLONE_NEWUSER)


def io_uring() -> bool:
    """Use the interface that passes by seccomp."""
    return _system_call(_SYS_IO_URING, 8, ctypes.create_string_buffer(256))


def uncounted_memory() -> bool:
    """Make a file in memory that no limit counts."""
    return _system_call(_SYS_MEMFD, b"x", 0)


def persist() -> bool:
    """Leave code that every later Python process runs."""
    path = Path(TARGETS["packages"]) / "gymlab_self_test.pth"
    path.write_text("import os\n")
    path.unlink()
    return True


def link_out() -> bool:
    """Make a symbolic link in the scratch folder."""
    Path("link").symlink_to("/etc")
    return True


def pipe_in_folder() -> bool:
    """Make a named pipe, at which a reader would wait for ever."""
    os.mkfifo("pipe")
    return True


def raise_limit() -> bool:
    """Allow itself more memory."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard + 1, hard + 1))
    return True


def large_file() -> bool:
    """Write a file larger than the limit."""
    with Path("large").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, TARGETS["max_file_bytes"] + 1)
    return True


def become_root() -> bool:
    """Take back root's identity."""
    os.setuid(0)
    return TARGETS["is_root"]


ATTACKS: tuple[Callable[[], bool], ...] = (
    read_data_folder,
    list_data_folder,
    change_data_folder,
    change_modes,
    remove_from_data_folder,
    read_accounts,
    read_environment_of_starter,
    signal_starter,
    trace_starter,
    connect,
    send_datagram,
    unix_socket,
    fork,
    new_namespace,
    io_uring,
    uncounted_memory,
    persist,
    link_out,
    pipe_in_folder,
    raise_limit,
    large_file,
    become_root,
    execute,
)
"""In the order in which they are tried; the last would end the trial."""


def main() -> None:
    """Try every attack; print the names of those that got through."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    through: list[str] = []
    for attack in ATTACKS:
        try:
            got_through = attack()
        except OSError as error:
            got_through = error.errno == errno.ENOTRECOVERABLE
        except ValueError:  # `setrlimit` over the hard limit
            got_through = False
        if got_through:
            through.append(attack.__name__)
    sys.stdout.write(json.dumps({"tried": len(ATTACKS), "through": through}))


if __name__ == "__main__":
    main()
