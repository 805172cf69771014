"""Models as a list and as files, from the command line."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Command
from tests.unit.sdk.conftest import Reply, ScriptedServer, error_reply, json_reply

RUN = "0123456789ab"
IMPORTED = {
    "run_id": RUN,
    "name": "Mine",
    "env_id": "CartPole-v1",
    "runner": "backend",
    "algorithm": "ppo",
    "timestep": 1000,
    "format": "safetensors",
    "sha256": "0" * 64,
    "notes": ["Statistics [are] missing."],
}


@pytest.fixture(autouse=True)
def _healthy(server: ScriptedServer) -> None:
    server.on("GET /health", {"status": "ok", "version": "1", "uptime_s": 1})


def test_a_file_is_sent_with_what_it_must_be(
    gymlab: Command, server: ScriptedServer, tmp_path: Path
) -> None:
    """The body is the file; notes are told."""
    file = tmp_path / "mine.zip"
    file.write_bytes(b"[1, 2, 3]")
    server.on("POST /models", json_reply(IMPORTED, 201))
    options = ("--env", "CartPole-v1", "--algorithm", "ppo", "--env-kwarg", "x=1")
    ended = gymlab("models", "import", str(file), *options, "--url", server.url)
    assert ended.code == 0, ended.err
    assert ended.out.startswith(f"{RUN}: ppo on CartPole-v1, 1,000 timesteps")
    assert "Statistics [are] missing." in ended.err
    sent = server.requests[-1]
    assert sent.query == {
        "file_name": "mine.zip",
        "env_id": "CartPole-v1",
        "algorithm": "ppo",
        "env_kwargs": '{"x": 1}',
    }
    assert sent.headers["Content-Length"] == "9"
    assert sent.body == [1, 2, 3]


def test_a_refusal_is_told_with_its_hint(
    gymlab: Command, server: ScriptedServer, tmp_path: Path
) -> None:
    """And ends with the exit code of bad input."""
    file = tmp_path / "bad.zip"
    file.write_bytes(b"{}")
    server.on("POST /models", error_reply(422, "invalid", "It is a pickle.", hint="Choose a zip."))
    ended = gymlab("models", "import", str(file), "--url", server.url)
    assert ended.code == 2
    assert "It is a pickle." in ended.err
    assert "Choose a zip." in ended.err


def test_a_model_is_written_to_a_file(
    gymlab: Command, server: ScriptedServer, tmp_path: Path
) -> None:
    """In the format and of the checkpoint asked for."""
    server.on(f"GET /runs/{RUN}/model", Reply(200, b"content"))
    file = tmp_path / "out.zip"
    options = ("--format", "own", "--checkpoint", "500")
    ended = gymlab("models", "download", RUN, str(file), *options, "--url", server.url)
    assert ended.code == 0, ended.err
    assert file.read_bytes() == b"content"
    assert server.requests[-1].query == {"format": "own", "checkpoint": "500"}


def test_models_are_listed_with_their_origin(gymlab: Command, server: ScriptedServer) -> None:
    """What was imported is told apart."""
    item: dict[str, Any] = {
        "run_id": RUN,
        "run_name": "Mine",
        "env_id": "CartPole-v1",
        "runner": "backend",
        "algorithm": "ppo",
        "return_value": 12.25,
        "return_kind": "evaluation",
        "checkpoints": [],
        "size_bytes": 2000,
        "saved_at": "2026-01-01T00:00:00Z",
        "is_newest_successful": False,
        "imported": {"file_name": "a.zip", "format": "own", "sha256": "0"},
    }
    server.on("GET /checkpoints", {"items": [item, {**item, "imported": None}]})
    ended = gymlab("models", "list", "--url", server.url)
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert "imported" in lines[1]
    assert "trained here" in lines[2]
