"""Is the server well."""

import os

from gymlab import __version__
from gymlab.server import machine
from gymlab.server.health.schemas import DatabaseState, Health, Sandbox
from gymlab.server.lab import Lab
from gymlab.storage.database import sqlite_version
from gymlab.storage.migrating import HEAD

_SANDBOX = Sandbox(
    tier="single_user",
    detail="Workers run as separate processes of the same user; only code of this installation runs.",
)


def health(lab: Lab) -> Health:
    """Say what is ready."""
    return Health(
        version=__version__,
        uptime_s=round(lab.uptime_s, 3),
        sandbox=_SANDBOX,
        database=DatabaseState(kind="sqlite", version=sqlite_version(), schema_version=HEAD),
        pid=os.getpid(),
        home=str(lab.settings.home),
        max_runs=lab.settings.max_runs,
        num_live_runs=lab.num_live(),
        warm_workers_ready=lab.shims.num_idle_ready,
        catalogue_ready=lab.catalogue.known is not None,
        disk_free_bytes=machine.free_disk(lab.settings.home),
    )
