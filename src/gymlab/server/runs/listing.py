"""Which runs a list holds, and in which order."""

from dataclasses import dataclass
from typing import Literal

from gymlab.domain.runs import RunStatus

Sort = Literal[
    "created_at", "-created_at", "name", "-name", "status", "-status", "env_id", "-env_id",
    "algorithm", "-algorithm", "mean_return", "-mean_return", "duration_s", "-duration_s",
    "timestep", "-timestep", "finished_at", "-finished_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What listed runs have in common; None and empty mean any."""

    statuses: tuple[RunStatus, ...] = ()
    env_id: str | None = None
    runner: str | None = None
    algorithm: str | None = None
    tag: str | None = None
    words: str | None = None
    archived: bool | None = None
