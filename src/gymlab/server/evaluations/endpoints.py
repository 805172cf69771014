"""Paths of the evaluations resource."""

from typing import Annotated

from fastapi import Depends, Path

from gymlab.domain.ids import is_run_id
from gymlab.errors import EvaluationNotFoundError
from gymlab.server.answers import Page
from gymlab.server.dependencies import Cursor, LabDep, Limit, RunId
from gymlab.server.evaluations.schemas import Evaluation, NewEvaluation
from gymlab.server.evaluations.service import EvaluationService
from gymlab.server.http.routers import api_router


def evaluation_service(lab: LabDep) -> EvaluationService:
    """Return what does the work."""
    return EvaluationService(lab)


def checked_evaluation_id(
    eval_id: Annotated[str, Path(description="Identifier of the evaluation.")],
) -> str:
    """Refuse what cannot be the id of an evaluation."""
    if not is_run_id(eval_id):
        raise EvaluationNotFoundError(eval_id[:64])
    return eval_id


Service = Annotated[EvaluationService, Depends(evaluation_service)]
EvaluationId = Annotated[str, Depends(checked_evaluation_id)]
router = api_router("evaluations")


@router.post("/runs/{run_id}/evaluations", status_code=202)
async def create_evaluation(
    run_id: RunId, service: Service, body: NewEvaluation | None = None
) -> Evaluation:
    """Queue an evaluation of one of the run's checkpoints; training is not disturbed."""
    return await service.create(run_id, body or NewEvaluation())


@router.get("/runs/{run_id}/evaluations")
def list_evaluations(
    run_id: RunId, service: Service, limit: Limit = 50, cursor: Cursor = None
) -> Page[Evaluation]:
    """List the evaluations of a run, newest first."""
    return service.list(run_id, limit=limit, cursor=cursor)


@router.get("/runs/{run_id}/evaluations/latest")
def get_latest_evaluation(run_id: RunId, service: Service) -> Evaluation:
    """Return the newest evaluation of a run."""
    return service.latest(run_id)


@router.get("/runs/{run_id}/evaluations/{eval_id}")
def get_evaluation(run_id: RunId, eval_id: EvaluationId, service: Service) -> Evaluation:
    """Return one evaluation."""
    return service.get(run_id, eval_id)


@router.post("/runs/{run_id}/evaluations/{eval_id}/cancel", status_code=202)
async def cancel_evaluation(run_id: RunId, eval_id: EvaluationId, service: Service) -> Evaluation:
    """End a queued or running evaluation without a result."""
    return await service.cancel(run_id, eval_id)
