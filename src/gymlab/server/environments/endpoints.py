"""Paths of the environments resource."""

from typing import Annotated

from fastapi import Query, Response

from gymlab.domain.environments import EnvironmentInfo
from gymlab.server.answers import Page
from gymlab.server.dependencies import Cursor, LabDep
from gymlab.server.environments import service
from gymlab.server.environments.schemas import (
    EnvironmentDetail,
    EnvironmentItem,
    EnvironmentSpaces,
    SpacesQuestion,
)
from gymlab.server.http.routers import api_router
from gymlab.server.lab import Lab
from gymlab.server.own_environments import PREFIX

router = api_router("environments")
PICTURE_CACHE = {"cache-control": "private, max-age=86400"}


@router.get("/environments")
async def list_environments(
    lab: LabDep,
    family: Annotated[str | None, Query(max_length=100, description="Only this group.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words to find.")] = None,
    action_space: Annotated[
        str | None, Query(max_length=100, description="Class name of the action space.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many items.")] = 1000,
    cursor: Cursor = None,
) -> Page[EnvironmentItem]:
    """List the catalogue; what cannot be made here comes with the reason."""
    catalogue = await lab.catalogue.ready()
    wanted = service.Filter(family=family, words=q, action_space=action_space)
    own = await lab.own_environments.listed()
    return service.list_environments(
        [*own, *catalogue.environments], wanted, limit=limit, cursor=cursor
    )


@router.get("/environments/{env_id:path}/thumbnail", response_class=Response)
async def get_thumbnail(env_id: str, lab: LabDep) -> Response:
    """Return a JPEG picture, 320 pixels wide."""
    if env_id.startswith(PREFIX):
        picture = await lab.own_environments.picture(env_id, "thumbnail")
    else:
        info, _ = (await lab.catalogue.ready()).environment(env_id)
        picture = await lab.pictures.thumbnail(info.id)
    return Response(picture, media_type="image/jpeg", headers=PICTURE_CACHE)


@router.get("/environments/{env_id:path}/animation", response_class=Response)
async def get_animation(env_id: str, lab: LabDep) -> Response:
    """Return a short animated WebP."""
    if env_id.startswith(PREFIX):
        picture = await lab.own_environments.picture(env_id, "animation")
    else:
        info, _ = (await lab.catalogue.ready()).environment(env_id)
        picture = await lab.pictures.animation(info.id)
    return Response(picture, media_type="image/webp", headers=PICTURE_CACHE)


@router.get("/environments/{env_id:path}")
async def get_environment(env_id: str, lab: LabDep) -> EnvironmentDetail:
    """Describe one environment; an older id is answered with the present one and a notice."""
    info, notice = await _found(env_id, lab)
    return service.detail(info, notice)


@router.post("/environments/spaces")
async def get_spaces(body: SpacesQuestion, lab: LabDep) -> EnvironmentSpaces:
    """Say what an environment shows and takes with these options, before anything is trained."""
    info, _ = await _found(body.env_id, lab)
    return service.spaces(await lab.option_spaces.with_options(info, body.env_kwargs))


async def _found(env_id: str, lab: Lab) -> tuple[EnvironmentInfo, str | None]:
    if env_id.startswith(PREFIX):
        info = (await lab.own_environments.find(env_id)).info
        return info, None if info.id == env_id else f"`{env_id}` is version {info.id} now."
    return (await lab.catalogue.ready()).environment(env_id)
