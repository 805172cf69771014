"""Files that were cut off or have flipped bits never end a shim and never go unsaid."""

import asyncio
import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gymlab.protocol.shim import Assign
from gymlab.supervisor.checkpoint_store import is_sound
from gymlab.supervisor.recorder import RunRecorder
from gymlab.supervisor.resuming import Beginning, find_beginning, open_members, start_message
from gymlab.supervisor.run_folder import RunFolder
from tests.integration.shims import (
    ShimServer,
    assignment,
    lines_of,
    next_attempt,
    visible_rows,
)

CHECKPOINTS = (200, 400, 600, 650)


@dataclass(frozen=True)
class Original:
    """A run that was trained for real."""

    folder: Path
    assigned: Assign


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    """Train a run with a real shim and a real worker."""
    home = tmp_path_factory.mktemp("torn")
    assigned = assignment(home, total_timesteps=650, checkpoint_every=200)

    async def train() -> None:
        async with ShimServer(home) as server:
            server.launch(assigned)
            await server.finished(assigned, "completed")

    asyncio.run(train())
    return Original(Path(assigned.run_dir), assigned)


@pytest.mark.parametrize(
    "num_damages", [150, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_a_damaged_file_never_keeps_a_run_from_resuming(
    original: Original, tmp_path: Path, num_damages: int
) -> None:
    """Truncations and bit flips of every file: an older checkpoint is used, and said so."""
    chance = random.Random(20)  # noqa: S311 - repeatable damage
    names = [path.relative_to(original.folder) for path in sorted(_files(original.folder))]
    num_fallbacks = 0
    for number in range(num_damages):
        folder = tmp_path / f"run-{number}"
        shutil.copytree(original.folder, folder)
        name = names[number % len(names)]
        is_changed = _damage(folder / name, chance)
        beginning = _resume(original.assigned, folder)
        _check(beginning, folder, name if is_changed else None)
        num_fallbacks += beginning.checkpoint is None or _timestep(beginning) != CHECKPOINTS[-1]
        shutil.rmtree(folder)
    assert num_fallbacks > 0


def test_every_checkpoint_damaged_means_training_begins_anew(
    original: Original, tmp_path: Path
) -> None:
    """Each is named, and the run does not claim to continue."""
    folder = tmp_path / "run"
    shutil.copytree(original.folder, folder)
    for timestep in CHECKPOINTS:
        (folder / "checkpoints" / str(timestep) / "policy.safetensors").write_bytes(b"")
    beginning = _resume(original.assigned, folder)
    assert beginning.checkpoint is None
    assert beginning.rewind_to_seq == 0
    assert len(beginning.notes) == len(CHECKPOINTS) + 1


def test_a_run_trains_on_after_its_files_were_damaged(original: Original, tmp_path: Path) -> None:
    """With a real shim and a real worker, all files damaged at once."""
    chance = random.Random(4)  # noqa: S311
    home = tmp_path
    folder = home / "runs" / original.assigned.run_id
    shutil.copytree(original.folder, folder)
    for name in ("state.json", "checkpoints/650/manifest.json", "checkpoints/600/state.json"):
        _flip(folder / name, chance)
    for name in ("metrics.jsonl", "events.jsonl"):
        path = folder / name
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size * 2 // 3)
    fields = {f: getattr(original.assigned, f) for f in original.assigned.__struct_fields__}
    second = next_attempt(Assign(**{**fields, "run_dir": str(folder)}))

    async def scenario() -> None:
        async with ShimServer(home) as server:
            server.launch(second)
            state = await server.finished(second, "completed")
            assert state.timestep == 650

    asyncio.run(scenario())
    rows = visible_rows(lines_of(folder / "metrics.jsonl"))
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    events = lines_of(folder / "events.jsonl")
    assert sum("was not used" in event["message"] for event in events) == 2


def _files(folder: Path) -> Iterator[Path]:
    for name in ("metrics.jsonl", "events.jsonl", "state.json"):
        yield folder / name
    yield from (folder / "checkpoints").glob("*/*")


def _damage(path: Path, chance: random.Random) -> bool:
    """Cut the file off or flip one of its bits; tell whether its content changed."""
    before = path.read_bytes()
    if chance.random() < 0.5:
        path.write_bytes(before[: chance.randrange(len(before) + 1)])
    else:
        _flip(path, chance)
    return path.read_bytes() != before


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _resume(assigned: Assign, folder: Path) -> Beginning:
    """Do what a shim does with the folder before its worker starts."""
    fields = {name: getattr(assigned, name) for name in assigned.__struct_fields__}
    second = next_attempt(Assign(**{**fields, "run_dir": str(folder)}))
    run_folder = RunFolder(folder, attempt=second.attempt)
    beginning = find_beginning(folder, attempt=second.attempt)
    recorder = RunRecorder(run_folder, second, rewind_to_seq=beginning.rewind_to_seq)
    _, descriptors = start_message(second, beginning)
    descriptors.close()
    recorder.store_state(durable=False)
    recorder.close()
    return beginning


def _check(beginning: Beginning, folder: Path, damaged: Path | None) -> None:
    is_checkpoint = damaged is not None and damaged.parts[0] == "checkpoints"
    used = beginning.checkpoint
    assert used is not None
    assert is_sound(used)
    members, descriptors = open_members(used, with_transient=True)
    assert len(members) == len(used.manifest.members)
    descriptors.close()
    if is_checkpoint and damaged is not None:
        assert used.folder.name != damaged.parts[1], f"{damaged} was used although damaged"
        latest = str(CHECKPOINTS[-1])
        is_manifest = damaged.name == "manifest.json"
        if damaged.parts[1] == latest or is_manifest:
            assert any(damaged.parts[1] in note.replace(",", "") for note in beginning.notes)
        expected = CHECKPOINTS[-2] if damaged.parts[1] == latest else CHECKPOINTS[-1]
        assert _timestep(beginning) == expected
    else:
        assert _timestep(beginning) == CHECKPOINTS[-1]
        assert beginning.notes == ()
    marker = json.loads((folder / "metrics.jsonl").read_bytes().splitlines()[-1])
    assert marker == {
        "rewind_to_seq": beginning.rewind_to_seq,
        "attempt": 2,
        "timestamp": marker["timestamp"],
    }


def _timestep(beginning: Beginning) -> int:
    return beginning.checkpoint.manifest.timestep if beginning.checkpoint else 0
