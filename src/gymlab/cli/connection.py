"""Find the server of a data folder, or start one for the time of a command."""

import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gymlab.cli.server_file import read_server_file
from gymlab.errors import LabError, UnavailableError
from gymlab.sdk.client import Client
from gymlab.settings import Settings, load_settings

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
_POLL_S = 0.05

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url", help="Server to use; default: the one of the data folder.", metavar="URL"
    ),
]
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Data folder; default: GYMLAB_HOME or .gymlab.")
]


@contextmanager
def connect(url: str | None, home: Path | None) -> Generator[Client]:
    """Give a client of a server that answers.

    Args:
        url: Address to use, whatever runs elsewhere.
        home: Data folder whose server is used; without one, a server is started for the time
            of the command and ended after it. Runs go on without it.

    Raises:
        LabError: No server answers at the address, or none could be started.
    """
    if url is not None:
        with Client(url) as client:
            client.health()
            yield client
        return
    settings = load_settings({"home": home})
    client = running_server(settings)
    if client is not None:
        with client:
            yield client
        return
    with temporary_server(settings) as client:
        yield client


def running_server(settings: Settings) -> Client | None:
    """Return a client of the server that owns the data folder, or None."""
    told = read_server_file(settings.home)
    if told is None:
        return None
    client = Client(told.url)
    try:
        health = client.health()
    except LabError:
        client.close()
        return None
    if health.instance != told.instance:
        # Another lab took the port after this one's server had died.
        client.close()
        return None
    return client


@contextmanager
def temporary_server(settings: Settings) -> Generator[Client]:
    """Start a server on a free port in the data folder and end it afterwards.

    It runs in a session of its own, so that Ctrl-C reaches the command alone.
    """
    command = [sys.executable, "-m", "gymlab", "serve", "--quiet"]
    command += ["--home", str(settings.home), "--host", "127.0.0.1", "--port", "0"]
    command += ["--warm-workers", "0", "--no-welcome-run"]
    settings.home.mkdir(parents=True, exist_ok=True)
    log = settings.home / "temporary-server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with _wait_until_healthy(process, settings.home, log) as client:
            yield client
    finally:
        _end(process)


def _wait_until_healthy(process: subprocess.Popen[bytes], home: Path, log: Path) -> Client:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = _last_line(log)
            raise UnavailableError(f"No server could be started: {last}", hint=f"See {log}.")
        told = read_server_file(home)
        if told is not None and told.pid == process.pid:
            client = Client(told.url)
            try:
                client.health()
            except LabError:
                client.close()
            else:
                return client
        time.sleep(_POLL_S)
    raise UnavailableError(
        f"The server did not start within {START_TIMEOUT_S:.0f} s.", hint=f"See {log}."
    )


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[0] if lines else "it said nothing"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
