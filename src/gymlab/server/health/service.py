"""Is the server well."""

from gymlab import __version__
from gymlab.server.health.schemas import DatabaseState, Health, Sandbox
from gymlab.server.lab import Lab
from gymlab.storage.database import sqlite_version
from gymlab.storage.migrating import HEAD

_SANDBOX = Sandbox(
    tier="single_user",
    detail="Workers run as separate processes of the same user; only code of this installation runs.",
)


def health(lab: Lab) -> Health:
    """Say what anybody may know: nothing of the machine or its data folder."""
    return Health(
        version=__version__,
        uptime_s=round(lab.uptime_s, 3),
        sandbox=_SANDBOX,
        database=DatabaseState(kind="sqlite", version=sqlite_version(), schema_version=HEAD),
        bin_days=lab.bin.days,
        instance=lab.instance,
    )
