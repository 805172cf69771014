"""The tiers that can be tried on this machine, and how."""

import os
import sys
from dataclasses import dataclass

from gymlab.supervisor.sandbox.mechanism import Mechanism, best_mechanism, closed_folder
from gymlab.supervisor.sandbox.tiers import Tier
from gymlab.supervisor.sandbox.view import python_roots


@dataclass(frozen=True, slots=True)
class Offer:
    """A tier, and what has to stand before a worker's command line to try it here."""

    mechanism: Mechanism
    before: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The tier's name."""
        return self.mechanism.tier.value


def offers() -> list[Offer]:
    """Return every tier that can be tried here; none where the kernel has no Landlock."""
    best = best_mechanism()
    if not best.confines:
        return []
    found = [Offer(Mechanism(Tier.SINGLE_USER, confines=True))]
    if os.geteuid() == 0:
        before = _opened(best)
        if before is not None:
            reduced = Mechanism(Tier.REDUCED, becomes_another=True, confines=True)
            found.append(Offer(reduced, tuple(before)))
    if best.tier is Tier.ISOLATED:
        found.append(Offer(best))
    return found


def _opened(best: Mechanism) -> list[str] | None:
    """Return what lets another user enter the folder of Python: the machine with that folder open.

    Nothing else of the machine is hidden by it: same processes, network, users and files.
    """
    closed = closed_folder(python_roots())
    if closed is None:
        return []
    if best.program is None:
        return None
    arguments = [best.program, "--dev-bind", "/", "/", "--cap-add", "ALL"]
    arguments += ["--perms", "0755", "--tmpfs", closed]
    for root in python_roots():
        if root.startswith(closed + "/"):
            for end in range(len(closed) + 1, len(root)):
                if root[end] == "/":
                    arguments += ["--perms", "0755", "--dir", root[:end]]
            arguments += ["--ro-bind", root, root]
    return [*arguments, "--"]


IS_SUPPORTED = sys.platform == "linux"
