"""Beginning runs with checkpoints, and playing them: models and calls."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack
from urllib.parse import quote

from gymlab.domain.runs import RunStatus
from gymlab.sdk.models import Answer, Checkpoint, Run
from gymlab.sdk.transport import Transport

_PAGE_SIZE = 200


class ForkOptions(TypedDict, total=False):
    """What a fork does differently."""

    checkpoint: Literal["latest", "best"] | int
    hyperparameters: dict[str, Any]
    total_timesteps: int
    name: str


class StoredModel(Answer):
    """The checkpoints of one run, as something to begin from or to play."""

    run_id: str
    """The run."""
    run_name: str
    """Plain text."""
    env_id: str
    """Environment it was trained in."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    return_value: float | None = None
    """Return of the best checkpoint."""
    return_kind: str
    """evaluation or training."""
    checkpoints: list[Checkpoint]
    """Newest first."""
    size_bytes: int
    """Size of all of them."""
    saved_at: datetime
    """When the newest was saved."""
    imported: dict[str, str] | None = None
    """`file_name`, `format` and `sha256` of the file that it was read from; None for others."""
    is_newest_successful: bool
    """Whether its run is the last one that completed."""


class LineageRun(Answer):
    """A run as its relatives see it."""

    id: str
    """Identifier."""
    name: str
    """Plain text."""
    parent_run_id: str | None = None
    """The run it came from."""
    relation: str | None = None
    """warm_start, fork, reproduction or duplicate."""
    parent_timestep: int | None = None
    """Timestep of that run's checkpoint, where one was taken over."""
    timestep: int
    """Timesteps done."""
    status: RunStatus
    """Where it is in its life."""
    is_deleted: bool
    """Whether only its name is left."""


class Lineage(Answer):
    """The relatives of a run."""

    ancestors: list[LineageRun]
    """The runs it came from, the first of them first."""
    run: LineageRun
    """The run itself."""
    descendants: list[LineageRun]
    """The runs that came from it, generation by generation."""


class Deployment(Answer):
    """A checkpoint that the live feed plays."""

    run_id: str
    """The run that has it."""
    env_id: str
    """Environment that it plays in."""
    timestep: int
    """Timesteps that it had done."""
    status: str
    """waiting, loading, playing or failed."""
    playing_timestep: int | None = None
    """The checkpoint that plays now."""
    detail: str | None = None
    """Why it could not be loaded."""


class LineageCalls:
    """The calls of `Client` that concern checkpoints as something to begin from or to play."""

    _transport: Transport

    def fork(self, run_id: str, **changes: Unpack[ForkOptions]) -> Run:
        """Continue a run's checkpoint with other hyperparameters, as a new run.

        Args:
            run_id: The run that has the checkpoint.
            **changes: As in `POST /runs/{id}/fork`.

        Raises:
            InvalidRequestError: What was changed does not fit the checkpoint; `fields` say why.
        """
        answer = self._transport.json("POST", f"{_path(run_id)}/fork", body=dict(changes))
        return Run.model_validate(answer)

    def lineage(self, run_id: str) -> Lineage:
        """Return where a run came from and what came from it."""
        return Lineage.model_validate(self._transport.json("GET", f"{_path(run_id)}/lineage"))

    def models(
        self, *, env_id: str | None = None, algorithm: str | None = None, runner: str | None = None
    ) -> Iterator[StoredModel]:
        """Yield the checkpoints of all runs, one item for each run, newest first."""
        cursor: str | None = None
        filters = {"env_id": env_id, "algorithm": algorithm, "runner": runner}
        while True:
            params = {**filters, "limit": _PAGE_SIZE, "cursor": cursor}
            page = self._transport.json("GET", "/checkpoints", params=params)
            yield from (StoredModel.model_validate(item) for item in page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def deploy(
        self, run_id: str, checkpoint: Literal["latest", "best"] | int = "latest"
    ) -> Deployment:
        """Play a checkpoint in the live feed of its run, also of one that has ended."""
        answer = self._transport.json(
            "POST", f"{_path(run_id)}/deployment", body={"checkpoint": checkpoint}
        )
        return Deployment.model_validate(answer)

    def deployment(self, run_id: str) -> Deployment | None:
        """Return what the live feed of a run plays instead of its newest policy."""
        answer = self._transport.json("GET", f"{_path(run_id)}/deployment")
        return Deployment.model_validate(answer) if answer is not None else None

    def end_deployment(self, run_id: str) -> None:
        """Play the newest policy again."""
        self._transport.json("DELETE", f"{_path(run_id)}/deployment")


def _path(run_id: str) -> str:
    return f"/runs/{quote(run_id, safe='')}"
