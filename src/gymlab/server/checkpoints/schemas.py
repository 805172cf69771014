"""Shapes of the checkpoints resource."""

from typing import Literal

from gymlab.server.answers import Answer, Timestamp


class Checkpoint(Answer):
    """A stored state of a run."""

    timestep: int
    """Timesteps done."""
    attempt: int
    """Attempt that saved it."""
    episodes: int
    """Episodes finished."""
    is_latest: bool
    """Training resumes from it."""
    is_best: bool
    """Highest mean return: by evaluation where there is one, else of training."""
    mean_return: float | None
    """Mean of the last 100 training returns."""
    evaluation_return: float | None
    """Mean return of the evaluation that was made of it during training."""
    sha256: str | None
    """Hash of the policy."""
    integrity: Literal["ok", "corrupt", "unchecked"]
    """Whether the files have their hashes."""
    size_bytes: int
    """Size of all files."""
    created_at: Timestamp
    """When it was saved."""
