"""Repeating a run and changing one that trains, from the command line and from Python."""

from typing import Any

import pytest

from gymlab.sdk.client import Client
from tests.unit.cli.conftest import Command
from tests.unit.sdk.conftest import ScriptedServer, error_reply, json_reply

RUN_ID = "0123456789ab"


@pytest.fixture
def compared() -> dict[str, Any]:
    """Return a comparison that found a difference."""
    return {
        "original_run_id": RUN_ID,
        "reproduction_run_id": "ba9876543210",
        "status": "different",
        "compared_rows": 12,
        "compared_timestep": 340,
        "first_difference": {
            "timestep": 350,
            "metric": "loss/policy",
            "original": 0.1,
            "reproduction": 0.10000000000000002,
        },
        "is_policy_equal": False,
        "changed_versions": {"torch": ["2.12.0", "2.13.0"]},
        "reason": None,
    }


@pytest.fixture(autouse=True)
def _healthy(server: ScriptedServer) -> None:
    server.on("GET /health", {"status": "ok", "version": "1", "uptime_s": 1})


def test_a_difference_is_printed_and_is_the_exit_code(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any], compared: dict[str, Any]
) -> None:
    """With every digit of both values."""
    server.on(f"POST /runs/{RUN_ID}/reproduce", json_reply(run_answer, 201))
    server.on(f"GET /runs/{run_answer['id']}/reproduction", compared)
    ended = gymlab("runs", "reproduce", RUN_ID, "--wait", "--url", server.url)

    assert ended.code == 11, ended.err
    for part in ("timestep 350", "loss/policy", "0.10000000000000002", "torch 2.12.0 -> 2.13.0"):
        assert part in ended.out


def test_a_refusal_says_why(gymlab: Command, server: ScriptedServer) -> None:
    """A run that was changed by hand is a conflict."""
    refusal = error_reply(409, "conflict", "The run was changed by hand.")
    server.on(f"POST /runs/{RUN_ID}/reproduce", refusal)
    ended = gymlab("runs", "reproduce", RUN_ID, "--url", server.url)

    assert ended.code == 4
    assert "by hand" in ended.err


def test_hyperparameters_are_sent_with_their_types(gymlab: Command, server: ScriptedServer) -> None:
    """Numbers as numbers, schedules as text."""
    server.on(f"PATCH /runs/{RUN_ID}/hyperparameters", json_reply({"status": "accepted"}, 202))
    ended = gymlab("runs", "set", RUN_ID, "learning_rate=1e-4", "clip=lin_0.2", "--url", server.url)

    assert ended.code == 0, ended.err
    assert server.requests[-1].body == {"learning_rate": 1e-4, "clip": "lin_0.2"}


def test_python_reads_the_answers(server: ScriptedServer, compared: dict[str, Any]) -> None:
    """As typed data."""
    change = {"name": "learning_rate", "old": 0.1, "new": 0.2, "timestep": 5,
              "changed_at": "2026-01-01T00:00:00Z"}  # fmt: skip
    known = {"current": {"learning_rate": 0.2}, "changeable": [], "changes": [change]}
    level = {"level": "exact", "reasons": ["because"], "changed_versions": {}}
    server.on(f"GET /runs/{RUN_ID}/reproduction", compared)
    server.on(f"GET /runs/{RUN_ID}/hyperparameters", known)
    server.on(f"GET /runs/{RUN_ID}/resumption", level)
    server.on("GET /runs/none/reproduction", json_reply(None))
    with Client(server.url) as lab:
        found = lab.reproduction(RUN_ID)
        assert found is not None
        assert found.is_settled
        assert found.first_difference is not None
        assert found.first_difference.original == 0.1
        assert lab.reproduction("none") is None
        assert lab.hyperparameters(RUN_ID).changes[0].new == 0.2
        assert lab.resumption(RUN_ID).level == "exact"
