"""Paths of the device resource."""

from fastapi import APIRouter

from gymlab.server.dependencies import LabDep
from gymlab.server.device.schemas import DeviceInfo
from gymlab.server.device.service import describe_device

router = APIRouter(tags=["device"])


@router.get("/device")
def get_device(lab: LabDep) -> DeviceInfo:
    """Describe what networks are computed on; honours `GYMLAB_DEVICE` and `FORCE_DEVICE`."""
    return describe_device(lab.settings)
