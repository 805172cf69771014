"""Routers of the API: every route is made once, in its final form.

Including a router in another makes each of its routes again, and a model under an error's status
makes a validator per route and status. Both cost a tenth of the server's start.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

PREFIX = "/api/v1"
_REFERENCE = {"$ref": "#/components/schemas/ErrorAnswer"}


def error_answer(description: str) -> dict[str, Any]:
    """Describe an answer with a status of 400 and over; its shape is `answers.ErrorAnswer`."""
    content = {"application/json": {"schema": _REFERENCE}}
    return {"description": description, "content": content}


NOT_POSSIBLE: Mapping[int | str, dict[str, Any]] = {422: error_answer("Not possible as written.")}
ERRORS: Mapping[int | str, dict[str, Any]] = {
    404: error_answer("There is no such thing."),
    409: error_answer("Not possible in the present state."),
    422: error_answer("Not possible as written; the fields say why."),
}


def api_router(tag: str, *, errors: Mapping[int | str, dict[str, Any]] = ERRORS) -> APIRouter:
    """Return a router for one resource, whose routes an application takes as they are.

    Args:
        tag: Group of the routes in the API's description.
        errors: Answers with a status of 400 and over that every route can give.
    """
    return APIRouter(
        prefix=PREFIX,
        tags=[tag],
        responses=dict(errors),
        generate_unique_id_function=_operation_id,
    )


def _operation_id(route: APIRoute) -> str:
    return route.name
