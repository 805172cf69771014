"""Beginning from checkpoints and playing them, from the command line."""

from pathlib import Path
from typing import Any

import pytest

from gymlab.cli.assignments import parse_checkpoint, parse_start
from gymlab.errors import InvalidInputError
from tests.unit.cli.conftest import Command
from tests.unit.sdk.conftest import ScriptedServer, json_reply

RUN = "0123456789ab"


@pytest.fixture(autouse=True)
def _healthy(server: ScriptedServer) -> None:
    server.on("GET /health", {"status": "ok", "version": "1", "uptime_s": 1})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", ("abc", "latest")),
        ("abc:best", ("abc", "best")),
        ("abc:30000", ("abc", 30_000)),
        ("abc:30,000", ("abc", 30_000)),
    ],
)
def test_a_start_names_run_and_checkpoint(text: str, expected: tuple[str, object]) -> None:
    """The checkpoint is the latest unless another one is named."""
    start = parse_start(text)
    assert (start["run_id"], start.get("checkpoint")) == expected


@pytest.mark.parametrize("text", ["newest", "-1", "1.5", "9" * 40, "½", "0x10", " "])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """Before anything is asked of the server."""
    with pytest.raises(InvalidInputError, match="names no checkpoint"):
        parse_checkpoint(text, "--checkpoint")


def test_a_fork_is_asked_for(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """With what changes, and nothing else."""
    server.on(f"POST /runs/{RUN}/fork", json_reply({**run_answer, "id": "child"}, 201))
    ended = gymlab(
        "runs", "fork", RUN, "--checkpoint", "500", "--set", "gamma=0.9", "--url", server.url
    )
    assert ended.code == 0, ended.err
    assert ended.out.startswith("child: ")
    assert server.requests[-1].body == {"checkpoint": 500, "hyperparameters": {"gamma": 0.9}}


def test_relatives_are_shown_as_a_table(gymlab: Command, server: ScriptedServer) -> None:
    """Deleted ones are named as deleted."""
    base = {"name": "first", "timestep": 10, "status": "completed", "is_deleted": True}
    child = {
        **base,
        "id": RUN,
        "name": "second",
        "is_deleted": False,
        "parent_run_id": "parent",
        "relation": "fork",
        "parent_timestep": 1500,
    }
    answer = {"ancestors": [{**base, "id": "parent"}], "run": child, "descendants": []}
    server.on(f"GET /runs/{RUN}/lineage", answer)
    ended = gymlab("runs", "lineage", RUN, "--url", server.url)
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert "deleted" in lines[1]
    assert all(text in lines[2] for text in ("fork", "parent", "1,500", "second"))


def test_a_checkpoint_is_deployed(gymlab: Command, server: ScriptedServer) -> None:
    """And the address where it plays is said."""
    answer = {"run_id": RUN, "env_id": "CartPole-v1", "timestep": 500, "status": "waiting"}
    server.on(f"POST /runs/{RUN}/deployment", json_reply(answer, 201))
    ended = gymlab("runs", "deploy", RUN, "-c", "best", "--url", server.url)
    assert ended.code == 0, ended.err
    assert f"/lab?run={RUN}" in ended.out
    assert server.requests[-1].body == {"checkpoint": "best"}


def test_nothing_is_deployed_to_a_server_that_ends_with_the_command(
    gymlab: Command, tmp_path: Path
) -> None:
    """It would be gone before anybody could open its page: none is started."""
    ended = gymlab("runs", "deploy", RUN, "--home", str(tmp_path))
    assert ended.code == 5
    assert "gymlab serve" in ended.err
    assert list(tmp_path.iterdir()) == []
