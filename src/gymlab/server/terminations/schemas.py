"""Shapes of the terminations resource."""

from gymlab.server.answers import Answer


class TerminationReason(Answer):
    """How often training episodes ended for one reason."""

    reason: str
    """Its name."""
    count: int
    """Episodes of the whole training."""
    counts: list[int]
    """Episodes in each part of the training."""


class Terminations(Answer):
    """Reasons that episodes ended, counted over training."""

    total: int
    """Episodes that said why they ended."""
    edges: list[int]
    """Timesteps at which the parts begin and, last, where the last one ends."""
    reasons: list[TerminationReason]
    """The most frequent first."""
