"""A deleted run is gone from every path, comes back whole, and survives a killed server."""

from collections.abc import Iterator

import pytest

from tests.integration.lab import LabServer, until

READS = (
    "", "/config", "/metrics", "/metrics?tail=5", "/events", "/log", "/artifacts", "/checkpoints",
    "/stream", "/events/stream", "/versions", "/artifacts/metrics.jsonl",
)  # fmt: skip
ACTIONS = ("start", "pause", "resume", "stop", "recordings/stop", "reset-episode")


@pytest.fixture(name="lab", scope="module")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a served data folder."""
    with LabServer(tmp_path_factory.mktemp("bin")) as lab:
        yield lab


def _everything(lab: LabServer, run_id: str) -> dict[str, object]:
    answers = {
        path: lab.get(f"/runs/{run_id}{path}").json()
        for path in ("", "/config", "/metrics", "/events", "/artifacts", "/checkpoints")
    }
    return {**answers, "rows": lab.rows(run_id), "log": lab.get(f"/runs/{run_id}/log").text}


def test_a_deleted_run_comes_back_with_everything(lab: LabServer) -> None:
    """Metrics, events, files and checkpoints are those of before; in between it is nowhere."""
    run_id = lab.create(total_timesteps=2000, checkpoint_every_timesteps=500, name="precious")
    lab.wait_for(run_id, "completed")
    until(lambda: len(lab.events(run_id)) >= 4, "its events")
    before = _everything(lab, run_id)

    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 204

    for path in READS:
        assert lab.get(f"/runs/{run_id}{path}").status_code == 404, path
    for action in ACTIONS:
        assert lab.post(f"/runs/{run_id}/{action}").status_code == 404, action
    assert lab.request("PATCH", f"/runs/{run_id}", json={"starred": True}).status_code == 404
    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 404
    assert run_id not in {run["id"] for run in lab.runs()}
    (binned,) = lab.get("/bin").json()["items"]
    assert (binned["id"], binned["name"]) == (run_id, "precious")
    assert 6.9 < binned["days_left"] <= 7
    assert binned["size_bytes"] > 1000

    answer = lab.post(f"/runs/{run_id}/restore")
    assert answer.status_code == 200, answer.text
    assert _everything(lab, run_id) == before
    assert lab.get("/bin").json()["items"] == []
    assert lab.post(f"/runs/{run_id}/restore").status_code == 404


def test_a_stopped_run_of_the_bin_can_be_resumed_after_restoring(lab: LabServer) -> None:
    """Its checkpoints are where the next attempt looks for them."""
    run_id = lab.create(
        total_timesteps=200_000, checkpoint_every_timesteps=500, timesteps_per_second=4000
    )
    until(lambda: lab.run(run_id)["num_checkpoints"] > 0, "a checkpoint")
    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 409
    lab.act(run_id, "stop")
    stopped = lab.wait_for(run_id, "stopped")
    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 204
    assert lab.post(f"/runs/{run_id}/restore").json()["allowed_actions"] == ["resume", "delete"]
    lab.act(run_id, "resume")
    until(lambda: lab.run(run_id)["timestep"] > stopped["timestep"], "more timesteps")
    lab.act(run_id, "stop")
    lab.wait_for(run_id, "stopped")


def test_a_killed_server_keeps_the_bin_and_a_purge_is_for_good(lab: LabServer) -> None:
    """Whatever was answered holds after `kill -9`."""
    ids = [lab.create(total_timesteps=100) for _ in range(3)]
    for run_id in ids:
        lab.wait_for(run_id, "completed")
        assert lab.request("DELETE", f"/runs/{run_id}").status_code == 204
    kept, purged, rest = ids
    assert lab.request("DELETE", f"/bin/{purged}").status_code == 204
    assert lab.request("DELETE", f"/bin/{purged}").status_code == 404
    lab.kill()
    lab.start()
    assert {item["id"] for item in lab.get("/bin").json()["items"]} == {kept, rest}
    assert lab.post(f"/runs/{kept}/restore").json()["status"] == "completed"
    assert lab.rows(kept)
    assert lab.request("DELETE", "/bin").json() == {"num_runs": 1}
    assert lab.request("DELETE", "/bin").json() == {"num_runs": 0}
    for run_id in (purged, rest):
        assert lab.post(f"/runs/{run_id}/restore").status_code == 404
        assert not list((lab.home / "runs").rglob(f"*{run_id}*"))


def test_the_bin_is_read_page_by_page(lab: LabServer) -> None:
    """Newest deletion first, with a cursor."""
    ids = [lab.create(start=False) for _ in range(3)]
    for run_id in ids:
        lab.request("DELETE", f"/runs/{run_id}")
    first = lab.get("/bin", params={"limit": 2}).json()
    second = lab.get("/bin", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in (*first["items"], *second["items"])] == list(reversed(ids))
    assert second["next_cursor"] is None
