"""A stream that breaks at any byte continues exactly there."""

import random
from pathlib import Path

import pytest

from tests.integration.lab import FINISHED, LabServer
from tests.integration.shims import assert_gapless, lines_of
from tests.integration.sse import StreamClient

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize(
    "num_cuts", [12, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_random_cuts_lose_and_repeat_nothing(tmp_path: Path, num_cuts: int) -> None:
    """While rows keep coming, over one connection with several topics."""
    chance = random.Random(7)  # noqa: S311 - repeatable cuts
    with LabServer(tmp_path) as lab:
        run_ids = [
            lab.create(total_timesteps=50_000_000, timesteps_per_second=2000.0, seed=seed)
            for seed in range(2)
        ]
        for run_id in run_ids:
            lab.wait_for(run_id, "running")
        topics = ["runs", *(f"run:{r}:{kind}" for r in run_ids for kind in KINDS)]
        client = StreamClient(lab, ",".join(topics))
        for _ in range(num_cuts):
            client.follow(lambda: True, cut_after_bytes=chance.randrange(1, 60_000))
        for run_id in run_ids:
            lab.act(run_id, "stop")
        for run_id in run_ids:
            lab.wait_for(run_id, *FINISHED)
        wanted = {r: lines_of(tmp_path / "runs" / r / "metrics.jsonl") for r in run_ids}
        client.follow(lambda: any(len(client.rows[r]) < len(wanted[r]) for r in run_ids))
        assert client.faults == []
        assert client.refusals == []
        assert client.num_connections == num_cuts + 1
        for run_id in run_ids:
            assert_gapless(wanted[run_id])
            assert client.rows[run_id] == [row["seq"] for row in wanted[run_id]]


KINDS = ("metrics", "events")
