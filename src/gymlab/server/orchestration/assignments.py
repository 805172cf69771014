"""What a shim is told of its run."""

from pathlib import Path
from typing import Any

from gymlab.protocol.shim import Assign
from gymlab.storage.runs import StoredRun


def assignment_of(run: StoredRun, runs_dir: Path, algorithm: dict[str, Any]) -> Assign:
    """Return the message that makes a shim the shim of this run's attempt.

    Args:
        run: The stored run.
        runs_dir: Folder with one folder per run.
        algorithm: `AlgorithmManifest` as JSON.
    """
    return Assign(
        run_id=run.id,
        run_dir=str(runs_dir / run.id),
        spec=run.spec,
        attempt=run.attempt,
        algorithm=algorithm,
    )


def attempt_was_begun(folder: Path, attempt: int) -> bool:
    """Tell whether a shim has claimed this attempt."""
    return (folder / f"attempt-{attempt}").exists()
