"""What networks are computed on."""

from gymlab.server import machine
from gymlab.server.device.schemas import DeviceInfo
from gymlab.settings import Settings
from gymlab.supervisor.this_machine import cpu_count

_CPU_NOTE = "No GPU was found: the small networks of the presets train well on the CPU."


def describe_device(settings: Settings) -> DeviceInfo:
    """Describe the device of a run that does not choose one."""
    device = machine.default_device(settings)
    has_none = device.type == "cpu" and not machine.accelerators()
    return DeviceInfo(
        device=device.type,
        type=device.type,
        name=device.name,
        memory_bytes=device.memory_bytes,
        cpu_count=cpu_count(),
        forced=settings.force_device is not None,
        note=_CPU_NOTE if has_none else None,
    )
