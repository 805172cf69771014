"""What a server writes about itself into its data folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

SERVER_FILE = "server.json"


@dataclass(frozen=True, slots=True)
class ServerFile:
    """Where a server is, as it wrote when it began to serve. It may be dead by now."""

    pid: int
    """Its process id."""
    url: str
    """Where it listens."""
    instance: str | None = None
    """Random name that its `/health` answers too."""


def read_server_file(home: Path) -> ServerFile | None:
    """Return what the data folder says; None when there is nothing readable."""
    try:
        told = cast(dict[str, Any], json.loads((home / SERVER_FILE).read_text(encoding="utf-8")))
        return ServerFile(int(told["pid"]), str(told["url"]), told.get("instance"))
    except (OSError, ValueError, TypeError, KeyError):
        return None
