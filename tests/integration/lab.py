"""A data folder and the real server on it, which tests may kill and start again."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from gymlab.supervisor.process_identity import is_alive
from gymlab.supervisor.run_folder import read_state
from tests.described import recall, remember

API = "/api/v1"
PATIENCE_S = 120.0
POLL_S = 0.05
LIVE = {"starting", "running", "paused", "stopping"}
FINISHED = {"completed", "stopped", "failed", "interrupted"}


def until(condition: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Wait for something; fails when it does not come."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(POLL_S)


class LabServer:
    """`gymlab serve` on a data folder, with a client; leaves no process behind."""

    def __init__(self, home: Path, *, max_runs: int = 4, warm_workers: int = 0) -> None:
        """Prepare; `start` starts it."""
        self.home = home
        self._options = {"max-runs": max_runs, "warm-workers": warm_workers}
        self.process: subprocess.Popen[bytes] | None = None
        self.client = httpx.Client(timeout=PATIENCE_S)

    def __enter__(self) -> Self:
        """Start and wait until it answers."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the server and every process of its runs."""
        self.close()

    # ---- the process ----------------------------------------------------------------------

    def launch(self) -> subprocess.Popen[bytes]:
        """Start a server process on the folder and do not wait for it."""
        return launch_server(self.home, **self._options)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        recall(self.home)
        self.process = self.launch()
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Wait until the process that was started serves."""
        process = self.process
        assert process is not None

        def answers() -> bool:
            assert process.poll() is None, self.story()
            if self._server_file().get("pid") != process.pid:
                return False
            with contextlib.suppress(httpx.TransportError):
                return self.get("/health").status_code == 200
            return False

        until(answers, "the server")

    def kill(self) -> None:
        """End the server as a crash does."""
        self._end(signal.SIGKILL)

    def terminate(self) -> int:
        """Ask the server to leave; return its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process = self.process
        assert process is not None
        process.send_signal(number)
        status = process.wait(PATIENCE_S)
        self.client.close()
        self.client = httpx.Client(timeout=PATIENCE_S)
        self.process = None
        return status

    def close(self) -> None:
        """End the server and every process of its runs."""
        if self.process is not None and self.process.poll() is None:
            self._end(signal.SIGTERM)
        self.client.close()
        remember(self.home)
        for folder in (self.home / "runs").glob("*"):
            state = read_state(folder)
            for identity in (state.shim, state.worker) if state is not None else ():
                if identity is not None and is_alive(identity):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(identity.pid, signal.SIGKILL)

    def story(self) -> str:
        """Return the ends of the logs, for a failing test's report."""
        logs = sorted((self.home / "logs").glob("*"))
        return "\n".join(f"{log.name}: {log.read_text()[-4000:]}" for log in logs)

    # ---- its address ----------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(self._server_file()["url"])

    @property
    def port(self) -> int:
        """Port it listens on."""
        return int(self._server_file()["port"])

    def _server_file(self) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads((self.home / "server.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return document

    # ---- the API --------------------------------------------------------------------------

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request to the API."""
        return self.client.request(method, f"{self.url}{API}{path}", **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Send a GET request to the API."""
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any = None) -> httpx.Response:
        """Send a POST request to the API."""
        return self.request("POST", path, json=body)

    def create(self, *, total_timesteps: int = 400, start: bool = True, **fields: Any) -> str:
        """Create a run of the fake runner; hyperparameters are given by name. Return its id."""
        named = {"name", "seed", "env_id", "max_episodes", "checkpoint_every_timesteps"}
        body = {
            "env_id": "CartPole-v1",
            "runner": "fake",
            "algorithm": "random",
            "total_timesteps": total_timesteps,
            "start": start,
            "seed": 7,
            **{key: value for key, value in fields.items() if key in named},
            "hyperparameters": {k: v for k, v in fields.items() if k not in named},
        }
        answer = self.post("/runs", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        """Return a run."""
        answer = self.get(f"/runs/{run_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def status(self, run_id: str) -> str:
        """Return a run's state."""
        return str(self.run(run_id)["status"])

    def wait_for(
        self, run_id: str, *statuses: str, timeout_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        """Wait until a run is in one of these states; return it."""
        deadline = time.monotonic() + timeout_s
        while (run := self.run(run_id))["status"] not in statuses:
            is_lost = run["status"] in FINISHED and not FINISHED.issuperset(statuses)
            assert time.monotonic() < deadline, f"{run} {self.story()}"
            assert not is_lost, f"{run} {self.story()}"
            time.sleep(POLL_S)
        return run

    def act(self, run_id: str, action: str) -> None:
        """Start, pause, resume or stop a run."""
        answer = self.post(f"/runs/{run_id}/{action}")
        assert answer.status_code == 202, answer.text

    def rows(self, run_id: str) -> list[dict[str, Any]]:
        """Return the last 10,000 rows of a run that count."""
        answer = self.get(f"/runs/{run_id}/metrics", params={"tail": 10_000})
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["items"]
        return rows

    def events(self, run_id: str) -> list[dict[str, Any]]:
        """Return all events of a run, oldest first."""
        return list(self._pages(f"/runs/{run_id}/events", position="after"))

    def runs(self) -> list[dict[str, Any]]:
        """Return every run, newest first."""
        return list(self._pages("/runs", position="cursor"))

    def _pages(self, path: str, *, position: str) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            params: dict[str, Any] = {"limit": 200}
            if cursor:
                params[position] = cursor
            answer = self.get(path, params=params)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            yield from page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return


def launch_server(
    home: Path, *, log: Path | None = None, **options: Any
) -> subprocess.Popen[bytes]:
    """Start `gymlab serve` on a free port of this machine.

    Args:
        home: Data folder.
        log: Where its words go; by default a file in the data folder.
        options: Flags of the command.
    """
    (home / "logs").mkdir(parents=True, exist_ok=True)
    arguments = [sys.executable, "-m", "gymlab", "serve", "--home", str(home), "--port", "0"]
    arguments += ["--no-welcome-run", "--quiet"]
    for name, value in options.items():
        arguments += [f"--{name}", str(value)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GYMLAB_")}
    with (log or home / "logs" / "terminal.log").open("ab") as output:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=home,
        )
