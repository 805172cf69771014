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


def read_server_file(home: Path) -> ServerFile | None:
    """Return what the data folder says; None when there is nothing readable."""
    try:
        told = cast(dict[str, Any], json.loads((home / SERVER_FILE).read_text(encoding="utf-8")))
        return ServerFile(pid=int(told["pid"]), url=str(told["url"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
