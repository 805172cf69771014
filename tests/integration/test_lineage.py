"""Runs that begin with the checkpoint of another run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.lab import LabServer, until

pytestmark = pytest.mark.timeout(300)
LONG = {"total_timesteps": 50_000_000, "timesteps_per_second": 2000.0}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A server with room for two runs."""
    with LabServer(tmp_path_factory.mktemp("lineage"), max_runs=2) as lab:
        yield lab


@pytest.fixture(scope="module")
def parent(lab: LabServer) -> str:
    """A completed run with checkpoints at 300, 600 and 900."""
    run_id = lab.create(total_timesteps=900, checkpoint_every_timesteps=300, seed=41)
    lab.wait_for(run_id, "completed")
    return run_id


def _started_from(lab: LabServer, parent: str, **changes: Any) -> Any:
    body = {
        "env_id": "CartPole-v1",
        "algorithm": "random",
        "total_timesteps": 400,
        "start_from": {"run_id": parent, "checkpoint": "latest"},
    }
    return lab.post("/runs", {**body, **changes})


def _policy_of(home: Path, run_id: str) -> str:
    manifests = sorted((home / "runs" / run_id / "checkpoints").glob("[0-9]*/manifest.json"))
    return str(json.loads(manifests[-1].read_bytes())["members"]["policy.safetensors"]["sha256"])


def test_a_warm_start_begins_at_zero_with_the_policy(lab: LabServer, parent: str) -> None:
    """Its own seed, budget and episodes; runner and hyperparameters come from the parent."""
    answer = _started_from(lab, parent, seed=5)
    assert answer.status_code == 201, answer.text
    child = lab.wait_for(answer.json()["id"], "completed")
    assert (child["parent_run_id"], child["relation"]) == (parent, "warm_start")
    assert child["parent_timestep"] == 900
    assert (child["runner"], child["timestep"], child["seed"]) == ("fake", 400, 5)
    assert lab.rows(child["id"])[0]["timestep"] < 400
    assert _policy_of(lab.home, child["id"]) == _policy_of(lab.home, parent)
    copy = json.loads((lab.home / "runs" / child["id"] / "origin/manifest.json").read_bytes())
    assert (copy["run_id"], copy["timestep"]) == (parent, 900)
    config = lab.get(f"/runs/{child['id']}/config").json()
    assert config["start_from"] == {"run_id": parent, "timestep": 900, "mode": "policy"}


def test_a_fork_counts_on_with_other_hyperparameters(lab: LabServer, parent: str) -> None:
    """From the checkpoint's timestep to the new end, as the parent's branch does not."""
    body = {"checkpoint": 300, "hyperparameters": {"learner_every": 50}, "name": "branch"}
    answer = lab.post(f"/runs/{parent}/fork", body)
    assert answer.status_code == 201, answer.text
    child = lab.wait_for(answer.json()["id"], "completed")
    assert (child["relation"], child["parent_timestep"], child["name"]) == ("fork", 300, "branch")
    assert (child["timestep"], child["seed"]) == (900, 41)
    assert child["hyperparameters"]["learner_every"] == 50
    rows = lab.rows(child["id"])
    assert rows[0]["timestep"] > 300
    assert rows[0]["seq"] == 1
    first_episode = next(row["episode"] for row in rows if "episode" in row)
    earlier = [row for row in lab.rows(parent) if row["timestep"] <= 300 and "episode" in row]
    assert first_episode == len(earlier) + 1
    started = [e for e in lab.events(child["id"]) if e["event_type"] == "training_started"]
    assert f"state of run {parent} at 300" in started[0]["message"]


def test_a_child_resumes_from_its_own_checkpoints(lab: LabServer, parent: str) -> None:
    """Not from the one that it began with, and also after the parent was deleted."""
    other = lab.create(total_timesteps=400, seed=2)
    lab.wait_for(other, "completed")
    answer = _started_from(
        lab,
        other,
        total_timesteps=50_000_000,
        hyperparameters={"timesteps_per_second": 2000.0},
        checkpoint_every_timesteps=200,
        start_from={"run_id": other, "checkpoint": 400, "mode": "state"},
    )
    assert answer.status_code == 201, answer.text
    child = answer.json()["id"]
    lab.wait_for(child, "running")
    _wait_for_checkpoint(lab, child)
    assert lab.request("DELETE", f"/runs/{other}").status_code == 204
    lab.act(child, "stop")
    stopped = lab.wait_for(child, "stopped")
    lab.act(child, "resume")
    lab.wait_for(child, "running")
    resumed = [e for e in lab.events(child) if e["event_type"] == "resumed"]
    at = int(resumed[-1]["message"].rpartition(" ")[2].replace(",", ""))
    assert 400 < at <= stopped["timestep"]
    lab.act(child, "stop")
    lab.wait_for(child, "stopped")


def _wait_for_checkpoint(lab: LabServer, run_id: str) -> None:
    until(lambda: lab.run(run_id)["num_checkpoints"] > 1, "a checkpoint", 30)


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"env_id": "MountainCar-v0"}, "other_spaces", "Switch environment to CartPole-v1"),
        ({"hyperparameters": {"num_units": 8}}, "other_network", "num_units is 8"),
        ({"algorithm": "ppo", "runner": "sb3"}, "other_runner", "fake"),
    ],
)
def test_what_does_not_fit_is_refused_before_it_begins(
    lab: LabServer, parent: str, changes: dict[str, Any], code: str, said: str
) -> None:
    """By the preflight and on creation, with the difference."""
    answer = _started_from(lab, parent, **changes)
    assert answer.status_code == 422
    problem = next(f for f in answer.json()["error"]["fields"] if f["field"] == "start_from")
    assert problem["code"] == code
    assert said in f"{problem['detail']} {problem['hint']}"
    body = {"env_id": "CartPole-v1", "algorithm": "random", "start_from": {"run_id": parent}}
    checked = lab.post("/runs/check", {**body, **changes}).json()
    assert not checked["ok"]
    assert checked["checks"][0]["id"] == "start_from"
    assert checked["checks"][0]["status"] == "error"


def test_what_fits_is_said(lab: LabServer, parent: str) -> None:
    """The preflight names run and timestep."""
    body = {"env_id": "CartPole-v1", "algorithm": "random", "start_from": {"run_id": parent}}
    checked = lab.post("/runs/check", body).json()
    assert checked["ok"]
    assert checked["checks"][0]["status"] == "ok"
    assert "900" in checked["checks"][0]["detail"]


def test_a_fork_needs_the_same_state_and_a_later_end(lab: LabServer, parent: str) -> None:
    """The number of environments is part of the state, and the budget counts on."""
    answer = lab.post(f"/runs/{parent}/fork", {"hyperparameters": {"num_envs": 2}})
    codes = {field["code"] for field in answer.json()["error"]["fields"]}
    assert answer.status_code == 422
    assert {"other_state", "below_checkpoint"} <= codes
    allowed = _started_from(lab, parent, hyperparameters={"num_envs": 2})
    assert allowed.status_code == 201, allowed.text
    lab.wait_for(allowed.json()["id"], "completed")


def test_a_run_that_is_needed_is_not_deleted(lab: LabServer, parent: str) -> None:
    """Until the queued child has its copy or is gone."""
    busy = [lab.create(**LONG) for _ in range(2)]
    child = _started_from(lab, parent, name="the child").json()["id"]
    refused = lab.request("DELETE", f"/runs/{parent}")
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "still_needed"
    assert child in refused.text
    assert "the child" in refused.text
    pinned = list((lab.home / "runs" / parent / "checkpoints/900").glob(".needed-by-*"))
    assert [pin.name for pin in pinned] == [f".needed-by-{child}"]
    lab.act(child, "stop")
    assert lab.request("DELETE", f"/runs/{child}").status_code == 204
    assert not list((lab.home / "runs" / parent / "checkpoints/900").glob(".needed-by-*"))
    for run_id in busy:
        lab.act(run_id, "stop")
        lab.wait_for(run_id, "stopped")


def test_a_checkpoint_that_breaks_before_the_copy_fails_the_child(lab: LabServer) -> None:
    """With a reason that names it; a corrupt one is refused at once."""
    source = lab.create(total_timesteps=200, seed=3)
    lab.wait_for(source, "completed")
    policy = lab.home / "runs" / source / "checkpoints/200/policy.safetensors"
    whole = policy.read_bytes()
    child = _started_from(lab, source, start=False).json()["id"]
    policy.write_bytes(whole[:-1] + b"x")
    refused = _started_from(lab, source)
    assert refused.status_code == 422
    assert "corrupt" in refused.text
    lab.act(child, "start")
    failed = lab.wait_for(child, "failed")
    assert failed["failure"]["code"] == "start_from"
    assert "corrupt" in failed["failure"]["detail"]
    assert source in failed["failure"]["detail"]


@pytest.mark.parametrize(
    "point",
    [
        {"run_id": "../../etc"},
        {"run_id": "0" * 12},
        {"run_id": "x" * 65},
        {"run_id": 7},
        {},
        {"checkpoint": 301},
        {"checkpoint": -1},
        {"checkpoint": 2**60},
        {"checkpoint": 10**400},
        {"checkpoint": True},
        {"checkpoint": "newest"},
        {"checkpoint": None},
        {"mode": "weights"},
        {"more": 1},
    ],
)
def test_a_start_that_cannot_be_is_refused(
    lab: LabServer, parent: str, point: dict[str, Any]
) -> None:
    """Unknown runs, checkpoints and modes, with the field."""
    start = {"run_id": parent, **point} if point else {}
    answer = _started_from(lab, parent, start_from=start)
    assert answer.status_code == 422, answer.text
    fields = {field["field"] for field in answer.json()["error"]["fields"]}
    assert any(field.startswith("start_from") for field in fields)


def test_relatives_are_listed_and_deleted_ones_named(lab: LabServer, parent: str) -> None:
    """Ancestors first, descendants by generation."""
    child = _started_from(lab, parent, name="one").json()["id"]
    lab.wait_for(child, "completed")
    grandchild = lab.post(f"/runs/{child}/fork", {"total_timesteps": 500, "name": "two"})
    assert grandchild.status_code == 201, grandchild.text
    last = grandchild.json()["id"]
    lab.wait_for(last, "completed")
    assert lab.request("DELETE", f"/runs/{child}").status_code == 204
    found = lab.get(f"/runs/{last}/lineage").json()
    assert [run["id"] for run in found["ancestors"]] == [parent, child]
    assert [run["is_deleted"] for run in found["ancestors"]] == [False, True]
    assert found["ancestors"][1]["name"] == "one"
    assert (found["run"]["relation"], found["run"]["parent_timestep"]) == ("fork", 400)
    below = lab.get(f"/runs/{parent}/lineage").json()["descendants"]
    order = [run["id"] for run in below]
    assert order.index(child) < order.index(last)
    assert lab.get(f"/runs/{child}/lineage").status_code == 404


def test_models_of_all_runs_are_listed(lab: LabServer, parent: str) -> None:
    """With checkpoints, trend, origin, and the last completed run marked."""
    child = _started_from(lab, parent).json()["id"]
    lab.wait_for(child, "completed")
    items = lab.get("/checkpoints", params={"env_id": "CartPole-v1"}).json()["items"]
    assert items[0]["run_id"] == child
    assert [item["run_id"] for item in items if item["is_newest_successful"]] == [child]
    assert items[0]["origin"]["run_id"] == parent
    [model] = [item for item in items if item["run_id"] == parent]
    assert [item["timestep"] for item in model["checkpoints"]] == [900, 600, 300]
    assert model["trend"]
    assert (model["return_kind"], model["location"]) == ("training", "local")
    assert model["return_value"] is not None
    assert lab.get("/checkpoints", params={"algorithm": "ppo"}).json()["items"] == []
    first = lab.get("/checkpoints", params={"limit": 1}).json()
    second = lab.get("/checkpoints", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert first["items"][0]["run_id"] > second["items"][0]["run_id"]
    for cursor in ("x", "../..", "0" * 13, "\0"):
        assert lab.get("/checkpoints", params={"cursor": cursor}).status_code == 422
