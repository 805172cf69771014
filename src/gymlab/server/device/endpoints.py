"""Paths of the device resource."""

from gymlab.server.dependencies import LabDep
from gymlab.server.device.schemas import DeviceInfo
from gymlab.server.device.service import describe_device
from gymlab.server.http.routers import NOT_POSSIBLE, api_router

router = api_router("device", errors=NOT_POSSIBLE)


@router.get("/device")
def get_device(lab: LabDep) -> DeviceInfo:
    """Describe what networks are computed on; honours `GYMLAB_DEVICE` and `FORCE_DEVICE`."""
    return describe_device(lab.settings)
