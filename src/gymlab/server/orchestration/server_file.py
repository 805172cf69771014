"""One server per data folder: its lock, and where it can be found."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO, Any

from gymlab import __version__
from gymlab.errors import DataFolderInUseError
from gymlab.supervisor.atomic import write_atomically
from gymlab.supervisor.process_identity import own_identity
from gymlab.supervisor.server_link import SERVER_FILE

LOCK_FILE = "server.lock"


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
            self._file.seek(0)
            owner = self._file.read().strip() or "unknown"
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


def write_server_file(home: Path, *, host: str, port: int, socket: Path) -> None:
    """Tell shims and commands where this server is."""
    identity = own_identity()
    shown_host = f"[{host}]" if ":" in host else host
    content: dict[str, Any] = {
        "pid": identity.pid,
        "start_time": identity.start_time,
        "boot_id": identity.boot_id,
        "host": host,
        "port": port,
        "url": f"http://{shown_host}:{port}",
        "socket": str(socket),
        "version": __version__,
    }
    write_atomically(home / SERVER_FILE, json.dumps(content, indent=2).encode(), durable=False)


def remove_server_file(home: Path) -> None:
    """Say that nobody serves the folder any more."""
    (home / SERVER_FILE).unlink(missing_ok=True)
