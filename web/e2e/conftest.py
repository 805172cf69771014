"""A real server and a real Chromium for the browser tests."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.described import recall, remember

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_S = 120.0
DONE = {"completed", "stopped", "failed", "interrupted"}


class Lab:
    """A server process with its own data folder; ends by its own pid only."""

    def __init__(self, home: Path, *, welcome_run: bool) -> None:
        self.home = home
        self._welcome_run = welcome_run
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, on the port of the last time, and wait until the server is healthy."""
        recall(self.home)
        welcome = "--welcome-run" if self._welcome_run else "--no-welcome-run"
        command = [sys.executable, "-m", "gymlab", "serve", "--quiet", welcome]
        command += ["--home", str(self.home), "--port", str(self.port)]
        environ = {k: v for k, v in os.environ.items() if not k.startswith("GYMLAB_")}
        environ["GYMLAB_AUTO_CALIBRATION"] = "0"  # two cores are few enough without it
        log = (self.home.parent / f"{self.home.name}.log").open("ab")
        with log:
            self._process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the server ended while starting"
            with contextlib.suppress(OSError, ValueError, KeyError, httpx.HTTPError):
                described = json.loads((self.home / "server.json").read_bytes())
                if described["pid"] == self._process.pid:
                    self.port = int(described["port"])
                    if httpx.get(f"{self.url}/api/v1/health", timeout=2).status_code == 200:
                        return
            time.sleep(0.05)
        pytest.fail("the server did not become healthy")

    def kill(self) -> None:
        """End the server without any chance to tidy up."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def api(self, method: str, path: str, **arguments: Any) -> Any:
        """Call the API and return its JSON."""
        answer = httpx.request(method, f"{self.url}/api/v1{path}", timeout=30, **arguments)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def runs(self) -> list[dict[str, Any]]:
        """Return all runs."""
        items: list[dict[str, Any]] = self.api("GET", "/runs")["items"]
        return items

    def train(self, *, total_timesteps: int, name: str | None = None) -> str:
        """Start a CartPole run and return its id."""
        wish = {"env_id": "CartPole-v1", "algorithm": "ppo", "total_timesteps": total_timesteps}
        run_id: str = self.api("POST", "/runs", json=wish | ({"name": name} if name else {}))["id"]
        return run_id

    def wait(self, run_id: str, done: Callable[[dict[str, Any]], bool], seconds: float) -> Any:
        """Wait until the run satisfies the condition."""
        deadline = time.monotonic() + seconds
        run: dict[str, Any] = {}
        while time.monotonic() < deadline:
            run = self.api("GET", f"/runs/{run_id}")
            if done(run):
                return run
            time.sleep(0.1)
        pytest.fail(f"the run did not get there: {run}")

    def close(self) -> None:
        """Stop every run, then the server."""
        with contextlib.suppress(httpx.HTTPError, AssertionError):
            for run in self.runs():
                if "stop" in run["allowed_actions"]:
                    self.api("POST", f"/runs/{run['id']}/stop")
            for run in self.runs():
                self.wait(run["id"], lambda run: run["status"] in DONE | {"created"}, 15)
        assert self._process is not None
        self._process.terminate()
        self._process.wait(15)
        remember(self.home)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab without runs."""
    server = Lab(tmp_path_factory.mktemp("lab") / "home", welcome_run=False)
    yield server
    server.close()


@pytest.fixture
def fresh_lab(tmp_path: Path) -> Iterator[Lab]:
    """A lab as a newcomer starts it; its welcome run ends with the test."""
    server = Lab(tmp_path / "home", welcome_run=True)
    yield server
    server.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    path = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    assert path, "Chromium is missing: `make test` as root installs it, else install it yourself"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages of any width and theme.

    A script error on any of them fails the test, and so does a question to another host.
    """
    contexts = []
    errors: list[str] = []
    hosts: set[str] = set()
    asked: set[str] = set()

    def make(url: str, *, width: int = 1440, theme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 844},
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=width < 600,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        page.on("websocket", lambda socket: asked.add(urlsplit(socket.url).netloc))
        hosts.add(urlsplit(url).netloc)
        page.goto(url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []
    assert asked - {""} <= hosts


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker's code."""
    path = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8")
