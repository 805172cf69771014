"""Is the server well."""

from gymlab import __version__
from gymlab.server.health.schemas import DatabaseState, Health, Sandbox
from gymlab.server.lab import Lab
from gymlab.storage.database import sqlite_version
from gymlab.storage.migrating import HEAD


async def health(lab: Lab) -> Health:
    """Say what anybody may know: nothing of the machine or its data folder."""
    verdict = await lab.sandbox.verdict()
    return Health(
        version=__version__,
        uptime_s=round(lab.uptime_s, 3),
        sandbox=Sandbox(
            tier=verdict.tier.value,
            detail=verdict.detail,
            fix=verdict.fix,
            is_overridden=lab.sandbox.is_overridden and await lab.sandbox.is_unsafe(),
        ),
        database=DatabaseState(kind="sqlite", version=sqlite_version(), schema_version=HEAD),
        bin_days=lab.bin.days,
        instance=lab.instance,
    )
