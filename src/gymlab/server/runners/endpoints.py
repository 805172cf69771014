"""Paths of the runners resource."""

from typing import Annotated

from fastapi import Query

from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep
from gymlab.server.http.routers import api_router
from gymlab.server.runners.schemas import (
    CheckedNetwork,
    DefaultConfiguration,
    NetworkQuestion,
    RunnerItem,
)
from gymlab.server.runners.service import check_network, default_configuration, list_runners

router = api_router("runners")


@router.get("/runners")
async def get_runners(lab: LabDep) -> Page[RunnerItem]:
    """List the training backends with the schema and presets of each algorithm."""
    return list_runners(await lab.catalogue.ready())


@router.get("/runners/{runner_id}/defaults/{algorithm}")
async def get_defaults(
    runner_id: str,
    algorithm: str,
    lab: LabDep,
    env_id: Annotated[
        str | None, Query(max_length=200, description="Environment to choose the network for.")
    ] = None,
) -> DefaultConfiguration:
    """Return the complete default configuration of an algorithm."""
    return default_configuration(await lab.catalogue.ready(), runner_id, algorithm, env_id)


@router.post("/runners/{runner_id}/network/check")
async def check_network_of(runner_id: str, body: NetworkQuestion, lab: LabDep) -> CheckedNetwork:
    """Follow an observation through a network: shape after each layer, parameters, and what is wrong."""
    catalogue = await lab.catalogue.ready()
    catalogue, _ = await lab.option_spaces.joined(catalogue, body.env_id, body.env_kwargs)
    return check_network(catalogue, runner_id, body)
