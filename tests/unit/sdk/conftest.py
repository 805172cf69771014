"""A small real HTTP server whose answers a test writes down."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gymlab.sdk.client import Client


@dataclass
class Request:
    """What the client sent."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Reply:
    """What the server sends back; `announced` may promise more bytes than follow."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    announced: int | None = None


Answer = Callable[[Request], Reply]


def json_reply(body: object, status: int = 200) -> Reply:
    """Return a JSON answer."""
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def error_reply(status: int, kind: str, detail: str, **more: object) -> Reply:
    """Return an error in the API's form."""
    return json_reply(
        {"error": {"kind": kind, "code": kind, "detail": detail, "hint": None, **more}}, status
    )


class ScriptedServer:
    """Answers from a table of `METHOD path` and remembers every request."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[Request] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length", 0))
                raw = self.rfile.read(length)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                path = parts.path.removeprefix("/api/v1")
                request = Request(
                    self.command, path, query, dict(self.headers), json.loads(raw) if raw else None
                )
                outer.requests.append(request)
                answer = outer.answers.get(f"{self.command} {path}")
                reply = answer(request) if answer else error_reply(404, "not_found", "nothing here")
                self.send_response(reply.status)
                length = len(reply.body) if reply.announced is None else reply.announced
                for name, value in {"Content-Length": str(length), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.handle_error = lambda *_: None  # a client that hangs up is part of the tests
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def on(self, route: str, answer: Answer | Reply | object) -> None:
        """Set the answer of a route: a function, a ready reply, or an object sent as JSON."""
        if isinstance(answer, Reply):
            self.answers[route] = lambda _request: answer
        elif callable(answer):
            self.answers[route] = answer
        else:
            self.answers[route] = lambda _request: json_reply(answer)

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server of one test."""
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
def client(server: ScriptedServer) -> Iterator[Client]:
    """A client connected to the scripted server."""
    with Client(server.url, timeout_s=5) as made:
        yield made


@pytest.fixture
def run_answer() -> dict[str, Any]:
    """A run as the API sends it, with a field this client does not know."""
    return {
        "id": "0123456789ab",
        "status": "running",
        "env_id": "CartPole-v1",
        "runner": "fake",
        "algorithm": "ppo",
        "total_timesteps": 1000,
        "timestep": 10,
        "allowed_actions": ["pause", "stop"],
        "metrics": {"train/episode_return": 12.0},
        "created_at": "2026-01-01T00:00:00Z",
        "brand_new_field": 1,
    }
