"""Paths of the models resource."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.responses import FileResponse

from gymlab.domain.evaluations import CheckpointChoice
from gymlab.domain.model_files import NATIVE_FORMAT
from gymlab.server.answers import ErrorAnswer
from gymlab.server.dependencies import LabDep, RunId, require_sandbox
from gymlab.server.http.routers import api_router
from gymlab.server.models import importing, service
from gymlab.server.models.importing import ImportRequest
from gymlab.server.models.schemas import ImportedModel

router = api_router("models")

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/models",
    status_code=201,
    dependencies=[Depends(require_sandbox)],
    openapi_extra=_BODY,
    responses={413: {"model": ErrorAnswer, "description": "Over 512 MB."}},
)
async def import_model(
    request: Request,
    lab: LabDep,
    wanted: Annotated[ImportRequest, Query()],
) -> ImportedModel:
    """Take over a model from a file, which is the body of the request.

    Files that `GET /runs/{id}/model` gave and zips of Stable-Baselines3 are read. Nothing in a file
    is executed and no pickle is opened; the network is built here, filled with the file's plain
    arrays and tried in its environment before anything is stored.
    """
    return await importing.import_model(lab, wanted, request)


@router.get("/runs/{run_id}/model", response_class=FileResponse)
async def get_model(
    run_id: RunId,
    lab: LabDep,
    model_format: Annotated[
        str,
        Query(
            alias="format",
            max_length=64,
            description="`safetensors`, or a format of the run's backend such as its own zip.",
        ),
    ] = NATIVE_FORMAT,
    checkpoint: Annotated[
        str, Query(max_length=20, description="`latest`, `best` or timesteps done.")
    ] = "latest",
) -> FileResponse:
    """Download the trained policy of a run as one file."""
    choice: CheckpointChoice = service.parsed_choice(checkpoint)
    return await service.model_file(lab, run_id, model_format=model_format, checkpoint=choice)
