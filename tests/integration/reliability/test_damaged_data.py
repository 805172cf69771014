"""A server answers about runs whose files were damaged, and resumes them."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.lab import LabServer
from tests.integration.shims import visible_rows

pytestmark = pytest.mark.timeout(400)

Damage = Callable[[Path], None]


def _cut(name: str, share: float) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / name
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return damage


def _flip(name: str, num_bits: int) -> Damage:
    def damage(folder: Path) -> None:
        chance = random.Random(num_bits)  # noqa: S311 - repeatable damage
        for path in sorted(folder.glob(name)):
            content = bytearray(path.read_bytes())
            for _ in range(num_bits):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(content)

    return damage


def _enlarge_seq(folder: Path) -> None:
    path = folder / "metrics.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    row = json.loads(lines[2])
    lines[2] = json.dumps({**row, "seq": row["seq"] + (1 << 40)}).encode() + b"\n"
    path.write_bytes(b"".join(lines))


DAMAGES: dict[str, Damage] = {
    "metrics cut off": _cut("metrics.jsonl", 0.4),
    "metrics flipped": _flip("metrics.jsonl", 30),
    "metrics gone": _cut("metrics.jsonl", 0),
    "a seq too large": _enlarge_seq,
    "events cut off": _cut("events.jsonl", 0.5),
    "events flipped": _flip("events.jsonl", 30),
    "state cut off": _cut("state.json", 0.5),
    "state flipped": _flip("state.json", 3),
    "manifests flipped": _flip("checkpoints/*/manifest.json", 1),
    "members flipped": _flip("checkpoints/*/policy.safetensors", 1),
}
TOGETHER = (
    ("metrics cut off", "members flipped"),
    ("metrics flipped", "manifests flipped"),
    ("metrics gone", "events cut off"),
    ("a seq too large", "events flipped"),
    ("state cut off",),
    ("state flipped",),
)
"""What one run suffers at the same time; no two of a run hit the same file."""
ALONE = tuple((name,) for name in DAMAGES)
NUM_ROWS = 30
PATHS = (
    "",
    "/metrics",
    "/metrics?tail=10000",
    "/events",
    "/log",
    "/artifacts",
    "/checkpoints",
    "/config",
)


@pytest.mark.parametrize(
    "damages", [TOGETHER, pytest.param(ALONE, marks=pytest.mark.slow)], ids=["together", "alone"]
)
def test_damaged_runs_are_answered_about_and_resumed(
    tmp_path: Path, damages: tuple[tuple[str, ...], ...]
) -> None:
    """Whatever was damaged while no server was there."""
    assert {name for names in damages for name in names} == set(DAMAGES)
    with LabServer(tmp_path, max_runs=3) as lab:
        run_ids = {
            names: lab.create(
                total_timesteps=50_000_000,
                timesteps_per_second=1000.0,
                checkpoint_every_timesteps=100,
            )
            for names in damages
        }
        for run_id in run_ids.values():
            lab.wait_for(run_id, "running")
            _until_rows(lab, run_id, attempt=1)
            lab.act(run_id, "stop")
            lab.wait_for(run_id, "stopped")
        lab.kill()
        for names, run_id in run_ids.items():
            for name in names:
                DAMAGES[name](tmp_path / "runs" / run_id)
        lab.start()
        for names, run_id in run_ids.items():
            _answers(lab, run_id, names)
            lab.act(run_id, "resume")
            lab.wait_for(run_id, "running")
            _until_rows(lab, run_id, attempt=2)
            lab.act(run_id, "stop")
            assert lab.wait_for(run_id, "stopped")["attempt"] == 2, names
            _answers(lab, run_id, names)
            _agree(lab, run_id, names)
        assert "Traceback" not in lab.story()


def _until_rows(lab: LabServer, run_id: str, *, attempt: int) -> None:
    """Wait until an attempt has written some rows of its own."""
    while sum(row["attempt"] == attempt for row in lab.rows(run_id)) < NUM_ROWS:
        lab.wait_for(run_id, "running")


def _answers(lab: LabServer, run_id: str, names: tuple[str, ...]) -> None:
    for path in PATHS:
        answer = lab.get(f"/runs/{run_id}{path}")
        assert answer.status_code == 200, f"{names}: {path}: {answer.text[:300]}"


def _agree(lab: LabServer, run_id: str, names: tuple[str, ...]) -> None:
    """Check that answers hold the readable rows of the file, each once and in order."""
    rows = lab.rows(run_id)
    seqs = [row["seq"] for row in rows]
    assert seqs == sorted(set(seqs)), names
    second = [row for row in rows if row["attempt"] == 2]
    assert second, names
    in_file = visible_rows(_readable(lab.home / "runs" / run_id / "metrics.jsonl"))
    assert second == [row for row in in_file if row.get("attempt") == 2], names
    series = lab.get(f"/runs/{run_id}/metrics").json()["series"]
    num_episodes = sum(row["kind"] == "episode" for row in rows)
    num_points = series["train/episode_return"]["total_points"]
    # What was indexed before its line became unreadable is still known; what was cut off is not.
    is_cut = not {"metrics cut off", "metrics gone"}.isdisjoint(names)
    assert num_points == num_episodes if is_cut else num_points >= num_episodes, names
    events = [event["event_type"] for event in lab.events(run_id)]
    assert "resumed" in events, names
    assert events[-1] == "stopped", names


def _readable(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in path.read_bytes().split(b"\n"):
        try:
            item = json.loads(line)
        except ValueError:
            continue
        is_row = isinstance(item, dict) and isinstance(item.get("seq"), int) and "kind" in item
        if is_row or (isinstance(item, dict) and "rewind_to_seq" in item):
            found.append(item)
    return found
