"""Checkpoints are whole, hashed, thinned out, and a corrupt one is passed over."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.protocol.parts import Member
from gymlab.supervisor.blobs import BlobError, BlobTable
from gymlab.supervisor.checkpoint_choice import foreseen
from gymlab.supervisor.checkpoint_store import (
    SPREAD,
    CheckpointStore,
    Manifest,
    kept_indices,
    missing_transient,
    new_manifest,
    pin_of,
)


def _manifest(timestep: int, mean_return: float | None = None, attempt: int = 1) -> Manifest:
    return new_manifest({
        "run_id": "0123456789ab",
        "spec_sha256": "0" * 64,
        "attempt": attempt,
        "timestep": timestep,
        "episodes": 0,
        "gradient_steps": 0,
        "wall_time_s": 0.0,
        "mean_return": mean_return,
        "seq": timestep,
    })


def _members(text: bytes = b"weights") -> list[Member]:
    return [
        Member(name="policy.safetensors", size=len(text), content=text),
        Member(name="replay_buffer.pt", size=6, content=b"buffer", transient=True),
    ]


def test_latest_best_and_eight_spread_ones_are_kept(tmp_path: Path) -> None:
    """A long run keeps few checkpoints, among them the best and the last."""
    store = CheckpointStore(tmp_path)
    for timestep in range(1, 101):
        store.save(
            _manifest(timestep * 100, 500.0 if timestep == 37 else 1.0), _members(), BlobTable()
        )
    timesteps = [checkpoint.manifest.timestep for checkpoint in store.all()]
    assert 10_000 in timesteps
    assert 3_700 in timesteps
    assert SPREAD <= len(timesteps) <= SPREAD + 2
    gaps = [b - a for a, b in zip([0, *timesteps], timesteps, strict=False)]
    assert max(gaps) <= 3_000


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_the_last_and_the_best_are_always_kept(returns: list[float | None]) -> None:
    """Whatever the returns were."""
    kept = kept_indices(list(range(1, len(returns) + 1)), returns)
    assert len(returns) - 1 in kept
    known = [value for value in returns if value is not None]
    if known:
        assert any(returns[index] == max(known) for index in kept)


def test_transient_members_stay_with_the_two_latest(tmp_path: Path) -> None:
    """A replay buffer is large and needed only to continue: from the last one, or the one before."""
    store = CheckpointStore(tmp_path)
    for timestep in (1, 2, 3):
        store.save(_manifest(timestep), _members(), BlobTable())
    kept = [(item.folder / "replay_buffer.pt").exists() for item in store.all()]
    assert kept == [False, True, True]
    assert [missing_transient(item) for item in store.all()] == [["replay_buffer.pt"], [], []]


def test_a_disk_without_room_keeps_one_replay_buffer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one is a spare; where it would fill the disk it is not kept."""

    def full(_: Path) -> SimpleNamespace:
        return SimpleNamespace(total=10**9, used=10**9 - 1000, free=1000)

    monkeypatch.setattr(shutil, "disk_usage", full)
    store = CheckpointStore(tmp_path)
    for timestep in (1, 2):
        store.save(_manifest(timestep), _members(), BlobTable())
    kept = [(item.folder / "replay_buffer.pt").exists() for item in store.all()]
    assert kept == [False, True]


def test_a_checkpoint_that_is_replaced_is_there_at_every_moment(tmp_path: Path) -> None:
    """A writer that died between the two names leaves the old one."""
    store = CheckpointStore(tmp_path)
    store.save(_manifest(5), _members(), BlobTable())
    folder = tmp_path / "checkpoints"
    (folder / "5").rename(folder / ".replaced-5")
    store.remove_unfinished()
    assert [item.manifest.timestep for item in store.all()] == [5]


def test_a_checkpoint_that_is_needed_in_the_last_moment_stays(tmp_path: Path) -> None:
    """The pin may come between the decision to thin out and the removal."""
    store = CheckpointStore(tmp_path)
    for timestep in range(1, 40):
        store.save(_manifest(timestep), _members(), BlobTable())
        pin_of(tmp_path / "checkpoints" / "1", "child").touch()
        pin_of(tmp_path / "checkpoints" / str(timestep), f"fork-{timestep}").touch()
    assert [item.manifest.timestep for item in store.all()] == list(range(1, 40))


def test_a_corrupt_checkpoint_is_passed_over_and_named(tmp_path: Path) -> None:
    """One flipped bit, or a missing file, and the previous one is taken."""
    store = CheckpointStore(tmp_path)
    for timestep in (1, 2, 3):
        store.save(_manifest(timestep), _members(), BlobTable())
    weights = tmp_path / "checkpoints" / "3" / "policy.safetensors"
    content = bytearray(weights.read_bytes())
    content[0] ^= 1
    weights.write_bytes(content)
    (tmp_path / "checkpoints" / "2" / "policy.safetensors").unlink()
    sound, corrupt = store.latest_sound()
    assert sound is not None
    assert sound.manifest.timestep == 1
    assert [checkpoint.manifest.timestep for checkpoint in corrupt] == [3, 2]


def test_a_later_attempt_counts_as_later(tmp_path: Path) -> None:
    """After a resume from further back, the newest state is the newer attempt's."""
    store = CheckpointStore(tmp_path)
    store.save(_manifest(500, attempt=1), _members(), BlobTable())
    store.save(_manifest(300, attempt=2), _members(), BlobTable())
    sound, _ = store.latest_sound()
    assert sound is not None
    assert sound.manifest.timestep == 300


@pytest.mark.parametrize(
    "name", ["../x.pt", "manifest.json/..", "", "A.pt", "a" * 100 + ".pt", "x"]
)
def test_a_member_with_a_bad_name_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    """Members are plain file names."""
    store = CheckpointStore(tmp_path)
    with pytest.raises(ValueError, match="names"):
        store.save(_manifest(1), [Member(name=name, size=1, content=b"x")], BlobTable())
    assert list(tmp_path.rglob("*.pt")) == []


def test_a_member_that_lies_about_its_size_leaves_nothing_behind(tmp_path: Path) -> None:
    """A checkpoint is whole or not there."""
    store = CheckpointStore(tmp_path)
    with pytest.raises(BlobError):
        store.save(_manifest(1), [Member(name="a.pt", size=5, content=b"x")], BlobTable())
    assert store.all() == []
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_an_unfinished_checkpoint_is_removed_at_the_next_start(tmp_path: Path) -> None:
    """What a crash left half written is never taken for a checkpoint."""
    (tmp_path / "checkpoints" / ".700-1").mkdir(parents=True)
    CheckpointStore(tmp_path).remove_unfinished()
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_what_a_run_would_continue_from_is_foreseen(tmp_path: Path) -> None:
    """A torn file, a changed one and a replay buffer that is shorter than it was."""
    store = CheckpointStore(tmp_path)
    for timestep in (1, 2, 3, 4):
        store.save(_manifest(timestep), _members(), BlobTable())
    found, damaged = foreseen(store.all())
    assert (found and found.manifest.timestep, damaged) == (4, 0)

    (store.all()[-1].folder / "replay_buffer.pt").write_bytes(b"buf")
    found, damaged = foreseen(store.all())
    assert (found and found.manifest.timestep, damaged) == (3, 1)

    (store.all()[-2].folder / "policy.safetensors").write_bytes(b"WEIGHTS")
    found, damaged = foreseen(store.all())
    assert (found and found.manifest.timestep, damaged) == (2, 2)
    assert found is not None
    assert missing_transient(found) == ["replay_buffer.pt"]

    for checkpoint in store.all():
        (checkpoint.folder / "policy.safetensors").unlink()
    assert foreseen(store.all()) == (None, 4)
