"""The tiers that can be tried on this machine, and how."""

import os
import shutil
from dataclasses import dataclass

from gymlab.supervisor.sandbox.accelerators import Accelerator, cuda_accelerator
from gymlab.supervisor.sandbox.mechanism import Mechanism, best_mechanism, closed_folder
from gymlab.supervisor.sandbox.tiers import Tier
from gymlab.supervisor.sandbox.view import python_roots
from tests.security.sandbox.attack import WITH_A_CARD

AS_NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
"""Most people start the lab as themselves: bubblewrap then makes a user namespace."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A tier, and what has to stand before a worker's command line to try it here."""

    mechanism: Mechanism
    before: tuple[str, ...] = ()
    label: str | None = None
    """Name of this way to the tier, where there are two."""
    accelerator: Accelerator | None = None
    """Graphics card that the worker is given."""

    @property
    def name(self) -> str:
        """The tier's name, or that of this way to it."""
        return self.label or self.mechanism.tier.value


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
            if best.program is not None and shutil.which("setpriv") is not None:
                plain = Mechanism(Tier.ISOLATED, program=best.program, confines=True)
                found.append(Offer(plain, (*before, *AS_NOBODY), "isolated-for-a-plain-user"))
    if best.tier is Tier.ISOLATED:
        found.append(Offer(best))
    if (card := cuda_accelerator()) is not None:
        found.append(Offer(best, label=WITH_A_CARD, accelerator=card))
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
