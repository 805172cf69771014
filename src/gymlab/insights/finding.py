"""What a rule found out about a run."""

from typing import Any, Literal

import msgspec

Severity = Literal["info", "warning", "error"]


class Evidence(msgspec.Struct, frozen=True):
    """One measurement that a finding rests on."""

    metric: str
    """House name."""
    from_timestep: int
    """Beginning of the window that was looked at."""
    to_timestep: int
    """Its end."""
    value: float
    """How much the metric's mean changed from the first to the last quarter of the window."""


class Insight(msgspec.Struct, frozen=True):
    """A finding, for people."""

    rule: str
    """Stable name of the rule."""
    severity: Severity
    title: str
    """A few words."""
    text: str
    """One or two sentences with numbers."""
    evidence: list[Evidence]
    suggestion: str
    """What to do about it."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return msgspec.to_builtins(self)
