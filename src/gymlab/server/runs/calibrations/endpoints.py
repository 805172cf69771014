"""Paths of the calibrations resource, and the engines for a training."""

from typing import Annotated

from fastapi import Depends, Path, Query

from gymlab.domain.ids import is_run_id
from gymlab.errors import CalibrationNotFoundError
from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep
from gymlab.server.http.routers import api_router
from gymlab.server.runs.calibrations.schemas import Calibration, Engine
from gymlab.server.runs.calibrations.service import CalibrationService
from gymlab.server.runs.schemas import NewRun


def calibration_service(lab: LabDep) -> CalibrationService:
    """Return what does the work."""
    return CalibrationService(lab)


def checked_calibration_id(
    calibration_id: Annotated[str, Path(description="Identifier of the measurement.")],
) -> str:
    """Refuse what cannot be the id of a measurement."""
    if not is_run_id(calibration_id):
        raise CalibrationNotFoundError(calibration_id)
    return calibration_id


Service = Annotated[CalibrationService, Depends(calibration_service)]
CalibrationId = Annotated[str, Depends(checked_calibration_id)]
router = api_router("calibrations")


@router.post("/calibrations", status_code=202)
async def order_calibration(
    body: NewRun,
    service: Service,
    every_engine: Annotated[
        bool, Query(description="Measure every runner that can train this, for comparison.")
    ] = False,
) -> Page[Calibration]:
    """Train for a few seconds and measure what it costs here; no run is created, nothing is kept.

    One measurement runs at a time, beside runs that leave it a core; it gives way to a run that
    begins. What was measured is remembered and makes the estimate of `POST /runs/check` sure.
    """
    return await service.order(body, every_engine=every_engine)


@router.get("/calibrations/{calibration_id}")
async def get_calibration(calibration_id: CalibrationId, service: Service) -> Calibration:
    """Return a measurement: how far it is, or what it found."""
    return service.get(calibration_id)


@router.delete("/calibrations/{calibration_id}")
async def cancel_calibration(calibration_id: CalibrationId, service: Service) -> Calibration:
    """Give a measurement up; one that is over stays as it is."""
    return service.cancel(calibration_id)


@router.post("/runs/engines")
async def compare_engines(body: NewRun, service: Service) -> Page[Engine]:
    """Say which runners could train this, and how fast each does on this machine where that was measured."""
    return await service.engines(body)
