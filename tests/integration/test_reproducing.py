"""Runs that are trained once more, changed while they train, or continued with other libraries."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from gymlab.supervisor.checkpoint_store import CheckpointStore
from tests.integration.lab import LabServer, until

LONG = 50_000_000


@pytest.fixture(name="lab", scope="module")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a served data folder."""
    with LabServer(tmp_path_factory.mktemp("reproducing")) as lab:
        yield lab


@pytest.fixture(name="training_run", scope="module")
def fixture_training_run(lab: LabServer) -> str:
    """Return a run that trains on."""
    run_id = lab.create(total_timesteps=LONG, timesteps_per_second=100.0)
    lab.wait_for(run_id, "running")
    return run_id


def reproduce(lab: LabServer, run_id: str) -> str:
    """Begin a reproduction; return its id."""
    answer = lab.post(f"/runs/{run_id}/reproduce")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def comparison(lab: LabServer, run_id: str) -> dict[str, Any]:
    """Return how a run and its reproduction compare."""
    answer = lab.get(f"/runs/{run_id}/reproduction")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def settled(lab: LabServer, run_id: str) -> dict[str, Any]:
    """Wait for the outcome of a comparison."""
    until(lambda: comparison(lab, run_id)["status"] not in {"waiting", "running"}, "an outcome")
    return comparison(lab, run_id)


def test_a_reproduction_is_compared_row_by_row(lab: LabServer) -> None:
    """Equal rows are said to be equal; one changed value is found and named."""
    original = lab.create(total_timesteps=900)
    lab.wait_for(original, "completed")
    assert comparison(lab, original) is None
    again = reproduce(lab, original)
    found = settled(lab, again)
    rows = lab.rows(original)

    assert found["status"] == "equal", str(found)
    assert found["compared_rows"] == len(rows)
    assert found["first_difference"] is None
    assert found["is_policy_equal"] is True
    assert comparison(lab, original)["reproduction_run_id"] == again
    run = lab.run(again)
    assert (run["relation"], run["parent_run_id"]) == ("reproduction", original)
    assert run["hyperparameters"] == lab.run(original)["hyperparameters"]

    path = lab.home / "runs" / original / "metrics.jsonl"
    content = path.read_bytes()
    changed = re.sub(rb'"episode_length":(\d+)\d', rb'"episode_length":\g<1>0', content)
    path.write_bytes(changed if changed != content else content.replace(b"true", b"null", 1))
    second = settled(lab, reproduce(lab, original))
    assert second["status"] == "different"
    assert second["first_difference"]["metric"] in {"episode_length", "terminated"}


def test_ends_and_changes_by_hand_are_told_apart(lab: LabServer) -> None:
    """A stopped original is compared as far as it came; a changed one is refused with the reason."""
    run_id = lab.create(total_timesteps=LONG, timesteps_per_second=3000.0)
    lab.wait_for(run_id, "running")
    until(lambda: len(lab.rows(run_id)) > 20, "rows")
    lab.act(run_id, "stop")
    lab.wait_for(run_id, "stopped")
    again = reproduce(lab, run_id)
    found = settled(lab, again)
    assert found["status"] == "equal", str(found)
    assert "ended early" in found["reason"]

    assert lab.post(f"/runs/{again}/reset-episode").status_code == 202
    until(lambda: any("by hand" in event["message"] for event in lab.events(again)), "the cut")
    refused = lab.post(f"/runs/{again}/reproduce")
    assert refused.status_code == 409
    assert "by hand" in refused.json()["error"]["detail"]
    lab.act(again, "stop")
    lab.wait_for(again, "stopped")


def test_a_hyperparameter_changes_while_a_run_trains(lab: LabServer) -> None:
    """It takes effect at a safe point, is in the log, survives a resume and bars a reproduction."""
    run_id = lab.create(total_timesteps=LONG, timesteps_per_second=2000.0)
    path = f"/runs/{run_id}/hyperparameters"
    lab.wait_for(run_id, "running")
    before = lab.get(path).json()
    assert before["changeable"] == ["timesteps_per_second"]
    answer = lab.request("PATCH", path, json={"timesteps_per_second": 1500.0})
    assert answer.status_code == 202, answer.text
    until(lambda: bool(lab.get(path).json()["changes"]), "the change")
    after = lab.get(path).json()
    assert after["current"]["timesteps_per_second"] == 1500.0
    assert after["changes"][0]["old"] == 2000.0
    assert lab.post(f"/runs/{run_id}/reproduce").status_code == 409
    lab.act(run_id, "stop")
    lab.wait_for(run_id, "stopped")
    late = lab.request("PATCH", path, json={"timesteps_per_second": 10.0})
    assert late.status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"num_envs": 3},
        {"nothing": 1},
        {"timesteps_per_second": -1},
        {"timesteps_per_second": "fast"},
        {"timesteps_per_second": None},
        {"timesteps_per_second": 10**400},
        {"timesteps_per_second": [1]},
        {"timesteps_per_second": {"a": {}}},
        {"x" * 5000: 1},
        [],
        "text",
        None,
    ],
    ids=lambda body: str(body)[:40],
)
def test_impossible_changes_are_refused(lab: LabServer, training_run: str, body: Any) -> None:
    """With a reason, and nothing of it reaches the run."""
    answer = lab.request("PATCH", f"/runs/{training_run}/hyperparameters", json=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["detail"]
    assert lab.status(training_run) == "running"


def _stopped_run(lab: LabServer, *, num_checkpoints: int) -> str:
    """Return a run that was stopped once it had so many checkpoints."""
    run_id = lab.create(
        total_timesteps=LONG, timesteps_per_second=3000.0, checkpoint_every_timesteps=500
    )
    until(lambda: lab.run(run_id)["num_checkpoints"] >= num_checkpoints, "checkpoints")
    lab.act(run_id, "stop")
    lab.wait_for(run_id, "stopped")
    return run_id


def test_other_libraries_than_the_checkpoints_are_named(lab: LabServer) -> None:
    """On the page before the resume, and in the event log after it."""
    run_id = _stopped_run(lab, num_checkpoints=1)
    assert lab.get(f"/runs/{run_id}/resumption").json()["changed_versions"] == {}
    for stored in CheckpointStore(lab.home / "runs" / run_id).all():
        versions = {**stored.manifest.versions, "numpy": "1.0.0"}
        other = msgspec.structs.replace(stored.manifest, versions=versions, manifest_sha256="")
        digest = hashlib.sha256(msgspec.json.encode(other)).hexdigest()
        other = msgspec.structs.replace(other, manifest_sha256=digest)
        (stored.folder / "manifest.json").write_bytes(msgspec.json.encode(other))
    told = lab.get(f"/runs/{run_id}/resumption").json()
    assert told["level"] == "approximate"
    assert told["changed_versions"]["numpy"][0] == "1.0.0"
    lab.act(run_id, "resume")
    lab.wait_for(run_id, "running")
    texts = [event["message"] for event in lab.events(run_id)]
    assert any("other library versions" in text and "numpy 1.0.0" in text for text in texts)
    lab.act(run_id, "stop")
    lab.wait_for(run_id, "stopped")


def test_the_badge_foresees_which_checkpoint_is_used(lab: LabServer) -> None:
    """A torn one is named before the resume, the resume does what was said, and none left is said too."""
    run_id = _stopped_run(lab, num_checkpoints=2)
    path, store = f"/runs/{run_id}/resumption", CheckpointStore(lab.home / "runs" / run_id)
    *_, usable, torn = store.all()
    policy = torn.folder / "policy.safetensors"
    policy.write_bytes(policy.read_bytes()[:-1])
    foretold = f"it would continue from timestep {usable.manifest.timestep:,}."
    assert foretold in " ".join(lab.get(path).json()["reasons"])
    stored = lab.get(f"/runs/{run_id}/checkpoints").json()["items"]
    assert [item["integrity"] for item in stored].count("corrupt") == 1
    lab.act(run_id, "resume")
    lab.wait_for(run_id, "running")
    texts = [event["message"] for event in lab.events(run_id)]
    assert any("is corrupt and was not used" in text for text in texts)

    def later() -> list[dict[str, Any]]:
        return [row for row in lab.rows(run_id) if row["seq"] > usable.manifest.seq]

    until(lambda: bool(later()), "a row of the second attempt")
    assert later()[0]["timestep"] <= torn.manifest.timestep
    lab.act(run_id, "stop")
    lab.wait_for(run_id, "stopped")
    for checkpoint in store.all():
        (checkpoint.folder / "policy.safetensors").write_bytes(b"")
    reasons = lab.get(path).json()["reasons"]
    assert "No sound checkpoint is left: training would begin anew." in reasons


def test_unknown_runs_have_nothing_to_compare(lab: LabServer) -> None:
    """Every new path answers 404 for what does not exist."""
    missing = "0" * 12
    for method, path, body in (
        ("POST", "reproduce", None),
        ("GET", "reproduction", None),
        ("GET", "resumption", None),
        ("GET", "hyperparameters", None),
        ("PATCH", "hyperparameters", {"learning_rate": 1.0}),
    ):
        answer = lab.request(method, f"/runs/{missing}/{path}", json=body)
        assert answer.status_code == 404, (path, answer.text)
