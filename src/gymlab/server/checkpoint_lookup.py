"""Finding the checkpoint that a request means."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from gymlab.errors import CheckpointNotFoundError
from gymlab.supervisor.checkpoint_store import (
    CheckpointStore,
    StoredCheckpoint,
    best_checkpoint,
)

MAX_TIMESTEP = 2**53
CheckpointChoice = (
    Literal["latest", "best"] | Annotated[int, Field(strict=True, ge=0, le=MAX_TIMESTEP)]
)
"""`latest`, `best`, or the timesteps that it had done."""


def find_checkpoint(runs_dir: Path, run_id: str, choice: CheckpointChoice) -> StoredCheckpoint:
    """Return a run's checkpoint; without a best one, `best` is the latest.

    Raises:
        CheckpointNotFoundError: The run has none, or not that one.
    """
    stored = CheckpointStore(runs_dir / run_id).all()
    if not stored:
        raise CheckpointNotFoundError(
            f"Run {run_id} has no checkpoint.",
            hint="One is saved every 30 seconds of training and at its end.",
        )
    if choice == "latest":
        return stored[-1]
    if choice == "best":
        return best_checkpoint(stored) or stored[-1]
    for checkpoint in reversed(stored):
        if checkpoint.manifest.timestep == choice:
            return checkpoint
    known = ", ".join(f"{item.manifest.timestep:,}" for item in stored)
    raise CheckpointNotFoundError(
        f"Run {run_id} has no checkpoint at timestep {choice:,}.", hint=f"There are: {known}."
    )
