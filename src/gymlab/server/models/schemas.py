"""Shapes of the models resource."""

from gymlab.server.answers import Answer


class ImportedModel(Answer):
    """A model that was read from a file; it has become the only checkpoint of a run."""

    run_id: str
    """The run that stands for it; nothing was trained in it."""
    name: str
    """Plain text."""
    env_id: str
    """Environment that it acts in."""
    env_title: str
    """Its name for people."""
    runner: str
    """Training backend whose network it is."""
    algorithm: str
    """Learning algorithm."""
    timestep: int
    """Timesteps that it was trained for, as the file says."""
    format: str
    """How the file was written."""
    sha256: str
    """Hash of the file."""
    notes: list[str]
    """What a person should know."""
