"""Shapes of the device resource."""

from typing import Literal

from gymlab.server.answers import Answer


class DeviceInfo(Answer):
    """What the networks are computed on unless a run says otherwise."""

    device: str
    """Name for a run's `device`."""
    type: Literal["cpu", "cuda", "mps"]
    """Kind of device."""
    name: str
    """The processor's name."""
    memory_bytes: int | None
    """Memory of the device."""
    cpu_count: int
    """Cores that this process may use."""
    forced: bool
    """Whether a setting decides, whatever a run asks for."""
    note: str | None = None
    """A word for people, for example that presets fit a machine without GPU."""
