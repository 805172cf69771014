"""Listing checkpoints from their manifests."""

from typing import Literal

from gymlab.server.answers import Page
from gymlab.server.checkpoints.schemas import Checkpoint
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.supervisor.checkpoint_store import (
    CheckpointStore,
    StoredCheckpoint,
    best_checkpoint,
    is_sound,
)

POLICY = "policy.safetensors"


def list_checkpoints(lab: Lab, run_id: str, *, verify: bool) -> Page[Checkpoint]:
    """Return the checkpoints of a run, newest first."""
    with lab.database.reading() as connection:
        existing_run(connection, run_id)
    store = CheckpointStore(lab.settings.runs_dir / run_id)
    return Page[Checkpoint](items=views_of(store, verify=verify))


def views_of(store: CheckpointStore, *, verify: bool) -> list[Checkpoint]:
    """Return what is known of every checkpoint, newest first."""
    stored = store.all()
    best_one = best_checkpoint(stored)
    return [
        _view(item, is_latest=item is stored[-1], is_best=item is best_one, verify=verify)
        for item in reversed(stored)
    ]


def _view(stored: StoredCheckpoint, *, is_latest: bool, is_best: bool, verify: bool) -> Checkpoint:
    manifest = stored.manifest
    members = {
        name: file
        for name, file in manifest.members.items()
        if not file.transient or (stored.folder / name).exists()
    }
    policy = manifest.members.get(POLICY)
    return Checkpoint(
        timestep=manifest.timestep,
        attempt=manifest.attempt,
        episodes=manifest.episodes,
        is_latest=is_latest,
        is_best=is_best,
        mean_return=manifest.mean_return,
        evaluation_return=manifest.evaluation_return,
        sha256=policy.sha256 if policy is not None else None,
        integrity=_integrity(stored, verify=verify),
        size_bytes=sum(file.size_bytes for file in members.values()),
        created_at=manifest.created_at,
    )


def _integrity(stored: StoredCheckpoint, *, verify: bool) -> Literal["ok", "corrupt", "unchecked"]:
    if verify:
        return "ok" if is_sound(stored) else "corrupt"
    for name, file in stored.manifest.members.items():
        path = stored.folder / name
        try:
            if path.stat().st_size != file.size_bytes:
                return "corrupt"
        except OSError:
            if not file.transient:
                return "corrupt"
    return "unchecked"
