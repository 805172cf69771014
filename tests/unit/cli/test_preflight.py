"""What `gymlab train` says before a start."""

import json
from typing import Any

import pytest

from tests.unit.cli.conftest import Command
from tests.unit.sdk.conftest import Request, ScriptedServer, json_reply

JOB = {"id": "0" * 12, "env_id": "CartPole-v1", "runner": "r", "algorithm": "ppo"}
ESTIMATE: dict[str, Any] = {
    "duration_s": 13.0,
    "duration_range_s": {"low": 11.0, "high": 16.0},
    "startup_s": 0.4,
    "memory_bytes": 350_000_000,
    "disk_bytes": 2_100_000,
    "confidence": "medium",
    "detail": "Measured 40 s ago on this machine.",
}
CHECKS = [
    {"id": "spaces", "status": "ok", "detail": "PPO fits.", "hint": None},
    {"id": "disk", "status": "warning", "detail": "Little room.", "hint": "Free some."},
]


@pytest.fixture(autouse=True)
def _healthy(server: ScriptedServer) -> None:
    server.on("GET /health", {"status": "ok", "version": "1", "uptime_s": 1})
    server.on("POST /runs/check", {"ok": True, "checks": CHECKS, "estimate": ESTIMATE})


def test_a_check_prints_figures_and_starts_nothing(gymlab: Command, server: ScriptedServer) -> None:
    """Time with its range, memory, disk, and how sure it is."""
    ended = gymlab("train", "CartPole-v1", "--check", "--url", server.url)
    assert ended.code == 0
    assert "POST /runs" not in {f"{item.method} {item.path}" for item in server.requests}
    for words in ("13 s (11 s to 16 s)", "350.0 MB", "2.1 MB", "medium", "Measured 40 s ago"):
        assert words in ended.out
    assert "warning Little room. Free some." in ended.out


def test_a_check_that_fails_has_the_code_of_invalid_input(
    gymlab: Command, server: ScriptedServer
) -> None:
    """A script can tell; what no check says is printed as well."""
    problem = {"field": "seed", "code": "out_of_range", "detail": "seed is -1.", "hint": None}
    server.on("POST /runs/check", {"ok": False, "problems": [problem], "checks": []})
    ended = gymlab("train", "CartPole-v1", "-s", "-1", "--check", "--url", server.url)
    assert ended.code == 2
    assert "seed is -1." in ended.out


def test_a_check_is_json_for_programs(gymlab: Command, server: ScriptedServer) -> None:
    """As the API answers it."""
    ended = gymlab("train", "CartPole-v1", "--check", "--json", "--url", server.url)
    assert json.loads(ended.out)["estimate"]["duration_s"] == 13.0


@pytest.mark.parametrize(
    ("arguments", "times", "said"),
    [
        ((), None, "engine: fake; the web app takes --runner quick here\n"),
        ((), 8.24, "engine: fake; the web app takes --runner quick here, about 8.2 times as fast as Slow\n"),
        (("--runner", "fake"), 8.24, "engine: fake\n"),
    ],
)  # fmt: skip
def test_the_engine_is_named_and_a_quicker_one_where_nobody_chose(
    gymlab: Command, server: ScriptedServer, run_answer: dict[str, Any],
    arguments: tuple[str, ...], times: float | None, said: str,
) -> None:  # fmt: skip
    """Measured factors are said, guesses are not."""
    quick = {"runner": "quick", "title": "Quick", "applies": True, "is_default": True,
             "times_faster": times, "compared_with": times and "Slow"}  # fmt: skip
    slow = {"runner": "fake", "title": "Slow", "applies": True, "is_default": False}
    ended = {**run_answer, "status": "completed"}
    server.on("POST /runs/engines", {"items": [quick, slow]})
    server.on("POST /runs", json_reply({**ended, "runner": "fake"}, 201))
    server.on("GET /stream", json_reply({}))
    assert said in gymlab("train", "CartPole-v1", *arguments, "--url", server.url).err


def test_measuring_waits_for_its_end(gymlab: Command, server: ScriptedServer) -> None:
    """And says what came of it, a failure included."""
    looks = 0

    def look(_: Request) -> Any:
        nonlocal looks
        looks += 1
        status = "failed" if looks == 2 else "measuring"
        return json_reply({**JOB, "status": status, "detail": "Too slow.", "hint": "Wait."})

    server.on("POST /calibrations", json_reply({"items": [{**JOB, "status": "waiting"}]}, 202))
    server.on(f"GET /calibrations/{'0' * 12}", look)
    ended = gymlab("train", "CartPole-v1", "--measure", "--check", "--url", server.url)
    assert ended.code == 0
    assert "r: Too slow. Wait." in ended.err
    assert looks == 2
