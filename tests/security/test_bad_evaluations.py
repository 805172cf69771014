"""Evaluations that make no sense are refused by name, and never reach a worker."""

from typing import Any

import pytest

from tests.integration.lab import LabServer
from tests.security.requests import VALID, fields_of, refused


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"num_episodes": 0}, "num_episodes"),
        ({"num_episodes": 101}, "num_episodes"),
        ({"num_episodes": 10_000}, "num_episodes"),
        ({"num_episodes": 10**400}, "num_episodes"),
        ({"num_episodes": -1}, "num_episodes"),
        ({"num_episodes": 1.5}, "num_episodes"),
        ({"num_episodes": "all"}, "num_episodes"),
        ({"num_episodes": None}, "num_episodes"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"seed": [0]}, "seed"),
        ({"deterministic": "perhaps"}, "deterministic"),
        ({"record_video": 7}, "record_video"),
        ({"checkpoint": "newest"}, "checkpoint"),
        ({"checkpoint": -1}, "checkpoint"),
        ({"checkpoint": 1.5}, "checkpoint"),
        ({"checkpoint": True}, "checkpoint"),
        ({"checkpoint": "../400"}, "checkpoint"),
        ({"checkpoint": 10**30}, "checkpoint"),
        ({"checkpoint": {"timestep": 1}}, "checkpoint"),
        ({"episodes": 5}, "episodes"),
    ],
)
def test_a_bad_value_is_refused_by_name(
    lab: LabServer, finished_run: str, change: dict[str, Any], field: str
) -> None:
    """Wrong types, bounds and unknown fields."""
    error = refused(lab.post(f"/runs/{finished_run}/evaluations", change), 422)
    assert any(name == field or name.startswith(f"{field}.") for name in fields_of(error)), error
    assert lab.get(f"/runs/{finished_run}/evaluations").json()["items"] == []


@pytest.mark.parametrize("body", [[], "all", 3, {"": 1}])
def test_what_is_no_request_is_refused(lab: LabServer, finished_run: str, body: Any) -> None:
    """Bodies of other shapes."""
    refused(lab.post(f"/runs/{finished_run}/evaluations", body), 422)


@pytest.mark.parametrize(
    "name", ["0" * 12, "..%2f..%2fgymlab.db", "%00", "a" * 5000, "LATEST", "*", "0" * 11]
)
def test_an_unknown_evaluation_is_not_found(lab: LabServer, finished_run: str, name: str) -> None:
    """Whatever stands in its place."""
    path = f"/runs/{finished_run}/evaluations/{name}"
    for answer in (lab.get(path), lab.post(f"{path}/cancel")):
        assert answer.status_code in {404, 405, 422}, answer.text
        assert answer.json()["error"]["kind"] in {"not_found", "invalid"}


@pytest.mark.parametrize("cursor", ["", "x", "W10", "eyJhIjoxfQ", "\u00e9", "a" * 900])
def test_a_forged_cursor_is_refused(lab: LabServer, finished_run: str, cursor: str) -> None:
    """It never reaches the database."""
    path = f"/runs/{finished_run}/evaluations"
    refused(lab.get(path, params={"cursor": cursor}), 422)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"every_timesteps": 0}, "evaluation.every_timesteps"),
        ({"every_timesteps": -5}, "evaluation.every_timesteps"),
        ({"every_timesteps": 10**12}, "evaluation.every_timesteps"),
        ({"every_timesteps": 10**400}, "evaluation.every_timesteps"),
        ({"every_timesteps": 10**6}, "evaluation.every_timesteps"),
        ({"every_timesteps": 100, "num_episodes": 0}, "evaluation.num_episodes"),
        ({"every_timesteps": 100, "num_episodes": 101}, "evaluation.num_episodes"),
        ({"every_timesteps": 100, "stop_at_return": "high"}, "evaluation.stop_at_return"),
        ({"every_timesteps": 100, "every": 1}, "evaluation.every"),
        ({}, "evaluation.every_timesteps"),
        (True, "evaluation"),
    ],
)
def test_a_bad_plan_for_evaluations_is_refused(lab: LabServer, plan: Any, field: str) -> None:
    """By the name of the field, before a run exists."""
    error = refused(lab.post("/runs", {**VALID, "evaluation": plan}), 422)
    assert field in fields_of(error), error


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_return_that_is_no_number_is_refused(lab: LabServer, number: str) -> None:
    """JSON of other languages has such words."""
    body = (
        '{"env_id": "CartPole-v1", "runner": "fake", "algorithm": "random", "total_timesteps": 300,'
        ' "evaluation": {"every_timesteps": 100, "stop_at_return": ' + number + "}}"
    )
    answer = lab.client.post(
        f"{lab.url}/api/v1/runs", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
