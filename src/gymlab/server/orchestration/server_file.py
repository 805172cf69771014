"""One server per data folder: its lock, and where it can be found."""

import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gymlab import __version__
from gymlab.errors import DataFolderInUseError
from gymlab.supervisor.atomic import write_atomically
from gymlab.supervisor.process_identity import identity_of, own_identity
from gymlab.supervisor.server_link import SERVER_FILE

LOCK_FILE = "server.lock"
OWNER_READS = 50
OWN_ADDRESS: Mapping[str, str] = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
OWNER_READ_S = 0.02


class ServerLock:
    """Held for as long as this process serves the data folder."""

    def __init__(self, home: Path) -> None:
        """Take the lock.

        Raises:
            DataFolderInUseError: Another process holds it; names its pid.
        """
        home.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = (home / LOCK_FILE).open("a+", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = _owner(self._file)
            self._file.close()
            raise DataFolderInUseError(
                f"The data folder {home} is already served by process {owner}.",
                hint="Use that server, or give this one its own folder with GYMLAB_HOME.",
            ) from error
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Give the lock back."""
        self._file.close()


def _owner(file: IO[str]) -> str:
    """Return the pid in a lock file, which its owner may be about to write over an older one."""
    for _ in range(OWNER_READS):
        file.seek(0)
        text = file.read().strip()
        if text.isdecimal() and identity_of(int(text)) is not None:
            return text
        time.sleep(OWNER_READ_S)
    return "unknown"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, for people, commands and shims."""

    host: str
    port: int
    socket: Path
    instance: str
    """Random name that `/health` answers too."""

    @property
    def url(self) -> str:
        """Where this machine reaches it: nothing can be opened at an address that means all."""
        host = OWN_ADDRESS.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def write_server_file(home: Path, address: Address) -> None:
    """Tell shims and commands where this server is."""
    identity = own_identity()
    content: dict[str, Any] = {
        "pid": identity.pid,
        "start_time": identity.start_time,
        "boot_id": identity.boot_id,
        "host": address.host,
        "port": address.port,
        "url": address.url,
        "socket": str(address.socket),
        "instance": address.instance,
        "version": __version__,
    }
    write_atomically(home / SERVER_FILE, json.dumps(content, indent=2).encode(), durable=False)


def remove_server_file(home: Path) -> None:
    """Say that nobody serves the folder any more."""
    (home / SERVER_FILE).unlink(missing_ok=True)
