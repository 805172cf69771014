"""A queue that keeps its order and starts every run once, whatever happens to the server."""

import random
import time
from pathlib import Path

import pytest

from tests.integration.lab import LabServer, until
from tests.integration.shims import lines_of

pytestmark = pytest.mark.timeout(400)

MAX_RUNS = 2


@pytest.mark.parametrize(
    ("num_runs", "num_kills", "warm_workers"),
    [
        pytest.param(6, 2, 0, marks=pytest.mark.slow),
        (4, 1, 1),
        pytest.param(200, 20, 0, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
    ],
)
def test_queued_runs_start_in_order_and_once(
    tmp_path: Path, num_runs: int, num_kills: int, warm_workers: int
) -> None:
    """With kills of the server in between."""
    chance = random.Random(3)  # noqa: S311
    with LabServer(tmp_path, max_runs=MAX_RUNS, warm_workers=warm_workers) as lab:
        run_ids = [lab.create(total_timesteps=60, seed=n) for n in range(num_runs)]
        kill_after = sorted(chance.sample(range(num_runs - 1), num_kills))
        for num_done in kill_after:
            until(lambda: _num_begun(tmp_path, run_ids) > num_done, "the queue to move", 600)  # noqa: B023
            time.sleep(
                chance.random() * 0.3
            )  # anywhere between claiming, handing over and training
            lab.kill()
            lab.start()
        for run_id in run_ids:
            lab.wait_for(run_id, "completed", timeout_s=1800)
        for run_id in run_ids:
            _started_once(lab, run_id)
        ranks = sorted(range(num_runs), key=lambda n: _began_at(tmp_path, run_ids[n]))
        assert all(abs(rank - number) < MAX_RUNS for rank, number in enumerate(ranks))


def test_places_are_shown_and_move_up(tmp_path: Path) -> None:
    """A stopped run in the queue lets the others move up."""
    with LabServer(tmp_path, max_runs=1) as lab:
        busy = lab.create(total_timesteps=50_000_000, timesteps_per_second=200.0)
        waiting = [lab.create(total_timesteps=50) for _ in range(3)]
        lab.wait_for(busy, "running")
        assert [lab.run(run_id)["queue_position"] for run_id in waiting] == [1, 2, 3]
        lab.act(waiting[0], "stop")
        assert lab.status(waiting[0]) == "stopped"
        assert [lab.run(run_id)["queue_position"] for run_id in waiting] == [None, 1, 2]
        lab.act(busy, "stop")
        for run_id in waiting[1:]:
            lab.wait_for(run_id, "completed")


def _num_begun(home: Path, run_ids: list[str]) -> int:
    return sum((home / "runs" / run_id / "attempt-1").exists() for run_id in run_ids)


def _began_at(home: Path, run_id: str) -> float:
    return (home / "runs" / run_id / "attempt-1").stat().st_mtime


def _started_once(lab: LabServer, run_id: str) -> None:
    folder = lab.home / "runs" / run_id
    assert [path.name for path in folder.glob("attempt-*")] == ["attempt-1"]
    types = [event["event_type"] for event in lines_of(folder / "events.jsonl")]
    assert types.count("training_started") == 1
    assert lab.run(run_id)["attempt"] == 1


def test_a_paused_run_gives_its_place_to_the_next(tmp_path: Path) -> None:
    """Pausing frees the core, so somebody else may have it."""
    with LabServer(tmp_path, max_runs=1) as lab:
        first = lab.create(total_timesteps=50_000_000, timesteps_per_second=200.0)
        second = lab.create(total_timesteps=50)
        lab.wait_for(first, "running")
        lab.act(first, "pause")
        lab.wait_for(second, "completed")
        assert lab.status(first) == "paused"
        lab.act(first, "resume")
        lab.wait_for(first, "running")
        lab.act(first, "stop")
        lab.wait_for(first, "stopped")
