"""`gymlab compare` prints groups, differences and the verdict."""

import json
from typing import Any

from tests.unit.cli.conftest import Command
from tests.unit.sdk.conftest import ScriptedServer, error_reply
from tests.unit.sdk.test_comparison import IDS, fixture_comparison_answer

__all__ = ["fixture_comparison_answer"]


def _serve(server: ScriptedServer, answer: Any) -> None:
    server.on("GET /health", {"status": "ok", "version": "0", "uptime_s": 1})
    server.on("GET /runs/compare", answer)


def test_it_prints_what_was_found(
    server: ScriptedServer, gymlab: Command, comparison_answer: dict[str, Any]
) -> None:
    """Intervals, or that there is none; differing fields by group, the seed apart."""
    _serve(server, comparison_answer)
    ended = gymlab("compare", *IDS, "--url", server.url)
    assert ended.code == 0, ended.err
    assert "1.50 (no interval)" in ended.out
    assert "1.50 [1.00, 2.00]" in ended.out
    assert "hyperparameters.rate" in ended.out
    assert "Not enough [seeds] yet." in ended.out
    assert "Something to know." in ended.out
    assert "\nseed" not in ended.out
    assert server.requests[-1].query["part"] == "statistics"


def test_runs_that_do_not_count_are_named(
    server: ScriptedServer, gymlab: Command, comparison_answer: dict[str, Any]
) -> None:
    """With the reason."""
    comparison_answer["runs"][1] |= {"is_counted": False, "not_counted_because": "it failed"}
    _serve(server, comparison_answer)
    assert (
        f"{IDS[1]} is not counted: it failed." in gymlab("compare", *IDS, "--url", server.url).out
    )


def test_json_is_the_whole_answer(
    server: ScriptedServer, gymlab: Command, comparison_answer: dict[str, Any]
) -> None:
    """For programs, fields of newer servers included."""
    _serve(server, comparison_answer)
    printed = json.loads(gymlab("compare", *IDS, "--url", server.url, "--json").out)
    assert printed["statistics"]["verdicts"][0]["outcome"] == "not_enough_seeds"
    assert printed["runs"][0]["brand_new"] == 1


def test_a_refusal_is_an_error_with_a_code(server: ScriptedServer, gymlab: Command) -> None:
    """One run cannot be compared."""
    _serve(server, error_reply(422, "invalid", "A comparison needs at least 2 runs."))
    ended = gymlab("compare", IDS[0], "--url", server.url)
    assert ended.code != 0
    assert "at least 2 runs" in ended.err
