"""A checkpoint of another run is copied whole, checked, and kept until it was."""

from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.runs import StartFrom
from gymlab.protocol.parts import Member
from gymlab.protocol.shim import Assign
from gymlab.supervisor.blobs import BlobTable
from gymlab.supervisor.checkpoint_store import CheckpointStore, is_pinned, new_manifest
from gymlab.supervisor.origin import OriginError, has_origin, pin, take_over
from gymlab.supervisor.resuming import find_beginning, start_message

PARENT, CHILD = "0123456789ab", "ba9876543210"


def _save(folder: Path, timestep: int, *, attempt: int = 1, **more: Any) -> None:
    manifest = new_manifest({
        "run_id": folder.name,
        "spec_sha256": "0" * 64,
        "attempt": attempt,
        "timestep": timestep,
        "episodes": 3,
        "gradient_steps": 2,
        "wall_time_s": 1.5,
        "mean_return": None,
        "seq": 9,
        **more,
    })
    members = [
        Member(name="policy.safetensors", size=7, content=b"weights"),
        Member(name="replay_buffer.pt", size=6, content=b"buffer", transient=True),
    ]
    CheckpointStore(folder).save(manifest, members, BlobTable())


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A run with checkpoints at 100, 150 and 200; the oldest one lost its buffer."""
    folder = tmp_path / PARENT
    folder.mkdir()
    (tmp_path / CHILD).mkdir()
    for timestep in (100, 150, 200):
        _save(folder, timestep)
    return folder


def _start(timestep: int, mode: str = "policy", run_id: str = PARENT) -> StartFrom:
    return StartFrom.model_validate({"run_id": run_id, "timestep": timestep, "mode": mode})


def _assignment(folder: Path, start: StartFrom, attempt: int = 1) -> Assign:
    spec = {
        "run_id": CHILD,
        "env_id": "CartPole-v1",
        "runner": "r",
        "algorithm": "a",
        "hyperparameters": {},
        "total_timesteps": 1000,
        "seed": 0,
        "start_from": start.model_dump(),
    }
    return Assign(
        run_id=CHILD, run_dir=str(folder), spec=spec, attempt=attempt, algorithm={"id": "a"}
    )


@pytest.mark.parametrize(("timestep", "members"), [(200, 2), (100, 1)])
def test_what_is_there_is_copied_and_outlives_the_parent(
    parent: Path, timestep: int, members: int
) -> None:
    """A dropped buffer is left out; the copy is sound by itself and used from then on."""
    child = parent.with_name(CHILD)
    copied = take_over(child, _start(timestep))
    assert len(copied.manifest.members) == members
    assert copied.manifest.run_id == PARENT
    parent.rename(parent.with_name("gone"))
    assert take_over(child, _start(timestep)).manifest == copied.manifest
    assert has_origin(child)


def test_a_pin_keeps_the_checkpoint_until_the_copy(parent: Path) -> None:
    """It is neither thinned out nor loses its buffer meanwhile."""
    pin(parent.parent, _start(200), CHILD)
    for timestep in range(300, 3000, 100):
        _save(parent, timestep)
    kept = parent / "checkpoints" / "200"
    assert is_pinned(kept)
    assert (kept / "replay_buffer.pt").exists()
    take_over(parent.with_name(CHILD), _start(200, "state"))
    assert not is_pinned(kept)


def test_a_flipped_bit_is_not_taken_over(parent: Path) -> None:
    """Nor a torn manifest, a missing file, or a checkpoint that is gone; nothing half is left."""
    child = parent.with_name(CHILD)
    policy = parent / "checkpoints/100/policy.safetensors"
    policy.write_bytes(b"weightz")
    with pytest.raises(OriginError, match="corrupt"):
        take_over(child, _start(100))
    policy.unlink()
    with pytest.raises(OriginError, match=r"lacks policy\.safetensors"):
        take_over(child, _start(100))
    manifest = parent / "checkpoints/200/manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-20])
    with pytest.raises(OriginError, match="no sound manifest"):
        take_over(child, _start(200))
    with pytest.raises(OriginError, match="is gone"):
        take_over(child, _start(999))
    assert list(child.iterdir()) == []


@pytest.mark.parametrize("run_id", ["../0123456789", "/etc", "", "0123456789AB", "a" * 13])
def test_only_runs_of_this_lab_are_read(parent: Path, run_id: str) -> None:
    """A specification cannot name another folder."""
    with pytest.raises(OriginError, match="names no run"):
        take_over(parent.with_name(CHILD), _start(100, run_id=run_id))


def test_a_link_is_not_followed(parent: Path, tmp_path: Path) -> None:
    """Whatever lies behind it."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"weights")
    policy = parent / "checkpoints/100/policy.safetensors"
    policy.unlink()
    policy.symlink_to(secret)
    with pytest.raises(OSError, match=r"symbolic link|loop"):
        take_over(parent.with_name(CHILD), _start(100))


@pytest.mark.parametrize(("mode", "resumes"), [("policy", False), ("state", True)])
def test_the_worker_is_told_what_to_begin_with(parent: Path, mode: str, resumes: bool) -> None:
    """The policy alone, or the state; no rows of the parent are rewound to."""
    child = parent.with_name(CHILD)
    start = _start(200, mode)
    beginning = find_beginning(child, attempt=1, start_from=start)
    assert beginning.rewind_to_seq == 0
    message, opened = start_message(_assignment(child, start), beginning)
    opened.close()
    assert (message.resume is not None) == resumes
    members = message.resume.members if message.resume else message.policy
    assert len(members) == (2 if resumes else 1)


def test_own_checkpoints_come_first(parent: Path) -> None:
    """Where the run began is of no interest any more."""
    child = parent.with_name(CHILD)
    start = _start(100)
    take_over(child, start)
    _save(child, 500, attempt=1)
    beginning = find_beginning(child, attempt=2, start_from=start)
    message, opened = start_message(_assignment(child, start, attempt=2), beginning)
    opened.close()
    assert message.resume is not None
    assert message.resume.timestep == 500


def test_only_an_end_of_its_own_ends_a_run(parent: Path) -> None:
    """What begins from the state at another run's early end trains on."""
    child = parent.with_name(CHILD)
    start = _start(200, "state")
    _save(parent, 200, attempt=1, ends_run=True)
    taken, opened = start_message(
        _assignment(child, start), find_beginning(child, attempt=1, start_from=start)
    )
    opened.close()
    _save(child, 500, attempt=1, ends_run=True)
    own, opened = start_message(
        _assignment(child, start, attempt=2), find_beginning(child, attempt=2, start_from=start)
    )
    opened.close()
    assert taken.resume is not None
    assert own.resume is not None
    assert (taken.resume.ends_run, own.resume.ends_run) == (False, True)


def test_a_beginning_that_cannot_be_is_said(parent: Path) -> None:
    """For the shim to fail the run with."""
    beginning = find_beginning(parent.with_name(CHILD), attempt=1, start_from=_start(7))
    assert beginning.origin is None
    assert "timestep 7" in (beginning.origin_failure or "")
