"""Finding out which tier this machine reaches."""

import logging
from pathlib import Path

from gymlab.supervisor.sandbox.control_groups import are_offered
from gymlab.supervisor.sandbox.mechanism import Mechanism, best_mechanism
from gymlab.supervisor.sandbox.self_test import run_self_test
from gymlab.supervisor.sandbox.tiers import Tier, Verdict
from gymlab.supervisor.sandbox.view import containing_root

LOGGER = logging.getLogger(__name__)
NOT_WRITABLE_FIX = "Make that folder writable, or choose another with GYMLAB_HOME=..."
_SENTENCES = {
    Tier.ISOLATED: "Workers run in namespaces of their own, behind Landlock and seccomp",
    Tier.REDUCED: "Workers run as another user behind Landlock and seccomp",
    Tier.SINGLE_USER: "Workers run as the server's own user behind Landlock and seccomp",
    Tier.NONE: "Workers are plain processes of the server's own user",
}


def detect(home: Path) -> Verdict:
    """Return the tier that this machine reaches, and what to do for a stronger one.

    A sandbox that cannot be tried, as its folder takes no file, counts as none.

    Args:
        home: Data folder, against which the sandbox is tried.
    """
    return judge(best_mechanism(), home)


def judge(mechanism: Mechanism, home: Path) -> Verdict:
    """Return the tier of a mechanism, lowered where the self-test got through it."""
    if not mechanism.confines:
        return Verdict(mechanism.tier, _sentence(mechanism), mechanism.fix)
    root = containing_root(home)
    if root is not None:
        return Verdict(
            Tier.SINGLE_USER,
            f"The data folder {home} lies in {root}, which every worker can read.",
            "Choose another folder with GYMLAB_HOME=...",
        )
    try:
        outcome = run_self_test(mechanism, home)
    except OSError as error:
        where = Path(error.filename).parent if error.filename else home
        detail = f"The sandbox cannot be tried in {where}: {error.strerror or error}."
        LOGGER.warning("%s", detail)
        return Verdict(Tier.NONE, detail, NOT_WRITABLE_FIX)
    if outcome.problem is not None:
        LOGGER.error("the sandbox does not work: %s", outcome.problem)
        return Verdict(Tier.NONE, f"No worker can start here: {outcome.problem}.", mechanism.fix)
    if outcome.through:
        names = ", ".join(outcome.through)
        LOGGER.error("the sandbox does not hold: %s", names)
        lowered = Tier.SINGLE_USER if mechanism.tier.strength > 2 else Tier.NONE
        return Verdict(
            lowered,
            f"The sandbox does not hold on this machine: its self-test got through with {names}.",
            "Report this with the output of `gymlab doctor`; use only code that you trust.",
        )
    return Verdict(mechanism.tier, _sentence(mechanism), mechanism.fix)


def _sentence(mechanism: Mechanism) -> str:
    text = _SENTENCES[mechanism.tier]
    text = f"{text}." if mechanism.problem is None else f"{text}: {mechanism.problem}."
    if not mechanism.confines:
        return text
    holders = "A control group holds" if are_offered() else "Resource limits and a watchdog hold"
    return f"{text} {holders} their memory."
