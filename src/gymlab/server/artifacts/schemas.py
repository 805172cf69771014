"""Shapes of the artifacts resource."""

from gymlab.server.answers import Answer, Timestamp


class Artifact(Answer):
    """A file of a run."""

    path: str
    """Path inside the run's folder."""
    kind: str
    """recording, evaluation, replay, checkpoint, metrics, events, log, spec or file."""
    size_bytes: int
    """Size."""
    sha256: str | None
    """Hash where it is known without reading the file."""
    created_at: Timestamp
    """When it was last written."""
