"""Shapes of the insights resource."""

from typing import Literal

from gymlab.server.answers import Answer, Timestamp


class InsightEvidence(Answer):
    """One measurement that a finding rests on."""

    metric: str
    """House name."""
    from_timestep: int
    """Beginning of the window that was looked at."""
    to_timestep: int
    """Its end."""
    value: float | None
    """How much the metric changed over the window."""


class InsightItem(Answer):
    """A finding about a run."""

    rule: str
    """Stable name of the rule, for example `reward_hacking`."""
    severity: Literal["info", "warning", "error"]
    """How much attention it wants."""
    title: str
    """A few words."""
    text: str
    """One or two sentences with numbers."""
    evidence: list[InsightEvidence]
    """What it rests on."""
    suggestion: str
    """What to do about it."""
    found_at: Timestamp
    """When it was found."""
    timestep: int
    """Timesteps that the run had done then."""
