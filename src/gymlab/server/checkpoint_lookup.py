"""Finding the checkpoint that a request means."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from gymlab.errors import CheckpointNotFoundError
from gymlab.supervisor.checkpoint_store import CheckpointStore, StoredCheckpoint

MAX_TIMESTEP = 2**53
CheckpointChoice = (
    Literal["latest", "best"] | Annotated[int, Field(strict=True, ge=0, le=MAX_TIMESTEP)]
)
"""`latest`, `best`, or the timesteps that it had done."""


def best_of(stored: Sequence[StoredCheckpoint]) -> StoredCheckpoint | None:
    """Return the checkpoint with the highest mean return; of equally good ones the newest."""
    return max(
        (item for item in stored if item.manifest.mean_return is not None),
        key=lambda item: (item.manifest.mean_return or 0.0, item.order),
        default=None,
    )


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
        return best_of(stored) or stored[-1]
    for checkpoint in reversed(stored):
        if checkpoint.manifest.timestep == choice:
            return checkpoint
    known = ", ".join(f"{item.manifest.timestep:,}" for item in stored)
    raise CheckpointNotFoundError(
        f"Run {run_id} has no checkpoint at timestep {choice:,}.", hint=f"There are: {known}."
    )
