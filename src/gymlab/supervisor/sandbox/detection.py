"""Finding out which tier this machine reaches."""

from gymlab.supervisor.sandbox.tiers import Tier, Verdict


def detect() -> Verdict:
    """Return the tier, and what to do for a stronger one."""
    return Verdict(
        Tier.SINGLE_USER,
        "Workers run as separate processes of the same user.",
    )
