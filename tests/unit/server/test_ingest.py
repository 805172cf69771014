"""Runs are followed one beside the other: what is wrong with one is its own affair."""

import asyncio
from pathlib import Path

from gymlab.domain.runs import RunSpec, RunStatus
from gymlab.protocol.shim import RunState
from gymlab.server.orchestration.announcing import Announcer
from gymlab.server.orchestration.hub import Hub
from gymlab.server.orchestration.ingest import Ingest
from gymlab.storage.database import Database
from gymlab.storage.migrating import prepare_database
from gymlab.storage.runs import NewRunRow, get_run, insert_run

BAD, GOOD = "abcdefgh0001", "abcdefgh0002"
TOO_LARGE = 2**63


def _store(database: Database, run_id: str) -> None:
    spec = RunSpec(
        run_id=run_id, env_id="E-v0", runner="r", algorithm="a", hyperparameters={},
        total_timesteps=10, seed=1,
    )  # fmt: skip
    new = NewRunRow(
        id=run_id, name="n", tags=[], notes="", env_title="E", spec=spec.model_dump(mode="json"),
        spec_sha256=spec.sha256(), created_at=1.0, status=RunStatus.STARTING, attempt=1,
    )  # fmt: skip
    with database.writing() as writer:
        insert_run(writer, new)


async def _follow_both(folder: Path) -> int:
    database = Database(folder / "gymlab.db")
    for run_id in (BAD, GOOD):
        _store(database, run_id)
    seen = asyncio.Event()
    hub = Hub()

    def indexed(run_id: str, status: RunStatus) -> None:
        if run_id == GOOD and status is RunStatus.RUNNING:
            seen.set()

    announcer = Announcer(hub, asyncio.get_running_loop(), lambda _run, _place: b"{}")
    ingest = Ingest(database, hub, announcer, runs_dir=folder, on_indexed=indexed)
    ingest.poke(BAD, RunState(status="running", attempt=1, timestep=TOO_LARGE))
    ingest.poke(GOOD, RunState(status="running", attempt=1, timestep=7))
    ingest.start()
    await asyncio.wait_for(seen.wait(), 20)
    await ingest.close()
    with database.reading() as connection:
        run = get_run(connection, GOOD)
    database.close()
    assert run is not None
    return run.timestep


def test_a_run_that_cannot_be_stored_does_not_stop_the_others(tmp_path: Path) -> None:
    """A number that no table holds fails its own run's transaction alone."""
    prepare_database(tmp_path / "gymlab.db")
    assert asyncio.run(_follow_both(tmp_path)) == 7
