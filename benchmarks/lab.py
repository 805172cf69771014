"""A real server process with a data folder of its own, and what every measurement asks of it."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
POLL_S = 0.2
FINISHED = ("completed", "stopped", "failed", "interrupted")
WORKER_MODULE = "gymlab.worker"
Json = dict[str, Any]


class MeasurementError(Exception):
    """What should have been measured did not happen."""


@dataclass
class Lab:
    """A server that answers."""

    home: Path
    url: str
    process: subprocess.Popen[bytes]
    http: httpx.Client
    started_in_s: float
    """From the start of the process to the first healthy answer."""
    server: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        """Find the process that serves; it may be a child of the one that was started."""
        self.server = psutil.Process(_server_file(self.home)["pid"])

    def get(self, path: str, **params: Any) -> Json:
        """Return the JSON answer to a GET below `/api/v1`."""
        return self._answer(self.http.get(path, params=params))

    def post(self, path: str, body: Json | None = None) -> Json:
        """Return the JSON answer to a POST below `/api/v1`."""
        return self._answer(self.http.post(path, json=body))

    def create(self, env_id: str, runner: str, algorithm: str, **options: Any) -> str:
        """Start a run and return its id."""
        body = {"env_id": env_id, "runner": runner, "algorithm": algorithm, **options}
        return str(self.post("/runs", body)["id"])

    def wait(self, run_id: str, *statuses: str, timeout_s: float = 1800.0) -> Json:
        """Return the run once it has one of the statuses.

        Raises:
            MeasurementError: It ended otherwise, or takes longer than the timeout.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            run = self.get(f"/runs/{run_id}")
            if run["status"] in statuses:
                return run
            if run["status"] in FINISHED or time.monotonic() > deadline:
                raise MeasurementError(
                    f"run {run_id} is {run['status']}: {run.get('status_reason')}"
                )
            time.sleep(POLL_S)

    def poll(self, path: str, statuses: Sequence[str], *, timeout_s: float) -> Json:
        """Return what stands at a path once it has one of the statuses.

        Raises:
            MeasurementError: It takes longer than the timeout.
        """
        deadline = time.monotonic() + timeout_s
        while (found := self.get(path))["status"] not in statuses:
            if time.monotonic() > deadline:
                raise MeasurementError(f"{path} is {found['status']}: {found.get('detail')}")
            time.sleep(POLL_S)
        return found

    def frames_url(self, run_id: str, *, fps: float) -> str:
        """Return the address of a run's pictures."""
        address = self.url.replace("http", "ws", 1)
        return f"{address}/api/v1/runs/{run_id}/frames?fps={fps:g}&source=training"

    def run_dir(self, run_id: str) -> Path:
        """Return the folder of a run."""
        return self.home / "runs" / run_id

    def wait_until_quiet(self, *, num_workers: int, timeout_s: float = 120.0) -> None:
        """Wait until so many workers have finished their imports and nothing computes any more."""
        deadline = time.monotonic() + timeout_s
        num_quiet = 0
        while num_quiet < 2:
            busy = _cpu_s(self.server) if self.server.is_running() else {}
            time.sleep(0.5)
            later = _cpu_s(self.server)
            used_s = sum(later[pid] - busy.get(pid, 0.0) for pid in later)
            is_quiet = used_s < 0.05 and len(self.workers()) >= num_workers
            num_quiet = num_quiet + 1 if is_quiet else 0
            if time.monotonic() > deadline:
                raise MeasurementError(f"no {num_workers} idle workers within {timeout_s:g} s")

    def workers(self) -> list[psutil.Process]:
        """Return the worker processes below the server."""
        found: list[psutil.Process] = []
        for process in self.server.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if WORKER_MODULE in process.cmdline() and "--fd" in process.cmdline():
                    found.append(process)
        return found

    def close(self) -> None:
        """Stop every live run, then the server."""
        with contextlib.suppress(httpx.HTTPError, MeasurementError):
            self._stop_runs()
        self.http.close()
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _stop_runs(self) -> None:
        live = [
            run for run in self.get("/runs", limit=200)["items"] if "stop" in run["allowed_actions"]
        ]
        for run in live:
            self.http.post(f"/runs/{run['id']}/stop")
        for run in live:
            self.wait(run["id"], *FINISHED, timeout_s=STOP_TIMEOUT_S)

    @staticmethod
    def _answer(response: httpx.Response) -> Json:
        if response.is_error:
            raise MeasurementError(
                f"{response.request.url}: {response.status_code} {response.text}"
            )
        answer: Json = response.json()
        return answer


@contextlib.contextmanager
def running_lab(
    *, python: str = sys.executable, home: Path | None = None, **settings: int | str
) -> Generator[Lab]:
    """Start a server without a welcome run on a free port, and stop it at the end.

    Args:
        python: Interpreter of the server and of everything it starts.
        home: Data folder; a temporary one by default.
        **settings: `warm_workers=0` becomes `GYMLAB_WARM_WORKERS=0`.
    """
    with contextlib.ExitStack() as stack:
        if home is None:
            folder = tempfile.TemporaryDirectory(prefix="gymlab-bench-", ignore_cleanup_errors=True)
            home = Path(stack.enter_context(folder))
        lab = start_lab([python, "-m", "gymlab", "serve"], home, **settings)
        stack.callback(lab.close)
        yield lab


def start_lab(command: Sequence[str], home: Path, **settings: int | str) -> Lab:
    """Start a server and return at its first healthy answer.

    Raises:
        MeasurementError: It ended or did not answer in time.
    """
    (home / "server.json").unlink(missing_ok=True)
    with (home / "bench-server.log").open("ab") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(home, settings),
        )
    while (url := _healthy_url(home)) is None:
        if process.poll() is not None or time.perf_counter() - begun > START_TIMEOUT_S:
            process.kill()
            text = (home / "bench-server.log").read_text(encoding="utf-8", errors="replace")
            raise MeasurementError(f"the server did not start: {text[-2000:]}")
        time.sleep(0.005)
    started_in_s = time.perf_counter() - begun
    http = httpx.Client(base_url=f"{url}/api/v1", timeout=60.0)
    return Lab(home=home, url=url, process=process, http=http, started_in_s=started_in_s)


def _environment(home: Path, settings: dict[str, int | str]) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GYMLAB_") and name != "FORCE_DEVICE"
    }
    given = {f"GYMLAB_{name.upper()}": str(value) for name, value in settings.items()}
    own = {"GYMLAB_HOME": str(home), "GYMLAB_PORT": "0", "GYMLAB_WELCOME_RUN": "0"}
    return {**inherited, **own, **given}


def _healthy_url(home: Path) -> str | None:
    try:
        url = str(_server_file(home)["url"])
        address = urlsplit(url)
        connection = HTTPConnection(str(address.hostname), address.port, timeout=5.0)
        connection.request("GET", "/api/v1/health")
        answer = connection.getresponse()
        document = json.loads(answer.read())
        connection.close()
    except (OSError, ValueError, KeyError, HTTPException):
        return None
    return url if answer.status == 200 and document["status"] == "ok" else None


def _server_file(home: Path) -> Json:
    document: Json = json.loads((home / "server.json").read_bytes())
    return document


def _cpu_s(process: psutil.Process) -> dict[int, float]:
    used: dict[int, float] = {}
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            times = one.cpu_times()
            used[one.pid] = times.user + times.system
    return used
