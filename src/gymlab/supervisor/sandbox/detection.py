"""Finding out which tier this machine reaches."""

from pathlib import Path

from gymlab.supervisor.sandbox.mechanism import Mechanism, best_mechanism
from gymlab.supervisor.sandbox.tiers import Tier, Verdict
from gymlab.supervisor.sandbox.view import containing_root

_SENTENCES = {
    Tier.ISOLATED: "Workers run in namespaces of their own, behind Landlock and seccomp.",
    Tier.REDUCED: "Workers run as another user behind Landlock and seccomp",
    Tier.SINGLE_USER: "Workers run as the server's own user behind Landlock and seccomp",
    Tier.NONE: "Workers are plain processes of the server's own user",
}


def detect(home: Path) -> Verdict:
    """Return the tier that this machine reaches, and what to do for a stronger one."""
    mechanism = best_mechanism()
    root = containing_root(home) if mechanism.confines else None
    if root is not None:
        return Verdict(
            Tier.SINGLE_USER,
            f"The data folder {home} lies in {root}, which every worker can read.",
            "Choose another folder with GYMLAB_HOME=...",
        )
    return Verdict(mechanism.tier, _sentence(mechanism), mechanism.fix)


def _sentence(mechanism: Mechanism) -> str:
    text = _SENTENCES[mechanism.tier]
    return text if mechanism.problem is None else f"{text}: {mechanism.problem}."
