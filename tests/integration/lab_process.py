"""A real `gymlab serve` in a process of its own, for tests of its clients."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gymlab.cli.server_file import read_server_file
from gymlab.errors import LabError
from gymlab.sdk.client import Client
from tests.described import recall, remember

PATIENCE_S = 60.0


def clean_environment(**variables: str) -> dict[str, str]:
    """Return the environment without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GYMLAB_")}
    return {**kept, "COLUMNS": "200", **variables}


class LabProcess:
    """A server with its own data folder; ended by its own process id only."""

    def __init__(self, home: Path, *flags: str) -> None:
        self.home = home
        self.output = home.parent / f"{home.name}.out"
        self._flags = flags or ("--no-welcome-run", "--warm-workers", "0")
        self.start()

    def start(self) -> None:
        """Start and wait until it is healthy."""
        recall(self.home)
        command = [sys.executable, "-m", "gymlab", "serve", "--home", str(self.home), "--port", "0"]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *self._flags], stdout=output, stderr=output, env=clean_environment()
            )
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.output.read_text()
            told = read_server_file(self.home)
            if told is not None and told.pid == self.process.pid and is_healthy(told.url):
                self.url = told.url
                return
            time.sleep(0.02)
        raise AssertionError(f"no healthy server: {self.output.read_text()}")

    def kill(self) -> None:
        """End it without any chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def close(self) -> None:
        """Stop the runs, then the server."""
        with Client(self.url) as client:
            for run in client.runs():
                if "stop" in run.allowed_actions:
                    client.stop(run.id)
                if run.status != "created":
                    client.wait(run.id, timeout_s=PATIENCE_S)
        self.process.terminate()
        self.process.wait(10)
        remember(self.home)


def is_healthy(url: str) -> bool:
    """Tell whether a server answers."""
    with Client(url, timeout_s=2) as client:
        try:
            return client.health().status == "ok"
        except LabError:
            return False


@contextmanager
def running_lab(home: Path, *flags: str) -> Iterator[LabProcess]:
    """Serve a data folder for the time of the block."""
    lab = LabProcess(home, *flags)
    try:
        yield lab
    finally:
        lab.close()


def gymlab(
    *arguments: str, home: Path, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command on a data folder to its end."""
    return subprocess.run(
        [sys.executable, "-m", "gymlab", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        cwd=cwd,
        env=clean_environment(GYMLAB_HOME=str(home)),
    )
