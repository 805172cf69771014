"""The routes of version 1 of the API."""

from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from gymlab import __version__
from gymlab.server.artifacts.endpoints import router as artifacts
from gymlab.server.bin.endpoints import router as bin_
from gymlab.server.checkpoints.endpoints import router as checkpoints
from gymlab.server.code.endpoints import router as code
from gymlab.server.comparison.endpoints import router as comparison
from gymlab.server.deployments.endpoints import router as deployments
from gymlab.server.device.endpoints import router as device
from gymlab.server.environments.endpoints import router as environments
from gymlab.server.evaluations.endpoints import router as evaluations
from gymlab.server.events.endpoints import router as events
from gymlab.server.filters.endpoints import router as filters
from gymlab.server.frames.endpoints import router as frames
from gymlab.server.health.endpoints import router as health
from gymlab.server.insights.endpoints import router as insights
from gymlab.server.learning.endpoints import router as learning
from gymlab.server.lineage.endpoints import router as lineage
from gymlab.server.log.endpoints import router as log
from gymlab.server.metrics.endpoints import router as metrics
from gymlab.server.models.endpoints import router as models
from gymlab.server.previews.endpoints import router as previews
from gymlab.server.replays.endpoints import router as replays
from gymlab.server.reproductions.endpoints import router as reproductions
from gymlab.server.runners.endpoints import router as runners
from gymlab.server.runs.calibrations.endpoints import router as calibrations
from gymlab.server.runs.endpoints import router as runs
from gymlab.server.runs.experiments.endpoints import router as experiments
from gymlab.server.storage.endpoints import router as storage
from gymlab.server.streams.endpoints import router as streams
from gymlab.server.tags.endpoints import router as tags
from gymlab.server.terminations.endpoints import router as terminations
from gymlab.server.versions.endpoints import router as versions
from gymlab.server.wrappers.endpoints import router as wrappers

_ROUTERS = (
    health,
    device,
    environments,
    runners,
    wrappers,
    comparison,  # before the runs, whose ids stand at the same place
    runs,
    calibrations,
    experiments,
    bin_,
    versions,
    tags,
    filters,
    storage,
    reproductions,
    metrics,
    events,
    insights,
    log,
    artifacts,
    checkpoints,
    models,
    lineage,
    deployments,
    evaluations,
    replays,
    terminations,
    learning,
    streams,
    frames,
    previews,
    code,
)


_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Nobody is told what the lab does, whatever the environment variables of others ask for."""


def bare_application(**options: Any) -> FastAPI:
    """Return an application with the API's routes and nothing behind them."""
    application = FastAPI(
        title="gymlab",
        version=__version__,
        summary="Train, watch, question and share reinforcement-learning agents.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
        **options,
    )
    for resource in _ROUTERS:
        application.router.routes.extend(resource.routes)
    return application
