"""After a power loss at any moment no file is corrupt, and what was durable is there."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from gymlab.protocol.parts import Member
from gymlab.protocol.shim import RunState
from gymlab.supervisor import session
from gymlab.supervisor.atomic import sync_folder
from gymlab.supervisor.blobs import BlobTable, blob_of
from gymlab.supervisor.checkpoint_store import CheckpointStore, is_sound, new_manifest
from gymlab.supervisor.run_folder import RunFolder
from gymlab.supervisor.watchdog import CHECK_EVERY_S
from tests.unit.supervisor.power_loss import PowerLoss
from tests.unit.supervisor.sessions import Lab, play

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="follows descriptors by /proc")
RUN_ID = "0123456789ab"


def save(folder: Path, timestep: int) -> None:
    """Save a checkpoint."""
    manifest = new_manifest({
        "run_id": RUN_ID,
        "spec_sha256": "0" * 64,
        "attempt": 1,
        "timestep": timestep,
        "episodes": 0,
        "gradient_steps": 0,
        "wall_time_s": 0.0,
        "mean_return": None,
        "seq": 1,
    })
    text = f"weights of {timestep}".encode() * 100
    members = [
        Member(name="policy.safetensors", size=len(text), content=text),
        Member(name="replay_buffer.pt", size=6, content=b"buffer", transient=True),
    ]
    CheckpointStore(folder).save(manifest, members, BlobTable())


def check_image(run: Path, *, saved: list[int], num_rows: int) -> None:
    """Check what a power loss left: whole files, synced rows, every finished checkpoint's successor."""
    for name in ("state.json", "spec.json"):
        if (run / name).exists():
            json.loads((run / name).read_bytes())
    for name in ("metrics.jsonl", "events.jsonl"):
        content = (run / name).read_bytes() if (run / name).exists() else b""
        assert content == b"" or content.endswith(b"\n")
        if name == "metrics.jsonl":
            assert [json.loads(line)["seq"] for line in content.splitlines()][:num_rows] == list(
                range(1, num_rows + 1)
            )
    for film in run.glob("recordings/[a-z]*.mp4"):
        assert film.read_bytes() == b"a film" * 1000
    store = CheckpointStore(run)
    store.remove_unfinished()
    assert store.unreadable() == []
    assert all(is_sound(checkpoint) for checkpoint in store.all())
    timesteps = [checkpoint.manifest.timestep for checkpoint in store.all()]
    if saved:
        assert timesteps[-1] >= saved[-1]


def test_no_moment_is_dangerous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power fails after every single call of a life with rows, states, films and checkpoints."""
    home = tmp_path / "home"
    home.mkdir()
    loss = PowerLoss(home)
    saved: list[int] = []
    num_rows = 0

    def fails() -> None:
        with pytest.MonkeyPatch.context() as calm:
            for name in ("fsync", "fdatasync", "replace"):
                calm.setattr(os, name, getattr(_CALM, name))
            for image in loss.images(tmp_path / "image"):
                run = image / "runs" / RUN_ID
                if run.exists() or saved:
                    check_image(run, saved=saved, num_rows=num_rows)
            shutil.rmtree(tmp_path / "image")

    loss.follow(monkeypatch)
    loss.on_call = fails
    (home / "runs").mkdir()
    sync_folder(home)
    folder = RunFolder(home / "runs" / RUN_ID, attempt=1)
    folder.write_spec({"env_id": "CartPole-v1"})
    for step in range(1, 13):
        folder.metrics.append([{"seq": step}])
        folder.events.append([{"seq": step}])
        folder.write_state(RunState(status="running", attempt=1, seq=step), durable=step % 2 == 0)
        folder.sync()
        num_rows = step
        timestep = 100 * min(step, 11)  # the last one is saved twice
        save(folder.path, timestep)
        saved.append(timestep)
        if step % 4 == 0:
            film = blob_of(b"a film" * 1000)
            folder.write_artifact(f"recordings/film{step}.mp4", film, 6000)
            os.close(film)
    folder.close()
    loss.close()
    assert loss.num_calls > 100


class _CALM:
    fsync, fdatasync, replace = os.fsync, os.fdatasync, os.replace


def test_rows_reach_the_disk_within_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the session's own measure of time: four reports of progress are a second."""
    home, image = tmp_path / "home", tmp_path / "image"
    home.mkdir()
    (home / "runs").mkdir()
    loss = PowerLoss(home)
    loss.follow(monkeypatch)

    async def scenario(lab: Lab) -> None:
        worst = 0
        for _ in range(5):
            lab.rows(3)
            wanted, reports = lab.num_rows, lab.link.num_reports

            def is_durable() -> bool:
                shutil.rmtree(image, ignore_errors=True)
                loss.images(image)
                metrics = image / "strict" / "runs" / RUN_ID / "metrics.jsonl"
                return metrics.exists() and metrics.read_bytes().count(b"\n") == wanted  # noqa: B023 - called at once

            await lab.until(is_durable)
            worst = max(worst, lab.link.num_reports - reports)
        assert worst * session.PROGRESS_EVERY_S <= 1.0
        lab.complete()

    play(home, scenario)
    loss.close()


def test_the_schedule_leaves_room_for_slow_disks() -> None:
    """A row waits at most for the next sync, which waits at most for the loop's look around."""
    assert session.SYNC_EVERY_S + CHECK_EVERY_S < 1.0
