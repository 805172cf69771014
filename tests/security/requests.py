"""Requests as no well-behaved client sends them, and what every refusal must look like."""

import json
import socket
from typing import Any

import httpx

from tests.integration.lab import API, LabServer

KINDS = {
    "invalid": {408, 422},
    "forbidden": {403},
    "not_found": {404},
    "conflict": {409},
    "too_large": {413},
    "unavailable": {503},
}
VALID: dict[str, Any] = {
    "env_id": "CartPole-v1",
    "runner": "fake",
    "algorithm": "random",
    "total_timesteps": 100,
    "start": False,
}


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Check that an answer is an error in the API's shape; return it."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:500]}"
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    error: dict[str, Any] = answer.json()["error"]
    assert isinstance(error["detail"], str)
    assert error["detail"]
    assert error["code"]
    assert len(answer.content) < 20_000
    assert "Traceback" not in answer.text
    return error


def fields_of(error: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the fields at fault by name."""
    return {field["field"]: field for field in error.get("fields") or []}


def raw(lab: LabServer, content: bytes) -> bytes:
    """Send bytes to the server's port and return everything it answers."""
    with socket.create_connection(("127.0.0.1", lab.port), timeout=20) as connection:
        connection.sendall(content)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


def raw_get(lab: LabServer, target: str, *headers: str) -> tuple[int, bytes]:
    """Send a GET request whose target nothing normalises; return status and body."""
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: 127.0.0.1:{lab.port}",
        "Connection: close",
        *headers,
        "",
        "",
    ]
    answer = raw(lab, "\r\n".join(lines).encode("latin-1"))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def artifact_target(run_id: str, path: str) -> str:
    """Return the target of a run's artifact, with the path as it is given."""
    return f"{API}/runs/{run_id}/artifacts/{path}"


def error_in(body: bytes) -> dict[str, Any]:
    """Return the error in a raw answer's body."""
    error: dict[str, Any] = json.loads(body)["error"]
    return error
