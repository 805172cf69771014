"""Evaluations against a real server, real shims and real workers."""

import io
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from websockets.sync.client import connect

from gymlab.protocol.shim import EvaluationState
from gymlab.supervisor.checkpoint_store import CheckpointStore
from gymlab.supervisor.evaluation_folder import EvaluationFolder
from gymlab.supervisor.process_identity import is_alive
from tests.integration.lab import PATIENCE_S, POLL_S, LabServer, until

OVER = {"completed", "failed", "cancelled"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A server without runs."""
    with LabServer(tmp_path_factory.mktemp("evaluations") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def finished_run(lab: LabServer) -> str:
    """A run with two checkpoints."""
    run_id = lab.create(checkpoint_every_timesteps=200, total_timesteps=400)
    lab.wait_for(run_id, "completed")
    return run_id


def ask(lab: LabServer, run_id: str, **body: Any) -> dict[str, Any]:
    """Ask for an evaluation."""
    answer = lab.post(f"/runs/{run_id}/evaluations", {"seed": 0, "num_episodes": 3, **body})
    assert answer.status_code == 202, answer.text
    document: dict[str, Any] = answer.json()
    return document


def look(lab: LabServer, run_id: str, evaluation_id: str) -> dict[str, Any]:
    """Return an evaluation."""
    answer = lab.get(f"/runs/{run_id}/evaluations/{evaluation_id}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def wait(lab: LabServer, run_id: str, evaluation_id: str, *statuses: str) -> dict[str, Any]:
    """Wait until an evaluation is in one of these states, or over."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := look(lab, run_id, evaluation_id))["status"] not in {*statuses, *OVER}:
        assert time.monotonic() < deadline, f"{found} {lab.story()}"
        time.sleep(POLL_S)
    return found


def evaluate(lab: LabServer, run_id: str, **body: Any) -> dict[str, Any]:
    """Evaluate and wait for the end."""
    return wait(lab, run_id, ask(lab, run_id, **body)["id"])


def folder(lab: LabServer, run_id: str, evaluation_id: str) -> Path:
    """Return where an evaluation's files are."""
    return lab.home / "runs" / run_id / "eval" / evaluation_id


def test_an_evaluation_from_asking_to_its_films(lab: LabServer, finished_run: str) -> None:
    """Numbers, rows, films that decode, events and the run's own number agree."""
    done = evaluate(lab, finished_run)

    assert done["status"] == "completed", done["failure"]
    rows = done["episodes"]
    assert [row["episode"] for row in rows] == [1, 2, 3]
    returns = [row["episode_return"] for row in rows]
    assert done["return_mean"] == pytest.approx(sum(returns) / 3)
    low, high = done["return_ci95"]
    assert min(returns) <= low <= done["return_mean"] <= high <= max(returns)
    assert done["terminations"] == {"terminated": 3}
    assert done["checkpoint_timestep"] == 400
    assert done["warnings"] == []
    assert done["video_reason"] is None
    assert [video["kind"] for video in done["videos"]] == ["first", "best", "worst", "median"]
    for video in done["videos"]:
        content = lab.client.get(f"{lab.url}{video['url']}").content
        with av.open(io.BytesIO(content)) as film:
            stream = film.streams.video[0]
            assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
            assert sum(1 for _ in film.decode(stream)) == video["num_frames"]
        played = rows[video["episode"] - 1]
        assert video["num_frames"] == played["episode_length"] + 1
    best = max(rows, key=lambda row: row["episode_return"])
    [of_best] = [video for video in done["videos"] if video["kind"] == "best"]
    assert of_best["episode"] == best["episode"]
    assert done["video_url"] == of_best["url"]

    assert lab.get(f"/runs/{finished_run}/evaluations/latest").json() == done
    assert lab.run(finished_run)["evaluation_return"] == done["return_mean"]
    events = lab.get(f"/runs/{finished_run}/events").json()["items"]
    kinds = [event["event_type"] for event in events if "evaluation_id" in event["data"]]
    assert kinds[:2] == ["evaluation_started", "evaluation_completed"]
    summary = json.loads((folder(lab, finished_run, done["id"]) / "summary.json").read_bytes())
    assert summary["statistics"]["return_mean"] == done["return_mean"]


def test_the_same_seed_gives_the_same_episodes(lab: LabServer, finished_run: str) -> None:
    """Also with a policy that draws its actions; another seed gives others."""
    body = {"deterministic": False, "record_video": False, "seed": 5}
    first = evaluate(lab, finished_run, **body)
    second = evaluate(lab, finished_run, **body)
    other = evaluate(lab, finished_run, **{**body, "seed": 6})

    assert first["episodes"] == second["episodes"]
    assert first["episodes"] != other["episodes"]
    assert first["videos"] == []
    assert first["video_reason"] is None
    assert all(row["seed"] > 2**31 for row in first["episodes"])


def test_a_run_is_evaluated_while_it_trains(lab: LabServer) -> None:
    """Neither waits for the other."""
    run_id = lab.create(
        total_timesteps=1_000_000, timesteps_per_second=500.0, checkpoint_every_timesteps=100
    )
    until(lambda: lab.run(run_id)["num_checkpoints"] > 0, "a checkpoint")
    before = lab.run(run_id)["timestep"]
    done = evaluate(lab, run_id, record_video=False)
    after = lab.run(run_id)

    assert done["status"] == "completed", done["failure"]
    assert after["status"] == "running"
    assert after["timestep"] > before
    assert after["evaluation_return"] == done["return_mean"]
    lab.post(f"/runs/{run_id}/stop")
    lab.wait_for(run_id, "stopped")


@pytest.mark.parametrize("choice", ["best", 200])
def test_any_checkpoint_can_be_chosen(lab: LabServer, finished_run: str, choice: object) -> None:
    """The best one and one by its timestep."""
    done = evaluate(lab, finished_run, checkpoint=choice, record_video=False, num_episodes=1)
    assert done["status"] == "completed", done["failure"]
    assert done["checkpoint"] == choice
    assert done["checkpoint_timestep"] in {200, 400}
    assert done["return_ci95"] is None
    assert done["return_std"] is None


def test_what_cannot_be_evaluated_is_refused_with_the_reason(
    lab: LabServer, finished_run: str
) -> None:
    """No run, no checkpoint, no such checkpoint, too many episodes."""
    idle = lab.create(start=False)

    def refused(run_id: str, status: int, code: str, **body: Any) -> dict[str, Any]:
        answer = lab.post(f"/runs/{run_id}/evaluations", body)
        error: dict[str, Any] = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (status, code), answer.text
        return error

    refused("0" * 12, 404, "run_not_found")
    assert "two seconds" in refused(idle, 409, "no_checkpoint")["hint"]
    assert "400" in refused(finished_run, 422, "checkpoint_not_found", checkpoint=300)["hint"]
    for count in (0, 10_000, -1):
        error = refused(finished_run, 422, "invalid_input", num_episodes=count)
        assert error["fields"][0]["field"] == "num_episodes"
    assert lab.get(f"/runs/{idle}/evaluations/latest").status_code == 404
    assert lab.get(f"/runs/{finished_run}/evaluations/{'0' * 12}").status_code == 404
    done = evaluate(lab, finished_run, record_video=False, num_episodes=1)
    assert lab.get(f"/runs/{idle}/evaluations/{done['id']}").status_code == 404
    again = lab.post(f"/runs/{finished_run}/evaluations/{done['id']}/cancel")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "evaluation_over")


def test_a_damaged_checkpoint_is_refused_and_a_sound_one_named(lab: LabServer) -> None:
    """No other policy is taken silently in its place."""
    run_id = lab.create(checkpoint_every_timesteps=200, total_timesteps=400)
    lab.wait_for(run_id, "completed")
    latest = CheckpointStore(lab.home / "runs" / run_id).all()[-1]
    policy = latest.folder / "policy.safetensors"
    content = bytearray(policy.read_bytes())
    content[-1] ^= 1
    policy.write_bytes(content)

    answer = lab.post(f"/runs/{run_id}/evaluations", {})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "checkpoint_corrupt")
    assert "timestep 200" in error["hint"]
    assert evaluate(lab, run_id, checkpoint=200, record_video=False)["status"] == "completed"


def test_only_the_latest_evaluations_keep_their_films(lab: LabServer, finished_run: str) -> None:
    """Older ones keep their numbers and say that the films are gone."""
    made = [evaluate(lab, finished_run, num_episodes=1) for _ in range(4)]
    oldest, *others = (look(lab, finished_run, item["id"]) for item in made)

    assert oldest["videos"] == []
    assert "deleted" in oldest["video_reason"]
    assert oldest["episodes"] == made[0]["episodes"]
    assert all(len(item["videos"]) == 4 for item in others)
    listed = lab.get(f"/runs/{finished_run}/evaluations", params={"limit": 2}).json()
    assert [item["id"] for item in listed["items"]] == [made[3]["id"], made[2]["id"]]
    cursor = {"limit": 2, "cursor": listed["next_cursor"]}
    rest = lab.get(f"/runs/{finished_run}/evaluations", params=cursor).json()
    assert rest["items"][0]["id"] == made[1]["id"]


def _slow(lab: LabServer, run_id: str) -> dict[str, Any]:
    """Begin an evaluation that takes a while."""
    asked = ask(lab, run_id, num_episodes=100)
    running = wait(lab, run_id, asked["id"], "running")
    assert running["status"] == "running", running
    return running


def _state(lab: LabServer, run_id: str, evaluation_id: str) -> EvaluationState:
    found = EvaluationFolder(lab.home / "runs" / run_id, evaluation_id).read_state()
    assert found is not None
    return found


def _begun(lab: LabServer, run_id: str, evaluation_id: str) -> EvaluationState:
    path = folder(lab, run_id, evaluation_id) / "state.json"
    until(path.exists, "the evaluation's first state")
    return _state(lab, run_id, evaluation_id)


def test_evaluations_queue_and_can_be_cancelled(lab: LabServer, finished_run: str) -> None:
    """One runs, the next waits; both end without a result when asked to."""
    running = _slow(lab, finished_run)
    waiting = ask(lab, finished_run)
    assert look(lab, finished_run, waiting["id"])["status"] == "queued"
    shim = _begun(lab, finished_run, running["id"]).shim
    assert shim is not None
    for item in (waiting, running):
        answer = lab.post(f"/runs/{finished_run}/evaluations/{item['id']}/cancel")
        assert answer.status_code == 202
        assert wait(lab, finished_run, item["id"])["status"] == "cancelled"
    until(lambda: not is_alive(shim), "the end of its shim")


def test_the_death_of_its_worker_is_named(lab: LabServer, finished_run: str) -> None:
    """The evaluation fails in words; the run is as it was."""
    running = _slow(lab, finished_run)
    worker = _begun(lab, finished_run, running["id"]).worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    failed = wait(lab, finished_run, running["id"])

    assert failed["status"] == "failed"
    assert failed["failure"]["code"] == "killed"
    assert "SIGKILL" in failed["failure"]["detail"]
    assert lab.status(finished_run) == "completed"
    events = lab.get(f"/runs/{finished_run}/events", params={"type": "warning"}).json()["items"]
    assert failed["failure"]["detail"] in events[-1]["message"]


def test_the_death_of_its_shim_is_named(lab: LabServer, finished_run: str) -> None:
    """Nothing waits for it for ever, and its worker is gone too."""
    running = _slow(lab, finished_run)
    state = _begun(lab, finished_run, running["id"])
    assert state.shim is not None
    os.kill(state.shim.pid, signal.SIGKILL)
    failed = wait(lab, finished_run, running["id"])

    assert failed["failure"]["code"] == "shim_died"
    worker = state.worker
    assert worker is not None
    until(lambda: not is_alive(worker), "the end of its worker")


def test_an_evaluation_survives_its_server(tmp_path: Path) -> None:
    """A killed server finds the running one again and starts the waiting one."""
    with LabServer(tmp_path / "home") as lab:
        run_id = lab.create(total_timesteps=300)
        lab.wait_for(run_id, "completed")
        running = ask(lab, run_id, num_episodes=20)
        waiting = ask(lab, run_id, num_episodes=2, record_video=False)
        wait(lab, run_id, running["id"], "running")
        _begun(lab, run_id, running["id"])
        lab.kill()
        gone = _copy_with_another_environment(lab.home / "runs" / run_id)
        lab.start()
        first, second = (wait(lab, run_id, item["id"]) for item in (running, waiting))
        refused = lab.post(f"/runs/{gone}/evaluations", {})

    assert (first["status"], len(first["episodes"])) == ("completed", 20)
    assert second["status"] == "completed"
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "environment_gone")


def _copy_with_another_environment(folder: Path) -> str:
    """Make a run whose environment is not installed any more; return its id."""
    copied = folder.with_name("0" * 12)
    shutil.copytree(folder, copied, ignore=shutil.ignore_patterns("eval"))
    document = json.loads((folder / "spec.json").read_bytes())
    spec = copied / "spec.json"
    spec.unlink()
    changed = {**document, "run_id": copied.name, "env_id": "Vanished-v0"}
    spec.write_text(json.dumps(changed), encoding="utf-8")
    return copied.name


def test_a_lost_database_costs_no_evaluation(tmp_path: Path) -> None:
    """The files are the truth."""
    with LabServer(tmp_path / "home") as lab:
        run_id = lab.create(total_timesteps=300)
        lab.wait_for(run_id, "completed")
        before = evaluate(lab, run_id)
        lab.kill()
        for path in lab.home.glob("gymlab.db*"):
            path.unlink()
        lab.start()
        after = look(lab, run_id, before["id"])
        run = lab.run(run_id)

    assert {**after, "created_at": None} == {**before, "created_at": None}
    assert run["evaluation_return"] == before["return_mean"]


def test_a_full_disk_fails_the_evaluation_and_nothing_else(lab: LabServer) -> None:
    """The folder of evaluations cannot be written; the run stays complete."""
    run_id = lab.create(total_timesteps=300)
    lab.wait_for(run_id, "completed")
    # A file where the folder should be: root may write into any folder.
    (lab.home / "runs" / run_id / "eval").write_bytes(b"")
    failed = evaluate(lab, run_id)

    assert failed["status"] == "failed"
    assert lab.status(run_id) == "completed"


def test_deleting_a_run_ends_its_evaluations(lab: LabServer) -> None:
    """No process is left over."""
    run_id = lab.create(total_timesteps=300)
    lab.wait_for(run_id, "completed")
    running = _slow(lab, run_id)
    state = _begun(lab, run_id, running["id"])
    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 204
    assert lab.get(f"/runs/{run_id}/evaluations/{running['id']}").status_code == 404
    for identity in (state.shim, state.worker):
        assert identity is not None
        until(lambda identity=identity: not is_alive(identity), "the end of its processes")


def test_an_evaluation_is_seen_live(lab: LabServer, finished_run: str) -> None:
    """Also of a run that is over; before and after it the viewer is told so in words."""
    address = lab.url.replace("http", "ws") + f"/api/v1/runs/{finished_run}/frames"
    with connect(f"{address}?source=evaluation&fps=60") as viewer:
        assert json.loads(viewer.recv(PATIENCE_S))["phase"] == "idle"
        asked = ask(lab, finished_run, num_episodes=4, record_video=False)
        moments: list[tuple[int, int]] = []
        words: list[dict[str, Any]] = []
        while not words or words[-1]["phase"] != "ended":
            message = viewer.recv(PATIENCE_S)
            if isinstance(message, str):
                words.append(json.loads(message))
                continue
            length = int.from_bytes(message[:4], "big")
            header = json.loads(message[4 : 4 + length])
            assert header["source"] == "evaluation"
            assert header["episode_return"] == header["timestep"]
            assert message[4 + length : 6 + length] == b"\xff\xd8"
            moments.append((header["episode"], header["timestep"]))
    done = wait(lab, finished_run, asked["id"])

    assert done["status"] == "completed"
    assert len(set(moments)) == len(moments)
    assert moments == sorted(moments)
    assert {episode for episode, _ in moments} == {1, 2, 3, 4}
    assert len(moments) >= sum(row["episode_length"] for row in done["episodes"]) / 2


def test_a_learning_run_is_evaluated_twice_alike(lab: LabServer) -> None:
    """A checkpoint of PPO, while the run trains on, gives the same rows again."""
    body = {
        "env_id": "CartPole-v1",
        "algorithm": "ppo",
        "total_timesteps": 1_000_000,
        "seed": 1,
        "checkpoint_every_timesteps": 512,
        "hyperparameters": {"n_steps": 256, "num_envs": 1},
    }
    run_id = lab.post("/runs", body).json()["id"]
    until(lambda: lab.run(run_id)["num_checkpoints"] > 0, "a checkpoint")
    checkpoint = lab.get(f"/runs/{run_id}/checkpoints").json()["items"][0]["timestep"]
    wanted = {"checkpoint": checkpoint, "record_video": False, "num_episodes": 3}
    # The second one waits: its checkpoint is kept although training thins out its like.
    asked = [ask(lab, run_id, **wanted, deterministic=False) for _ in range(2)]
    found = [wait(lab, run_id, item["id"]) for item in asked]
    is_training = lab.status(run_id) == "running"
    lab.post(f"/runs/{run_id}/stop")
    lab.wait_for(run_id, "stopped")

    assert is_training
    assert [item["status"] for item in found] == ["completed", "completed"], found[1]["failure"]
    assert found[0]["episodes"] == found[1]["episodes"]
    assert found[0]["checkpoint_sha256"] == found[1]["checkpoint_sha256"]
    kept = lab.home / "runs" / run_id / "checkpoints" / str(checkpoint)
    assert not list(kept.glob(".needed-by-*"))
