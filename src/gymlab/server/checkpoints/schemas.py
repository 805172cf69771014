"""Shapes of the checkpoints resource."""

from typing import Literal

from gymlab.domain.runs import ImportedFrom, Relation, RunStatus
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


class ModelOrigin(Answer):
    """Where the run of a model came from."""

    run_id: str
    """The other run."""
    name: str | None
    """Its name, while it is known."""
    relation: Relation
    """What the run is to it."""
    timestep: int | None
    """Timestep of the checkpoint that was taken over."""
    is_deleted: bool
    """Whether only its name is left."""


class StoredModel(Answer):
    """The checkpoints of one run, as something to begin from or to play."""

    run_id: str
    """The run."""
    run_name: str
    """Plain text."""
    run_status: RunStatus
    """Where the run is in its life."""
    env_id: str
    """Environment it was trained in."""
    env_title: str
    """Its name for people."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    total_timesteps: int
    """Training budget of the run."""
    return_value: float | None
    """Return of the best checkpoint; `return_kind` says of which kind."""
    return_kind: Literal["evaluation", "training"]
    """Whether evaluations or training episodes gave the return; the two are never mixed."""
    trend: list[float]
    """Training returns over the run, thinned out for a small picture."""
    checkpoints: list[Checkpoint]
    """Newest first."""
    size_bytes: int
    """Size of all of them."""
    saved_at: Timestamp
    """When the newest was saved."""
    location: Literal["local"] = "local"
    """Where the files are."""
    origin: ModelOrigin | None
    """The run that this one came from."""
    imported: ImportedFrom | None
    """The file that it was read from; null for what was trained here."""
    is_newest_successful: bool
    """Whether its run is the last one that completed, of those that were asked for."""
