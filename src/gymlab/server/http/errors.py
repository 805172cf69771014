"""Every failure in one shape."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from gymlab.errors import (
    ErrorKind,
    FieldProblem,
    IllegalTransitionError,
    LabError,
    StaleVersionError,
)
from gymlab.storage.disk_reserve import is_disk_full

LOGGER = logging.getLogger(__name__)
STATUS_OF_KIND: Mapping[ErrorKind, int] = {
    ErrorKind.INVALID: 422,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.RATE_LIMITED: 429,
    ErrorKind.UNAVAILABLE: 503,
}
PRECONDITION_FAILED = 412
_KIND_OF_STATUS = {status: kind.value for kind, status in STATUS_OF_KIND.items()}
_KIND_OF_STATUS[PRECONDITION_FAILED] = ErrorKind.CONFLICT.value
_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    408: "too_slow",
    416: "range",
    400: "bad_request",
}
MAX_TEXT = 500
MAX_FIELDS = 50


class ErrorResponse(Response):
    """An answer with a status of 400 and over."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return JSON of ASCII characters: whatever a client sent can be named in it."""
        return json.dumps(content, ensure_ascii=True, allow_nan=False).encode("ascii")


def error_response(
    status: int,
    *,
    code: str,
    detail: str,
    hint: str | None = None,
    fields: Sequence[FieldProblem] = (),
    **more: Any,
) -> ErrorResponse:
    """Return an error in the API's shape."""
    kind = _KIND_OF_STATUS.get(status, "internal" if status >= 500 else "invalid")
    body: dict[str, Any] = {
        "kind": kind,
        "code": code,
        "detail": detail[:MAX_TEXT],
        "hint": hint[:MAX_TEXT] if hint else None,
    }
    if fields:
        body["fields"] = [
            {
                "field": problem.field[:MAX_TEXT],
                "code": problem.code,
                "detail": problem.detail[:MAX_TEXT],
                "hint": problem.hint,
            }
            for problem in fields[:MAX_FIELDS]
        ]
    headers = {"retry-after": "5"} if status in {429, 503} else None
    return ErrorResponse({"error": {**body, **more}}, status_code=status, headers=headers)


def lab_error_response(error: LabError) -> ErrorResponse:
    """Return an intended failure in the API's shape."""
    more: dict[str, Any] = {}
    if isinstance(error, IllegalTransitionError):
        more["allowed_actions"] = list(error.allowed)
    status = STATUS_OF_KIND[error.kind]
    if isinstance(error, StaleVersionError):
        more["current_version"] = error.current_version
        status = PRECONDITION_FAILED
    return error_response(
        status,
        code=error.code,
        detail=error.detail,
        hint=error.hint,
        fields=error.fields,
        **more,
    )


def install_error_handlers(application: FastAPI) -> None:
    """Answer every failure of a request in the API's shape."""
    application.add_exception_handler(LabError, _lab_error)
    application.add_exception_handler(WebSocketRequestValidationError, _validation_error)
    application.add_exception_handler(RequestValidationError, _validation_error)
    application.add_exception_handler(HTTPException, _http_error)
    application.add_exception_handler(SQLAlchemyError, _database_error)
    application.add_exception_handler(Exception, _unexpected)


async def _lab_error(_connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, LabError)  # noqa: S101
    return lab_error_response(error)


async def _validation_error(_connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)  # noqa: S101
    return _validation_response([dict(item) for item in error.errors()[:MAX_FIELDS]])


def _validation_response(errors: Sequence[Mapping[str, Any]]) -> Response:
    problems = [_field_problem(item) for item in errors]
    return error_response(
        422,
        code="invalid_input",
        detail=problems[0].detail if len(problems) == 1 else "Several fields are not valid.",
        fields=problems,
    )


def _field_problem(item: Mapping[str, Any]) -> FieldProblem:
    location = [str(part) for part in item["loc"] if part not in {"body", "query", "path"}]
    if item["type"] == "json_invalid":
        return FieldProblem("body", "json_invalid", "The body is not valid JSON.")
    field = ".".join(location) or "body"
    value = item.get("input")
    shown = "" if isinstance(value, dict | list) or value is None else f" (got {_short(value)})"
    return FieldProblem(field, item["type"], f"{field}: {item['msg']}{shown}.")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    status = error.status_code
    if status == 404:
        detail = f"Nothing is at {request.url.path[:200]}."
    elif status == 405:
        detail = f"{request.method} is not possible at {request.url.path[:200]}."
    else:
        detail = str(error.detail)
    if status == 400:
        status = 422
    response = error_response(status, code=_CODES.get(error.status_code, "error"), detail=detail)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _database_error(request: Request, error: Exception) -> Response:
    if not (isinstance(error, SQLAlchemyError) and is_disk_full(error)):
        return await _unexpected(request, error)
    return error_response(
        503,
        code="disk_full",
        detail="The disk of the data folder is full: nothing was changed.",
        hint="Free some space; runs wait meanwhile and go on by themselves.",
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    LOGGER.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return error_response(
        500,
        code="internal",
        detail="The server made a mistake.",
        hint="logs/server.log in the data folder says more.",
    )
