"""A server for the time of commands: started by the first that needs it, ended by the last."""

import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

import psutil

from gymlab.cli.data_folder import require_home
from gymlab.cli.running_server import running_server
from gymlab.cli.server_file import read_server_file
from gymlab.errors import UnavailableError
from gymlab.sdk.client import Client
from gymlab.settings import Settings

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
USERS_FILE = "temporary-server.users"
LOG_FILE = "temporary-server.log"
_POLL_S = 0.05
_LEFT_BY = (signal.SIGTERM, signal.SIGHUP)
_IN_USE = "already served"


@contextmanager
def temporary_server(settings: Settings) -> Generator[Client]:
    """Give a client of the data folder's server, which is started where none runs.

    Commands that need one at the same time share it: each holds a shared lock on a file that
    names the server, and who can have that lock alone is the last and ends it. The server runs in
    a session of its own, so that Ctrl-C reaches the command alone.

    Raises:
        UnavailableError: The data folder cannot be written, or no server could be started.
    """
    require_home(settings)
    with (settings.home / USERS_FILE).open("a+", encoding="ascii") as users, _left_by_signals():
        # Waits only while the last user of an earlier one ends it.
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with running_server(settings) or _start(settings, users) as client:
                yield client
        finally:
            _end_if_last(users, settings)


def is_temporary(settings: Settings) -> bool:
    """Tell whether the server of the data folder was started for the time of commands."""
    told = read_server_file(settings.home)
    if told is None or told.instance is None:
        return False
    try:
        return (settings.home / USERS_FILE).read_text(encoding="ascii") == told.instance
    except (OSError, UnicodeDecodeError):
        return False


@contextmanager
def _left_by_signals() -> Generator[None]:
    """Let a closed terminal and SIGTERM end the server on the way out; `nohup` keeps its meaning."""
    before = {number: signal.getsignal(number) for number in _LEFT_BY}
    replaced = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in replaced:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in replaced:
            signal.signal(number, signal.SIG_DFL)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _start(settings: Settings, users: IO[str]) -> Client:
    command = [sys.executable, "-m", "gymlab", "serve", "--quiet"]
    command += ["--home", str(settings.home), "--host", "127.0.0.1", "--port", "0"]
    command += ["--warm-workers", "0", "--no-welcome-run"]
    log = settings.home / LOG_FILE
    with log.open("ab") as output:
        begin = output.tell()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    try:
        while time.monotonic() < deadline:
            client = running_server(settings)
            if client is not None:
                _remember(process, settings, users)
                return client
            if process.poll() is not None:
                _require_another(log, begin)
            time.sleep(_POLL_S)
    except BaseException:
        process.terminate()
        raise
    process.terminate()
    raise UnavailableError(
        f"The server did not start within {START_TIMEOUT_S:.0f} s.", hint=f"See {log}."
    )


def _remember(process: subprocess.Popen[bytes], settings: Settings, users: IO[str]) -> None:
    """Name the server in the file of its users, unless another command was faster."""
    told = read_server_file(settings.home)
    if told is not None and told.pid == process.pid and told.instance is not None:
        users.truncate(0)
        users.write(told.instance)
        users.flush()


def _require_another(log: Path, begin: int) -> None:
    """Fail unless the server ended because another one has the data folder, and will answer."""
    with log.open("rb") as file:
        file.seek(begin)
        lines = file.read().decode(errors="replace").strip().splitlines()
    said = next((line for line in lines if line.startswith("error:")), lines[0] if lines else "")
    if _IN_USE not in said:
        reason = said.removeprefix("error:").strip() or "it said nothing"
        raise UnavailableError(f"No server could be started: {reason}", hint=f"See {log}.")


def _end_if_last(users: IO[str], settings: Settings) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    client = running_server(settings) if is_temporary(settings) else None
    told = read_server_file(settings.home)
    if client is None or told is None:
        return
    client.close()
    try:
        process = psutil.Process(told.pid)
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except psutil.TimeoutExpired:
            process.kill()
    except psutil.NoSuchProcess:
        return
