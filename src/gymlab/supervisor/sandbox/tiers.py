"""How well user code is kept apart here: four words, from the strongest to none."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """What a worker's sandbox is made of."""

    ISOLATED = "isolated"
    """Own namespaces (bubblewrap), Landlock, seccomp and limits."""
    REDUCED = "reduced"
    """Landlock, seccomp, limits and a user id of its own; metadata of foreign files can be read."""
    SINGLE_USER = "single_user"
    """The server's own user id: good against accidents, not against an attacker."""
    NONE = "none"
    """A plain process."""

    @property
    def strength(self) -> int:
        """Number for comparisons; larger is stronger."""
        return len(Tier) - list(Tier).index(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The tier that this machine reaches, and why not a better one."""

    tier: Tier
    detail: str
    """One sentence."""
    fix: str | None = None
    """What to do for a stronger tier; None at the strongest."""

    @property
    def is_isolated(self) -> bool:
        """Whether code of people who do not trust each other may run."""
        return self.tier is Tier.ISOLATED
