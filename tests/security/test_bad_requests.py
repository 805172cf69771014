"""Requests that make no sense are refused in the API's shape and cost nothing."""

import json

import pytest

from tests.integration.lab import API, LabServer
from tests.security.requests import VALID, refused

UNKNOWN = "0" * 12


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"env_id": NaN}',
        b"[" * 50_000,
        b'{"env_id": "\\ud800"}',
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        json
        .dumps({**VALID, "total_timesteps": 1})
        .encode()
        .replace(b": 1,", b": " + b"9" * 9_000 + b","),
    ],
    ids=range(11),
)
def test_malformed_json_is_refused(lab: LabServer, body: bytes) -> None:
    """Also what only looks like JSON."""
    headers = {"content-type": "application/json"}
    refused(lab.request("POST", "/runs", content=body, headers=headers), 422)


def test_a_body_over_a_megabyte_is_refused(lab: LabServer) -> None:
    """Whether it says its size or not."""
    body = json.dumps({**VALID, "notes": "x" * 1_100_000}).encode()
    headers = {"content-type": "application/json"}
    assert refused(lab.request("POST", "/runs", content=body, headers=headers), 413)
    pieces = (body[start : start + 10_000] for start in range(0, len(body), 10_000))
    assert refused(lab.request("POST", "/runs", content=pieces, headers=headers), 413)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/config",
        "/metrics",
        "/metrics?tail=5",
        "/events",
        "/log",
        "/artifacts",
        "/checkpoints",
        "/stream",
        "/events/stream",
        "/artifacts/spec.json",
    ],
)
@pytest.mark.parametrize("run_id", [UNKNOWN, "x", "x" * 5_000, "UPPERCASE000", "..%2f..%2fetc"])
def test_an_unknown_run_is_not_found(lab: LabServer, run_id: str, path: str) -> None:
    """Whatever its id looks like."""
    refused(lab.get(f"/runs/{run_id}{path}"), 404)


@pytest.mark.parametrize("action", ["start", "pause", "resume", "stop"])
def test_an_unknown_run_cannot_be_acted_upon(lab: LabServer, action: str) -> None:
    """Nor changed, nor deleted."""
    refused(lab.post(f"/runs/{UNKNOWN}/{action}"), 404)
    refused(lab.request("DELETE", f"/runs/{UNKNOWN}"), 404)
    refused(lab.request("PATCH", f"/runs/{UNKNOWN}", json={"name": "x"}), 404)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=x", "cursor=nonsense", "cursor=%00", "status=sleeping",
        "sort=password", "archived=maybe", "env_id=" + "x" * 201,
    ],
)  # fmt: skip
def test_a_bad_query_of_the_list_is_refused(lab: LabServer, query: str) -> None:
    """With the parameter named."""
    error = refused(lab.get(f"/runs?{query}"), 422)
    assert query.split("=", maxsplit=1)[0] in json.dumps(error)


@pytest.mark.parametrize(
    "query",
    [
        "tail=0",
        "tail=-1",
        "tail=1000000",
        "max_points=1",
        "max_points=1e9",
        "from_timestep=-1",
        "to_timestep=99999999999999999999",
    ],
)
def test_a_bad_query_of_metrics_is_refused(lab: LabServer, finished_run: str, query: str) -> None:
    """With the parameter named."""
    error = refused(lab.get(f"/runs/{finished_run}/metrics?{query}"), 422)
    assert query.split("=", maxsplit=1)[0] in json.dumps(error)


def test_unknown_paths_and_methods_are_refused(lab: LabServer) -> None:
    """In the same shape as everything else."""
    refused(lab.get("/nothing"), 404)
    answer = lab.request("PUT", "/runs")
    assert answer.status_code == 405
    assert answer.json()["error"]["detail"]


def test_names_come_back_as_text_and_pages_cannot_run_them(lab: LabServer) -> None:
    """HTML in a name is data; every answer says what it is and forbids guessing."""
    name = "<script>alert(1)</script>"
    answer = lab.post("/runs", {**VALID, "name": name})
    assert answer.status_code == 201, answer.text
    run_id = answer.json()["id"]
    page = lab.get(f"/runs/{run_id}")
    assert page.json()["name"] == name
    assert page.headers["content-type"] == "application/json"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 204


def test_a_live_run_is_not_deleted(lab: LabServer) -> None:
    """And goes on; the answer says what is allowed."""
    run_id = lab.create(total_timesteps=50_000_000, timesteps_per_second=200.0)
    lab.wait_for(run_id, "running")
    error = refused(lab.request("DELETE", f"/runs/{run_id}"), 409)
    assert "stop" in error["allowed_actions"]
    assert lab.status(run_id) == "running"
    lab.act(run_id, "stop")
    lab.wait_for(run_id, "stopped")
    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 204
    refused(lab.get(f"/runs/{run_id}"), 404)
    assert not (lab.home / "runs" / run_id).exists()


def test_an_action_twice_is_a_conflict(lab: LabServer) -> None:
    """Starting, pausing, recording and stopping again changes nothing, and says what is allowed."""
    run_id = lab.create(total_timesteps=50_000_000, timesteps_per_second=200.0, start=False)
    refused(lab.post(f"/runs/{run_id}/pause"), 409)
    lab.act(run_id, "start")
    assert "allowed_actions" in refused(lab.post(f"/runs/{run_id}/start"), 409)
    lab.wait_for(run_id, "running")
    lab.act(run_id, "pause")
    lab.wait_for(run_id, "paused")
    refused(lab.post(f"/runs/{run_id}/pause"), 409)
    lab.act(run_id, "resume")
    lab.wait_for(run_id, "running")
    assert lab.post(f"/runs/{run_id}/recordings", {}).status_code == 202
    refused(lab.post(f"/runs/{run_id}/recordings", {}), 409)
    answer = lab.post(f"/runs/{run_id}/reset-episode", {"env_index": 1})
    refused(answer, 422)
    assert answer.json()["error"]["fields"][0]["field"] == "env_index"
    assert "1 is not there" in answer.json()["error"]["detail"]
    assert "one environment, 0" in answer.json()["error"]["detail"]
    lab.act(run_id, "stop")
    refused(lab.post(f"/runs/{run_id}/stop"), 409)
    lab.wait_for(run_id, "stopped")
    refused(lab.post(f"/runs/{run_id}/stop"), 409)
    types = [event["event_type"] for event in lab.events(run_id)]
    assert types.count("training_started") == 1
    assert types.count("stopped") == 1


def test_bodies_of_actions_are_checked(lab: LabServer, finished_run: str) -> None:
    """Recordings and resets of a run that is over, and with nonsense in them."""
    refused(lab.post(f"/runs/{finished_run}/recordings", {"max_frames": 0}), 422)
    refused(lab.post(f"/runs/{finished_run}/recordings", {"fps": 1e9}), 422)
    refused(lab.post(f"/runs/{finished_run}/recordings", {}), 409)
    refused(lab.post(f"/runs/{finished_run}/reset-episode", {"env_index": -1}), 422)
    refused(lab.post(f"/runs/{finished_run}/reset-episode", {}), 409)
    refused(lab.request("PATCH", f"/runs/{finished_run}", json={"status": "running"}), 422)
    assert lab.status(finished_run) == "completed"


def test_environments_that_do_not_exist_name_the_closest(lab: LabServer) -> None:
    """Also for pictures of them."""
    error = refused(lab.get("/environments/LunarLandr-v3"), 404)
    assert "LunarLander-v3" in (error["hint"] or "")
    refused(lab.get("/environments/LunarLandr-v3/thumbnail"), 404)
    refused(lab.get(f"/environments/{'x' * 5_000}"), 404)
    refused(lab.get("/environments/..%2F..%2Fetc%2Fpasswd"), 404)


def test_the_api_stands_at_its_own_path(lab: LabServer) -> None:
    """The base path is part of the contract."""
    assert API == "/api/v1"
    assert lab.client.get(f"{lab.url}/api/v1/openapi.json").status_code == 200
