"""Shapes of the tags resource."""

from gymlab.server.answers import Answer


class Tag(Answer):
    """A tag and how often it is used."""

    tag: str
    """Plain text."""
    num_runs: int
    """Runs that have it, archived ones included."""
