"""Checkpoints played in the live feed, of live runs and of those that have ended."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.integration.lab import API, LabServer, until

pytestmark = pytest.mark.timeout(200)
CHECKPOINTS = {"checkpoint_every_timesteps": 300, "total_timesteps": 900}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A server without idle workers."""
    with LabServer(tmp_path_factory.mktemp("deployment"), max_runs=2) as lab:
        yield lab


@pytest.fixture(scope="module")
def ended(lab: LabServer) -> str:
    """A completed run with checkpoints at 300, 600 and 900."""
    run_id = lab.create(seed=11, **CHECKPOINTS)
    lab.wait_for(run_id, "completed")
    return run_id


def _watch(lab: LabServer, run_id: str) -> ClientConnection:
    address = lab.url.replace("http://", "ws://")
    return connect(f"{address}{API}/runs/{run_id}/frames?source=showcase&format=base64&fps=30")


def _frame_of(viewer: ClientConnection, timestep: int) -> dict[str, Any]:
    """Return the first picture of a policy; statuses and pictures of others may come before."""
    for _ in range(2000):
        message: dict[str, Any] = json.loads(viewer.recv(timeout=60))
        if message.get("run_timestep") == timestep:
            return message
    raise AssertionError(f"no picture of the policy of timestep {timestep}")


def _deployment(lab: LabServer, run_id: str) -> dict[str, Any]:
    document: dict[str, Any] = lab.get(f"/runs/{run_id}/deployment").json()
    return document


def test_a_run_that_has_ended_plays_what_is_deployed(lab: LabServer, ended: str) -> None:
    """Started by the viewer, switched at once, and nothing is left of it afterwards."""
    before = sorted(path.name for path in (lab.home / "runs" / ended).iterdir())
    answer = lab.post(f"/runs/{ended}/deployment", {"checkpoint": 300})
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "waiting"
    with _watch(lab, ended) as viewer:
        picture = _frame_of(viewer, 300)
        assert (picture["source"], picture["encoding"]) == ("showcase", "jpeg")
        assert picture["data"]
        until(lambda: _deployment(lab, ended)["status"] == "playing", "the deployment", 20)
        lab.post(f"/runs/{ended}/deployment", {"checkpoint": "latest"})
        _frame_of(viewer, 900)
        assert _deployment(lab, ended)["playing_timestep"] == 900
    assert lab.request("DELETE", f"/runs/{ended}/deployment").status_code == 204
    assert _deployment(lab, ended) is None
    assert sorted(path.name for path in (lab.home / "runs" / ended).iterdir()) == before


def test_what_cannot_play_leaves_what_plays(lab: LabServer) -> None:
    """A corrupt file is refused; a policy that does not load is reported and the other goes on."""
    run_id = lab.create(seed=12, **CHECKPOINTS)
    lab.wait_for(run_id, "completed")
    folder = lab.home / "runs" / run_id / "checkpoints"
    (folder / "600" / "policy.safetensors").write_bytes(b"not a policy")
    lab.post(f"/runs/{run_id}/deployment", {"checkpoint": 300})
    with _watch(lab, run_id) as viewer:
        _frame_of(viewer, 300)
        refused = lab.post(f"/runs/{run_id}/deployment", {"checkpoint": 600})
        assert refused.status_code == 409
        assert refused.json()["error"]["code"] == "checkpoint_corrupt"
        assert _deployment(lab, run_id)["timestep"] == 300
        _frame_of(viewer, 300)
    lab.request("DELETE", f"/runs/{run_id}/deployment")


def test_a_live_run_plays_it_in_its_own_showcase(lab: LabServer) -> None:
    """Instead of the newest policy, and the newest again afterwards."""
    run_id = lab.create(
        total_timesteps=50_000_000, timesteps_per_second=500.0, checkpoint_every_timesteps=200
    )
    lab.wait_for(run_id, "running")
    until(lambda: lab.run(run_id)["num_checkpoints"] > 1, "a checkpoint", 30)
    oldest = lab.get(f"/runs/{run_id}/checkpoints").json()["items"][-1]["timestep"]
    lab.post(f"/runs/{run_id}/deployment", {"checkpoint": oldest})
    with _watch(lab, run_id) as viewer:
        _frame_of(viewer, oldest)
        lab.act(run_id, "stop")
        lab.wait_for(run_id, "stopped")
        # The run has ended, the picture goes on.
        until(lambda: _deployment(lab, run_id)["status"] == "playing", "the stage", 30)
        _frame_of(viewer, oldest)
    lab.request("DELETE", f"/runs/{run_id}/deployment")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"checkpoint": 300, "env_id": "MountainCar-v0"}, 409, "environment_mismatch"),
        ({"checkpoint": 301}, 422, "checkpoint_not_found"),
        ({"checkpoint": -1}, 422, "invalid_input"),
        ({"checkpoint": 2**70}, 422, "invalid_input"),
        ({"checkpoint": "first"}, 422, "invalid_input"),
        ({"checkpoint": True}, 422, "invalid_input"),
        ({"path": "/etc"}, 422, "invalid_input"),
        ({"env_id": "x" * 300}, 422, "invalid_input"),
    ],
)
def test_a_deployment_that_cannot_be_is_refused(
    lab: LabServer, ended: str, body: dict[str, Any], status: int, code: str
) -> None:
    """With the way out for another environment."""
    answer = lab.post(f"/runs/{ended}/deployment", body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    if status == 409:
        assert error["hint"] == "Switch environment to CartPole-v1."
    assert _deployment(lab, ended) is None


def test_runs_without_checkpoints_and_unknown_ones_are_refused(lab: LabServer) -> None:
    """Before anything is started."""
    created = lab.create(start=False)
    assert lab.post(f"/runs/{created}/deployment", {}).status_code == 409
    for run_id in ("0" * 12, "x"):
        assert lab.post(f"/runs/{run_id}/deployment", {}).status_code == 404
        assert lab.request("DELETE", f"/runs/{run_id}/deployment").status_code == 404
