"""Several seeds in one step: created together, read together, stopped and deleted together."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.integration.lab import LabServer, until

RUN = {
    "env_id": "CartPole-v1", "runner": "fake", "algorithm": "random", "total_timesteps": 300,
}  # fmt: skip


@pytest.fixture(name="lab", scope="module")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a served data folder that trains two runs at a time."""
    with LabServer(tmp_path_factory.mktemp("experiments"), max_runs=2) as lab:
        yield lab


def _create(lab: LabServer, **body: Any) -> dict[str, Any]:
    answer = lab.post("/experiments", {"run": RUN, **body})
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def _get(lab: LabServer, experiment_id: str) -> dict[str, Any]:
    document: dict[str, Any] = lab.get(f"/experiments/{experiment_id}").json()
    return document


def test_seeds_are_created_in_one_step_and_summed_up(lab: LabServer) -> None:
    """Consecutive seeds from the run's; mean and spread come from the runs."""
    made = _create(lab, run={**RUN, "seed": 5, "tags": ["a"]}, num_seeds=3, name="three seeds")
    experiment_id = made["experiment"]["id"]
    assert [run["seed"] for run in made["runs"]] == [5, 6, 7]
    assert {run["experiment_id"] for run in made["runs"]} == {experiment_id}
    assert [run["name"].rpartition(" · ")[2] for run in made["runs"]] == [
        "seed 5", "seed 6", "seed 7",
    ]  # fmt: skip
    for run in made["runs"]:
        lab.wait_for(run["id"], "completed")
    found = _get(lab, experiment_id)
    summary = found["experiment"]
    assert (summary["name"], summary["num_runs"], summary["num_done"]) == ("three seeds", 3, 3)
    returns = [run["metrics"]["train/mean_return"] for run in found["runs"]]
    assert summary["mean_return"]["mean"] == pytest.approx(sum(returns) / 3)
    assert summary["mean_return"]["num_runs"] == 3
    assert summary["mean_return"]["std"] > 0
    assert summary["evaluation_return"] is None
    listed = lab.get("/runs", params={"experiment_id": experiment_id}).json()["items"]
    assert {run["id"] for run in listed} == set(summary["run_ids"])
    assert experiment_id in [item["id"] for item in lab.get("/experiments").json()["items"]]


def test_given_seeds_are_taken_as_they_are(lab: LabServer) -> None:
    """In any order; without a start they wait."""
    made = _create(lab, run={**RUN, "start": False}, seeds=[9, 0, 2**31 - 1])
    assert [run["seed"] for run in made["runs"]] == [0, 9, 2**31 - 1]
    assert {run["status"] for run in made["runs"]} == {"created"}


def test_nothing_is_created_when_the_runs_are_not_possible(lab: LabServer) -> None:
    """One preflight decides for all."""
    before = len(lab.runs())
    answer = lab.post("/experiments", {"run": {**RUN, "total_timesteps": 0}, "num_seeds": 4})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["field"] == "total_timesteps"
    assert len(lab.runs()) == before


def test_all_runs_are_stopped_at_once(lab: LabServer) -> None:
    """Queued ones too, before they could begin."""
    slow = {
        **RUN,
        "total_timesteps": 1_000_000,
        "hyperparameters": {"timesteps_per_second": 1000},
    }
    made = _create(lab, run=slow, num_seeds=4)
    experiment_id = made["experiment"]["id"]
    until(
        lambda: _get(lab, experiment_id)["experiment"]["statuses"].get("running") == 2, "two runs"
    )
    assert lab.request("DELETE", f"/experiments/{experiment_id}?runs=delete").status_code == 409
    assert _get(lab, experiment_id)["experiment"]["num_runs"] == 4
    assert lab.post(f"/experiments/{experiment_id}/stop").status_code == 202
    until(lambda: _get(lab, experiment_id)["experiment"]["statuses"] == {"stopped": 4}, "four ends")
    assert sum(run["timestep"] == 0 for run in _get(lab, experiment_id)["runs"]) == 2


def test_an_experiment_is_renamed_ungrouped_or_binned(lab: LabServer) -> None:
    """Its runs outlive the grouping; in the bin they remember it."""
    kept = _create(lab, run={**RUN, "start": False}, num_seeds=2)["experiment"]
    path = f"/experiments/{kept['id']}"
    assert lab.request("PATCH", path, json={"name": " new "}).json()["name"] == "new"
    assert lab.request("DELETE", path).status_code == 204
    assert lab.get(path).status_code == 404
    assert {lab.run(run_id)["experiment_id"] for run_id in kept["run_ids"]} == {None}

    binned = _create(lab, run={**RUN, "start": False}, num_seeds=2)["experiment"]
    path = f"/experiments/{binned['id']}"
    assert lab.request("DELETE", f"{path}?runs=delete").status_code == 204
    assert lab.get(path).status_code == 404
    assert binned["id"] not in [item["id"] for item in lab.get("/experiments").json()["items"]]
    assert lab.post(f"/runs/{binned['run_ids'][0]}/restore").status_code == 200
    assert lab.get(path).json()["experiment"]["run_ids"] == binned["run_ids"][:1]


def _patch(lab: LabServer, run_id: str, **changes: Any) -> httpx.Response:
    return lab.request("PATCH", f"/runs/{run_id}", json=changes)


def test_runs_are_marked_and_found_by_their_marks(lab: LabServer) -> None:
    """Star, archive and tags; tags are counted for suggestions."""
    first, second = (lab.create(start=False) for _ in range(2))
    assert _patch(lab, first, starred=True, tags=["good", "late"]).json()["starred"] is True
    assert _patch(lab, second, archived=True, tags=["good"]).json()["archived"] is True

    def ids(**query: Any) -> set[str]:
        items = lab.get("/runs", params={"limit": 200, **query}).json()["items"]
        return {run["id"] for run in items} & {first, second}

    assert ids() == {first}
    assert ids(starred=True) == {first}
    assert ids(archived=True) == {second}
    assert ids(include_archived=True) == {first, second}
    assert ids(tag="good", include_archived=True) == {first, second}
    assert ids(tag="goo") == set()
    tags = {item["tag"]: item["num_runs"] for item in lab.get("/tags").json()["items"]}
    assert (tags["good"], tags["late"]) == (2, 1)


def test_a_duplicate_remembers_where_it_came_from_and_what_changed(lab: LabServer) -> None:
    """The list of versions compares it with its parent."""
    first = lab.create(start=False, learner_every=50)
    other = lab.create(start=False, learner_every=60)
    body = {**RUN, "start": False, "duplicate_of": first, "seed": 7, "total_timesteps": 400,
            "hyperparameters": {"learner_every": 70}}  # fmt: skip
    copy = lab.post("/runs", body).json()
    assert (copy["parent_run_id"], copy["relation"]) == (first, "duplicate")
    versions = lab.get(f"/runs/{copy['id']}/versions", params={"limit": 3}).json()["items"]
    assert [item["run_id"] for item in versions] == [first, other, copy["id"]]
    assert [item["is_this"] for item in versions] == [False, False, True]
    assert versions[0]["changes"] == []
    assert versions[1]["changes"] == [
        {"field": "hyperparameters.learner_every", "before": 50, "after": 60}
    ]
    assert versions[2]["compared_with"] == first
    assert versions[2]["changes"] == [
        {"field": "hyperparameters.learner_every", "before": 50, "after": 70}
    ]
    children = lab.get("/runs", params={"parent_run_id": first}).json()["items"]
    assert [run["id"] for run in children] == [copy["id"]]
    refused = lab.post("/runs", {**body, "duplicate_of": "abcdefgh0001"})
    assert refused.status_code == 422
    assert refused.json()["error"]["fields"][0]["field"] == "duplicate_of"


def test_room_is_measured_and_made(lab: LabServer) -> None:
    """By purpose; a live run is left alone; the latest and the best checkpoint stay."""
    run_id = lab.create(total_timesteps=3000, checkpoint_every_timesteps=300, checkpoint_bytes=5000)
    lab.wait_for(run_id, "completed")
    until(lambda: lab.run(run_id)["num_checkpoints"] > 3, "its checkpoints")
    films = lab.home / "runs" / run_id / "recordings"
    films.mkdir()
    (films / "film.mp4").write_bytes(b"x" * 4321)
    whole = lab.get("/storage").json()
    (mine,) = lab.get("/storage/runs", params={"ids": f"{run_id},abcdefgh0001"}).json()["items"]
    assert mine["bytes"]["recordings"] == 4321
    assert mine["bytes"]["checkpoints"] > 4 * 5000
    assert mine["bytes"]["total"] == sum(
        value for name, value in mine["bytes"].items() if name != "total"
    )
    assert whole["runs"]["recordings"] == 4321
    assert whole["largest"][0]["run_id"] == run_id
    assert 0 < whole["disk_free_bytes"] < whole["disk_total_bytes"]
    assert lab.request("DELETE", f"/runs/{run_id}/recordings").json() == {
        "num_files": 1, "bytes": 4321,
    }  # fmt: skip
    assert not films.exists()
    before = lab.get(f"/runs/{run_id}/checkpoints").json()["items"]
    freed = lab.post(f"/runs/{run_id}/checkpoints/thin").json()
    after = lab.get(f"/runs/{run_id}/checkpoints?verify=true").json()["items"]
    assert [item["timestep"] for item in after] == [
        item["timestep"] for item in before if item["is_latest"] or item["is_best"]
    ]
    assert {item["integrity"] for item in after} == {"ok"}
    assert freed["num_files"] == len(before) - len(after)
    assert freed["bytes"] >= 5000 * freed["num_files"]
    assert lab.run(run_id)["num_checkpoints"] == len(after)
    assert lab.post(f"/runs/{run_id}/checkpoints/thin").json() == {"num_files": 0, "bytes": 0}
    live = lab.create(total_timesteps=1_000_000, timesteps_per_second=1000)
    lab.wait_for(live, "running")
    assert lab.request("DELETE", f"/runs/{live}/recordings").status_code == 409
    assert lab.post(f"/runs/{live}/checkpoints/thin").status_code == 409
    lab.act(live, "stop")
    lab.wait_for(live, "stopped")
