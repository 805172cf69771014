"""Models as files: downloaded, taken over by another lab, and acting as before."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.integration.lab import API, LabServer, until

pytestmark = pytest.mark.timeout(300)
PPO = {"algorithm": "ppo", "runner": "sb3", "total_timesteps": 512}
SMALL = {"n_steps": 64, "batch_size": 64, "n_epochs": 1, "net_arch": [8]}


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A server without idle workers."""
    with LabServer(tmp_path_factory.mktemp("models"), max_runs=2) as lab:
        yield lab


@pytest.fixture(scope="module", name="trained")
def fixture_trained(lab: LabServer) -> str:
    """A completed run of PPO with normalised observations."""
    body = {**PPO, "env_id": "CartPole-v1", "seed": 3}
    answer = lab.post("/runs", {**body, "hyperparameters": {**SMALL, "normalize": True}})
    assert answer.status_code == 201, answer.text
    run_id: str = answer.json()["id"]
    lab.wait_for(run_id, "completed")
    return run_id


def upload(lab: LabServer, content: bytes, **query: Any) -> httpx.Response:
    """Send a file."""
    headers = {"content-type": "application/octet-stream"}
    return lab.client.post(f"{lab.url}{API}/models", params=query, content=content, headers=headers)


def download(lab: LabServer, run_id: str, **query: Any) -> bytes:
    """Return the file of a run's model."""
    answer = lab.client.get(f"{lab.url}{API}/runs/{run_id}/model", params=query)
    assert answer.status_code == 200, answer.text
    return answer.content


def evaluated(lab: LabServer, run_id: str) -> list[Any]:
    """Return what ten episodes of a run's policy come to."""
    body = {"num_episodes": 10, "seed": 5, "record_video": False}
    answer = lab.post(f"/runs/{run_id}/evaluations", body)
    assert answer.status_code == 202, answer.text
    path = f"/runs/{run_id}/evaluations/{answer.json()['id']}"
    until(lambda: lab.get(path).json()["status"] in {"completed", "failed"}, "the evaluation")
    document = lab.get(path).json()
    assert document["status"] == "completed", document
    return [(row["seed"], row["episode_return"]) for row in document["episodes"]]


@pytest.mark.parametrize(
    "model_format", ["safetensors", pytest.param("sb3-zip", marks=pytest.mark.slow)]
)
def test_a_downloaded_model_comes_back_and_acts_the_same(
    lab: LabServer, trained: str, model_format: str
) -> None:
    """Ten episodes on the same seeds give the same returns, and the label says what it is."""
    content = download(lab, trained, format=model_format)
    answer = upload(lab, content, file_name=f"mine.{model_format}.zip")
    assert answer.status_code == 201, answer.text
    imported = answer.json()
    assert (imported["env_id"], imported["algorithm"]) == ("CartPole-v1", "ppo")
    assert (imported["timestep"], imported["format"]) == (512, model_format)
    run_id = imported["run_id"]
    run = lab.get(f"/runs/{run_id}").json()
    assert (run["status"], run["num_checkpoints"]) == ("completed", 1)
    assert run["imported"]["file_name"] == f"mine.{model_format}.zip"
    assert run["allowed_actions"] == ["delete"]
    cards = {item["run_id"]: item for item in lab.get("/checkpoints").json()["items"]}
    assert cards[run_id]["imported"]["sha256"] == imported["sha256"]
    assert cards[trained]["imported"] is None
    assert cards[run_id]["checkpoints"][0]["sha256"] == cards[trained]["checkpoints"][0]["sha256"]
    assert evaluated(lab, run_id) == evaluated(lab, trained)


def test_a_new_run_begins_with_an_imported_policy(lab: LabServer, trained: str) -> None:
    """Warm starts work; forks and reproductions are refused, as nothing was trained."""
    run_id = upload(lab, download(lab, trained)).json()["run_id"]
    body = {
        "env_id": "CartPole-v1",
        "algorithm": "ppo",
        "total_timesteps": 128,
        "start_from": {"run_id": run_id, "checkpoint": "latest", "mode": "policy"},
    }
    answer = lab.post("/runs", body)
    assert answer.status_code == 201, answer.text
    lab.wait_for(answer.json()["id"], "completed")
    fork = lab.post(f"/runs/{run_id}/fork", {"total_timesteps": 1024})
    assert fork.status_code == 422
    assert fork.json()["error"]["fields"][0]["code"] == "no_state"
    again = lab.post(f"/runs/{run_id}/reproduce", {})
    assert again.status_code == 409, again.text
    deployed = lab.post(f"/runs/{run_id}/deployment", {})
    assert deployed.status_code == 201, deployed.text


def test_the_manifest_tells_what_the_file_holds(lab: LabServer, trained: str) -> None:
    """Plain arrays and a document with their hashes; the same file each time."""
    content = download(lab, trained)
    assert content == download(lab, trained)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == {"manifest.json", *manifest["members"]}
    assert set(manifest["members"]) == {"policy.safetensors", "normalization.safetensors"}
    assert manifest["hyperparameters"]["net_arch"] == [8]
    assert (manifest["run_id"], manifest["timestep"], manifest["seed"]) == (trained, 512, 3)


def test_what_was_imported_survives_a_lost_database(lab: LabServer, trained: str) -> None:
    """The folder says itself that it was imported."""
    run_id = upload(lab, download(lab, trained), name="From elsewhere").json()["run_id"]
    lab.terminate()
    for path in lab.home.glob("gymlab.db*"):
        path.unlink()
    lab.start()
    run = lab.get(f"/runs/{run_id}").json()
    assert (run["status"], run["imported"]["format"]) == ("completed", "safetensors")
    assert not list(lab.home.glob("transfers/*"))
