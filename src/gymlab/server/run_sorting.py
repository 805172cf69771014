"""The orders in which runs are listed."""

from typing import Literal

Sort = Literal[
    "created_at", "-created_at", "name", "-name", "status", "-status", "env_id", "-env_id",
    "algorithm", "-algorithm", "runner", "-runner", "mean_return", "-mean_return",
    "duration_s", "-duration_s", "timestep", "-timestep", "finished_at", "-finished_at",
    "started_at", "-started_at", "evaluation_return", "-evaluation_return",
    "disk_bytes", "-disk_bytes",
]  # fmt: skip
