"""A data folder with stored runs and their folders, without a server."""

from pathlib import Path
from typing import Any

from gymlab.domain.runs import RunSpec, RunStatus
from gymlab.storage.database import Database
from gymlab.storage.migrating import prepare_database
from gymlab.storage.runs import NewRunRow, insert_run


def new_database(folder: Path) -> Database:
    """Make an empty database."""
    prepare_database(folder / "gymlab.db")
    return Database(folder / "gymlab.db")


def store_run(
    database: Database, run_id: str, *, seed: int = 1, fields: dict[str, Any] | None = None
) -> None:
    """Store a completed run; `fields` are of `NewRunRow`."""
    spec = RunSpec(
        run_id=run_id, env_id="E-v0", runner="r", algorithm="a", hyperparameters={"rate": 0.1},
        total_timesteps=10, seed=seed,
    )  # fmt: skip
    row: dict[str, Any] = {
        "id": run_id, "name": f"run {run_id}", "tags": ["kept"], "notes": "note", "env_title": "E",
        "spec": spec.model_dump(mode="json"), "spec_sha256": spec.sha256(), "created_at": 1.0,
        "status": RunStatus.COMPLETED, "attempt": 1,
    }  # fmt: skip
    with database.writing() as writer:
        insert_run(writer, NewRunRow(**{**row, **(fields or {})}))


def make_folder(runs_dir: Path, run_id: str) -> Path:
    """Make a run's folder as a shim leaves it."""
    folder = runs_dir / run_id
    (folder / "checkpoints" / "10").mkdir(parents=True)
    (folder / "checkpoints" / "10" / "manifest.json").write_bytes(b"{}")
    (folder / "metrics.jsonl").write_bytes(b"x" * 100)
    spec = RunSpec(
        run_id=run_id, env_id="E-v0", runner="r", algorithm="a", hyperparameters={},
        total_timesteps=10, seed=1,
    )  # fmt: skip
    (folder / "spec.json").write_text(spec.model_dump_json())
    return folder
