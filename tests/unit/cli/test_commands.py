"""Commands say to the server what they were told, and print what it answers."""

import io
import json
from typing import Any

import pytest

from gymlab.cli.assignments import parse_assignments
from gymlab.errors import InvalidInputError
from tests.unit.cli.conftest import Command
from tests.unit.sdk.conftest import Reply, ScriptedServer, error_reply, json_reply

RUN_ID = "0123456789ab"


@pytest.fixture(autouse=True)
def _healthy(server: ScriptedServer) -> None:
    server.on("GET /health", {"status": "ok", "version": "1", "uptime_s": 1})
    server.on("POST /runs/check", {"ok": True, "problems": [], "checks": []})
    server.on("POST /runs/engines", {"items": [], "next_cursor": None})


def test_assignments_are_json_where_they_can_be() -> None:
    """Numbers, lists and booleans keep their type; the rest is text."""
    texts = [
        "learning_rate=3e-4",
        "net_arch=[64,64]",
        "use_sde=true",
        "schedule=lin_0.001",
        "a=b=c",
    ]
    assert parse_assignments(texts, "--set") == {
        "learning_rate": 3e-4,
        "net_arch": [64, 64],
        "use_sde": True,
        "schedule": "lin_0.001",
        "a": "b=c",
    }


@pytest.mark.parametrize("text", ["learning_rate", "=3", " =3"])
def test_a_malformed_assignment_is_refused(text: str) -> None:
    """The hint shows the form."""
    with pytest.raises(InvalidInputError, match="is not KEY=VALUE"):
        parse_assignments([text], "--set")


def _stream(*messages: tuple[str, object]) -> Reply:
    lines = [f"event: {event}\ndata: {json.dumps(data)}\nid: x=1\n\n" for event, data in messages]
    return Reply(200, "".join(lines).encode())


def test_train_creates_a_run_and_follows_it(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Only what was given is sent; the end is told with the return."""
    rows = [{"kind": "episode", "timestep": 900, "episode_return": 21.0, "fps": 5.0}]
    done = {**run_answer, "status": "completed", "timestep": 1000, "duration_s": 12.0}
    server.on("POST /runs", json_reply(run_answer, 201))
    server.on("GET /stream", _stream(("metrics", {"run_id": RUN_ID, "rows": rows}), ("run", done)))

    ended = gymlab(
        "train",
        "CartPole-v1",
        "-a",
        "dqn",
        "-n",
        "1000",
        "-s",
        "7",
        "--preset",
        "tuned",
        "--set",
        "gamma=0.9",
        "--env-set",
        "sutton_barto_reward=true",
        "--url",
        server.url,
    )

    posted = [request for request in server.requests if request.method == "POST"]
    assert [request.path for request in posted] == ["/runs/check", "/runs/engines", "/runs"]
    assert [request.body for request in posted] == 3 * [
        {
            "env_id": "CartPole-v1",
            "algorithm": "dqn",
            "total_timesteps": 1000,
            "seed": 7,
            "preset": "tuned",
            "hyperparameters": {"gamma": 0.9},
            "env_kwargs": {"sutton_barto_reward": True},
        }
    ]
    assert ended.code == 0
    assert (
        ended.out
        == f"{RUN_ID} completed after 1,000 timesteps in 12 s, return 21.0 (mean of the last 1 episodes)\n"
    )


def test_an_older_id_is_told_to_have_been_replaced(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Whoever compares with older results must know; the present id says nothing."""
    server.on("POST /runs", json_reply({**run_answer, "status": "completed"}, 201))
    server.on("GET /stream", json_reply({}))
    said = "CartPole-v0 was replaced by CartPole-v1; returns may differ from older results\n"
    assert said in gymlab("train", "CartPole-v0", "--url", server.url).err
    assert "replaced" not in gymlab("train", "CartPole-v1", "--url", server.url).err


def test_a_failed_run_has_its_own_exit_code(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Scripts can tell a failed training from a failed command."""
    failure = {"code": "killed", "detail": "The worker was killed.", "hint": None}
    server.on("POST /runs", json_reply(run_answer, 201))
    server.on(
        "GET /stream", _stream(("run", {**run_answer, "status": "failed", "failure": failure}))
    )
    ended = gymlab("train", "CartPole-v1", "--url", server.url)
    assert ended.code == 10
    assert "The worker was killed." in ended.out


def test_a_run_that_ended_before_the_stream_began_is_noticed(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Its event log makes the command look again."""
    event = {
        "id": 1,
        "run_id": RUN_ID,
        "timestamp": "2026-01-01T00:00:00Z",
        "level": "info",
        "event_type": "training_completed",
        "message": "Done.",
        "data": {},
    }
    server.on("POST /runs", json_reply(run_answer, 201))
    server.on("GET /stream", _stream(("event", event)))
    server.on(f"GET /runs/{RUN_ID}", {**run_answer, "status": "completed"})
    assert gymlab("train", "CartPole-v1", "--url", server.url).code == 0


def test_ctrl_c_stops_the_run_and_waits(
    gymlab: Command,
    server: ScriptedServer,
    run_answer: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first Ctrl-C asks for a stop; the command ends when the run has."""
    stopped = {**run_answer, "status": "stopped"}
    presses = iter([KeyboardInterrupt()])

    def press(*_: object) -> None:
        for press in presses:
            raise press

    monkeypatch.setattr("gymlab.cli.progress.RunView.add_rows", press)
    server.on("POST /runs", json_reply(run_answer, 201))
    server.on(f"GET /runs/{RUN_ID}", run_answer)
    server.on(f"POST /runs/{RUN_ID}/stop", json_reply({**run_answer, "status": "stopping"}, 202))
    rows = ("metrics", {"run_id": RUN_ID, "rows": []})
    server.on(
        "GET /stream",
        lambda request: (
            _stream(rows) if "Last-Event-ID" not in request.headers else _stream(("run", stopped))
        ),
    )

    ended = gymlab("train", "CartPole-v1", "--url", server.url)

    assert f"POST /runs/{RUN_ID}/stop" in [f"{r.method} {r.path}" for r in server.requests]
    assert "press Ctrl-C again" in ended.err
    assert ended.code == 0


def test_a_second_ctrl_c_leaves(
    gymlab: Command,
    server: ScriptedServer,
    run_answer: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command ends with 130 although the run has not ended, and says what becomes of it."""

    def press(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gymlab.cli.progress.RunView.add_rows", press)
    server.on("POST /runs", json_reply(run_answer, 201))
    server.on(f"GET /runs/{RUN_ID}", run_answer)
    server.on(f"POST /runs/{RUN_ID}/stop", json_reply({**run_answer, "status": "stopping"}, 202))
    server.on("GET /stream", _stream(("metrics", {"run_id": RUN_ID, "rows": []})))
    ended = gymlab("train", "CartPole-v1", "--url", server.url)
    assert ended.code == 130
    assert f"left; run {RUN_ID} is stopping" in ended.err


def test_runs_are_listed_as_table_and_as_json(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Both show the same runs; filters reach the server."""
    server.on("GET /runs", {"items": [run_answer, run_answer], "next_cursor": None})
    table = gymlab("runs", "list", "--url", server.url, "--status", "running", "--limit", "1")
    as_json = gymlab("runs", "list", "--url", server.url, "--json")
    assert table.out.count(RUN_ID) == 1
    assert len(json.loads(as_json.out)) == 2
    assert server.requests[1].query["status"] == "running"


def test_several_runs_are_acted_on_although_one_fails(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """The others are still stopped; the exit code is the failure's."""
    server.on("POST /runs/a/stop", error_reply(409, "conflict", "a cannot"))
    server.on("POST /runs/b/stop", json_reply({**run_answer, "status": "stopping"}, 202))
    ended = gymlab("runs", "stop", "a", "b", "--url", server.url)
    assert ended.out == "b: stopping\n"
    assert ended.code == 4


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_pause_and_resume(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any], action: str
) -> None:
    """They are told per run."""
    server.on(f"POST /runs/{RUN_ID}/{action}", json_reply(run_answer, 202))
    assert gymlab("runs", action, RUN_ID, "--url", server.url).out == f"{RUN_ID}: running\n"


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_deleting_needs_a_yes(
    gymlab: Command, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """With no, or with nobody to answer, nothing is deleted; with --yes it is."""
    server.on(f"DELETE /runs/{RUN_ID}", Reply(204))
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    unanswered = gymlab("runs", "delete", RUN_ID, "--url", server.url)
    assert unanswered.code == 12
    assert "nothing was changed" in unanswered.err
    assert [request.method for request in server.requests] == []
    assert (
        gymlab("runs", "delete", RUN_ID, "--yes", "--url", server.url).out == f"{RUN_ID}: deleted\n"
    )


def test_a_run_is_shown_whole(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Status, what is allowed, metrics and hyperparameters."""
    server.on(f"GET /runs/{RUN_ID}", {**run_answer, "hyperparameters": {"gamma": 0.99}})
    shown = gymlab("runs", "show", RUN_ID, "--url", server.url).out
    for expected in ("running", "pause, stop", "train/episode_return", "gamma"):
        assert expected in shown
    assert (
        json.loads(gymlab("runs", "show", RUN_ID, "--json", "--url", server.url).out)["id"]
        == RUN_ID
    )


def test_logs_are_printed_and_followed(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any]
) -> None:
    """Following ends when the run does."""
    server.on(f"GET /runs/{RUN_ID}/log", Reply(200, b"one\ntwo\n"))
    assert gymlab("runs", "logs", RUN_ID, "--tail", "2", "--url", server.url).out == "one\ntwo\n"
    server.on(f"GET /runs/{RUN_ID}", run_answer)
    text = {"run_id": RUN_ID, "offset": 0, "text": "live\n"}
    server.on("GET /stream", _stream(("log", text), ("run", {**run_answer, "status": "stopped"})))
    assert gymlab("runs", "logs", RUN_ID, "-f", "--url", server.url).out == "live\n"


ENV = {
    "id": "X-v1", "title": "X", "family": "gymlab", "summary": "S", "available": False,
    "unavailable_reason": "install y", "notice": "X-v0 is now X-v1",
    "action_space": {"type": "Discrete", "text": "Discrete(2)"}, "observation_space": None,
    "description": [{"title": "Rewards", "markdown": "One [a step]."}],
    "action_meanings": [{"action": "0", "meaning": "left"}],
}  # fmt: skip


def test_environments_say_why_they_cannot_be_used(gymlab: Command, server: ScriptedServer) -> None:
    """List and page of an environment carry the reason, the notice and its documentation."""
    server.on("GET /environments", {"items": [ENV], "next_cursor": None})
    server.on("GET /environments/X-v0", ENV)
    listed = gymlab("envs", "list", "--family", "gymlab", "--url", server.url).out
    shown = gymlab("envs", "show", "X-v0", "--url", server.url).out
    assert "no: install y" in listed
    assert server.requests[1].query["family"] == "gymlab"
    for expected in ("X-v0 is now X-v1", "action 0: left", "One [a step]."):
        assert expected in shown
    assert json.loads(gymlab("envs", "list", "--json", "--url", server.url).out)[0]["id"] == "X-v1"


def test_runners_are_listed_by_algorithm(gymlab: Command, server: ScriptedServer) -> None:
    """One line per algorithm, with its presets."""
    algorithm = {
        "id": "ppo",
        "title": "PPO",
        "action_spaces": ["Box"],
        "schema": {},
        "presets": [{"id": "fast"}],
    }
    runner = {"id": "r", "title": "R", "kind": "python", "algorithms": [algorithm]}
    server.on("GET /runners", {"items": [runner], "next_cursor": None})
    assert "fast" in gymlab("runners", "list", "--url", server.url).out
    absent = {**runner, "id": "gone", "available": False, "algorithms": []}
    absent["unavailable_reason"] = "Not installed: thing."
    server.on("GET /runners", {"items": [runner, absent], "next_cursor": None})
    assert "no: Not installed: thing." in gymlab("runners", "list", "--url", server.url).out
    assert (
        json.loads(gymlab("runners", "list", "--json", "--url", server.url).out)[0]["algorithms"][
            0
        ]["schema"]
        == {}
    )
