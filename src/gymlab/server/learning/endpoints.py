"""Paths of the learner's pictures."""

from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.learning import service
from gymlab.server.learning.schemas import NetworkHistory, ValueHistory

router = api_router("learning")


@router.get("/runs/{run_id}/learning/network")
def get_network_history(run_id: RunId, lab: LabDep) -> NetworkHistory:
    """Return how weights and gradients of each layer were spread, over training."""
    return service.network_history(lab, run_id)


@router.get("/runs/{run_id}/learning/values")
def get_value_history(run_id: RunId, lab: LabDep) -> ValueHistory:
    """Return what the agent thought of every state over training, beside the exact solution.

    Empty for environments with too many states to know it, and for agents that learn from
    another reward than the environment's or through wrappers.
    """
    return service.value_history(lab, run_id)
