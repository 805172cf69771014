"""Commands that keep order say to the server what they were told, and print what it answers."""

from typing import Any

import pytest

from tests.unit.cli.conftest import Command
from tests.unit.sdk.conftest import Reply, Request, ScriptedServer, error_reply, json_reply

RUN_ID = "0123456789ab"
EXPERIMENT = {
    "id": "e00000000001", "name": "five seeds", "created_at": "2026-01-01T00:00:00Z",
    "env_id": "CartPole-v1", "algorithm": "ppo", "num_runs": 1, "num_done": 1,
    "run_ids": [RUN_ID], "statuses": {"completed": 1},
    "mean_return": {"mean": 475.25, "std": 12.3, "num_runs": 5}, "evaluation_return": None,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _healthy(server: ScriptedServer) -> None:
    server.on("GET /health", {"status": "ok", "version": "1", "uptime_s": 1})


def _sent(server: ScriptedServer, method: str) -> list[tuple[str, Any]]:
    return [(item.path, item.body) for item in server.requests if item.method == method]


@pytest.mark.parametrize(
    ("command", "body", "said"),
    [
        ("star", {"starred": True}, "starred"),
        ("unstar", {"starred": False}, "not starred"),
        ("archive", {"archived": True}, "archived"),
        ("unarchive", {"archived": False}, "listed"),
    ],
)
def test_a_mark_is_sent_for_every_run(
    gymlab: Command,
    server: ScriptedServer,
    run_answer: dict[str, Any],
    command: str,
    body: dict[str, Any],
    said: str,
) -> None:
    """One request and one line each."""
    server.on(f"PATCH /runs/{RUN_ID}", {**run_answer, **body})
    ended = gymlab("runs", command, RUN_ID, RUN_ID, "--url", server.url)
    assert _sent(server, "PATCH") == [(f"/runs/{RUN_ID}", body)] * 2
    assert ended.out == f"{RUN_ID}: {said}\n" * 2


def test_tags_are_added_and_removed(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """The others stay, and none is there twice."""
    server.on(f"GET /runs/{RUN_ID}", {**run_answer, "tags": ["old", "kept"]})
    server.on(f"PATCH /runs/{RUN_ID}", lambda request: json_reply({**run_answer, **request.body}))
    arguments = ("--add", "new", "--add", "kept", "--remove", "old", "--url", server.url)
    ended = gymlab("runs", "tag", RUN_ID, *arguments)
    assert _sent(server, "PATCH") == [(f"/runs/{RUN_ID}", {"tags": ["kept", "new"]})]
    assert ended.out == f"{RUN_ID}: kept, new\n"
    refused = gymlab("runs", "tag", RUN_ID, "--url", server.url)
    assert refused.code == 2
    assert "--add" in refused.err


def test_a_run_is_restored_and_what_is_not_in_the_bin_is_named(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """The failure of one does not keep the others back."""
    server.on(f"POST /runs/{RUN_ID}/restore", {**run_answer, "status": "completed"})
    server.on("POST /runs/gone/restore", error_reply(404, "not_found", "Not in the bin."))
    ended = gymlab("runs", "restore", "gone", RUN_ID, "--url", server.url)
    assert ended.out == f"{RUN_ID}: completed\n"
    assert "Not in the bin." in ended.err
    assert ended.code != 0


def test_a_duplicate_takes_over_the_settings(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """What is given is laid over them; the origin is named."""
    spec = {
        "run_id": RUN_ID, "env_id": "E", "env_kwargs": {"a": 1}, "runner": "r", "algorithm": "x",
        "hyperparameters": {"rate": 1, "gamma": 0.9}, "total_timesteps": 5, "seed": 3,
        "max_episodes": None, "device": "cpu", "versions": {"numpy": "1"}, "preset": "tuned",
    }  # fmt: skip
    server.on(f"GET /runs/{RUN_ID}/config", spec)
    server.on("POST /runs", json_reply({**run_answer, "status": "queued"}, 201))
    ended = gymlab("runs", "duplicate", RUN_ID, "--set", "rate=2", "-s", "4", "--url", server.url)
    assert ended.out == f"{RUN_ID}: queued\n"
    assert _sent(server, "POST") == [
        (
            "/runs",
            {
                "env_id": "E", "env_kwargs": {"a": 1}, "runner": "r", "algorithm": "x",
                "hyperparameters": {"rate": 2, "gamma": 0.9}, "total_timesteps": 5, "seed": 4,
                "device": "cpu", "duplicate_of": RUN_ID,
            },
        )
    ]  # fmt: skip


def test_the_bin_is_listed_and_emptied(gymlab: Command, server: ScriptedServer) -> None:
    """With what is left of the days and what it takes."""
    item = {
        "id": RUN_ID, "name": "old", "env_id": "E", "algorithm": "x", "status": "stopped",
        "deleted_at": "2026-01-01T00:00:00Z", "purge_at": "2026-01-08T00:00:00Z",
        "days_left": 6.5, "size_bytes": 1_500_000,
    }  # fmt: skip
    server.on("GET /bin", {"items": [item], "next_cursor": None})
    server.on("DELETE /bin", {"num_runs": 1})
    server.on(f"DELETE /bin/{RUN_ID}", Reply(204))
    listed = gymlab("bin", "list", "--url", server.url)
    assert "6.5" in listed.out
    assert "1.5 MB" in listed.out
    assert gymlab("bin", "purge", RUN_ID, "-y", "--url", server.url).out == (
        f"{RUN_ID}: removed for good\n"
    )
    assert gymlab("bin", "empty", "-y", "--url", server.url).out == "1 removed for good\n"


def test_seeds_make_an_experiment_that_is_waited_for(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Every end is told; the table shows mean and spread."""
    running = {"experiment": {**EXPERIMENT, "num_done": 0}, "runs": [run_answer]}
    done = {"experiment": EXPERIMENT, "runs": [{**run_answer, "status": "completed", "seed": 7}]}
    server.on("POST /experiments", json_reply(running, 201))
    server.on(f"GET /experiments/{EXPERIMENT['id']}", done)
    ended = gymlab("train", "CartPole-v1", "--seeds", "5", "-s", "7", "--url", server.url)
    assert _sent(server, "POST") == [
        (
            "/experiments",
            {"run": {"algorithm": "ppo", "seed": 7, "env_id": "CartPole-v1"}, "num_seeds": 5},
        )
    ]
    assert ended.code == 0
    assert "seed 7: completed" in ended.err
    assert "475.2 ± 12.3 (n=5)" in ended.out


def test_experiments_are_listed_stopped_and_removed(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Removing keeps the runs unless it is said otherwise."""
    path = f"/experiments/{EXPERIMENT['id']}"
    kept: list[str] = []

    def remove(request: Request) -> Reply:
        kept.append(request.query["runs"])
        return Reply(204)

    server.on("GET /experiments", {"items": [EXPERIMENT], "next_cursor": None})
    server.on(f"POST {path}/stop", {"experiment": EXPERIMENT, "runs": [run_answer]})
    server.on(f"PATCH {path}", {**EXPERIMENT, "name": "[b]new"})
    server.on(f"DELETE {path}", remove)
    identifier = str(EXPERIMENT["id"])
    assert "five seeds" in gymlab("experiments", "list", "--url", server.url).out
    assert "running" in gymlab("experiments", "stop", identifier, "--url", server.url).out
    renamed = gymlab("experiments", "rename", identifier, "[b]new", "--url", server.url)
    assert renamed.out == f"{identifier}: [b]new\n"
    gymlab("experiments", "delete", identifier, "--url", server.url)
    gymlab("experiments", "delete", identifier, "--with-runs", "--url", server.url)
    assert kept == ["keep", "delete"]


def test_storage_is_shown_by_purpose(gymlab: Command, server: ScriptedServer) -> None:
    """The largest runs and all of them together."""
    sizes = {"metrics": 1000, "checkpoints": 2_000_000, "recordings": 0, "evaluations": 0,
             "logs": 5, "total": 2_001_005}  # fmt: skip
    run = {"run_id": RUN_ID, "name": "big", "status": "stopped", "bytes": sizes}
    server.on(
        "GET /storage",
        {
            "disk_total_bytes": 10**12, "disk_free_bytes": 10**11, "num_runs": 1, "runs": sizes,
            "bin": {"num_runs": 2, "bytes": 3000, "days": 7}, "largest": [run],
        },
    )  # fmt: skip
    shown = gymlab("storage", "--url", server.url).out
    assert "100.0 GB free of 1.0 TB" in shown
    assert "3.0 kB in 2" in shown
    assert shown.count("2.0 MB") >= 3


def test_room_is_made(gymlab: Command, server: ScriptedServer) -> None:
    """Each command says what it freed."""
    server.on(f"DELETE /runs/{RUN_ID}/recordings", {"num_files": 2, "bytes": 1000})
    server.on(f"POST /runs/{RUN_ID}/checkpoints/thin", {"num_files": 7, "bytes": 2_000_000})
    first = gymlab("runs", "delete-recordings", RUN_ID, "--url", server.url)
    second = gymlab("runs", "thin-checkpoints", RUN_ID, "--url", server.url)
    assert first.out == f"{RUN_ID}: 2 recordings removed, 1.0 kB freed\n"
    assert second.out == f"{RUN_ID}: 7 checkpoints removed, 2.0 MB freed\n"


def test_versions_show_what_changed(gymlab: Command, server: ScriptedServer) -> None:
    """Field, before and after."""
    version = {
        "number": 2, "run_id": RUN_ID, "name": "n", "is_this": True, "status": "completed",
        "created_at": "2026-01-01T00:00:00Z", "seed": 1, "mean_return": 10.0,
        "changes": [{"field": "hyperparameters.gamma", "before": 0.9, "after": 0.99}],
    }  # fmt: skip
    server.on(f"GET /runs/{RUN_ID}/versions", {"items": [version], "next_cursor": None})
    shown = gymlab("runs", "versions", RUN_ID, "--url", server.url).out
    assert "hyperparameters.gamma: 0.9 -> 0.99" in shown
    assert "2 (this)" in shown
