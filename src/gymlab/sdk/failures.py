"""What a server refused, as exceptions of the same kinds as everywhere in gymlab."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gymlab.errors import ErrorKind, FieldProblem, LabError


class RequestError(LabError):
    """The server answered with an error; the subclass is its kind."""

    def __init__(
        self,
        detail: str,
        *,
        hint: str | None = None,
        fields: Sequence[FieldProblem] = (),
        error_code: str = "error",
        status_code: int = 0,
    ) -> None:
        """Store the error as the server told it.

        Args:
            detail: What happened.
            hint: What to do about it.
            fields: Which inputs were wrong and why.
            error_code: Stable machine-readable name of the error.
            status_code: HTTP status of the answer; 0 when there was none.
        """
        super().__init__(detail, hint=hint, fields=fields)
        self.error_code = error_code
        self.status_code = status_code


class InvalidRequestError(RequestError):
    """What was asked for is not possible as written; `fields` say why."""

    kind = ErrorKind.INVALID


class UnauthenticatedError(RequestError):
    """The server wants to know who asks."""

    kind = ErrorKind.UNAUTHENTICATED


class ForbiddenRequestError(RequestError):
    """The caller may not do this."""

    kind = ErrorKind.FORBIDDEN


class NotFoundError(RequestError):
    """No such run, environment, artifact, ..."""

    kind = ErrorKind.NOT_FOUND


class ConflictError(RequestError):
    """The state of things does not allow it now."""

    kind = ErrorKind.CONFLICT


class RequestTooLargeError(RequestError):
    """The input is over its size limit."""

    kind = ErrorKind.TOO_LARGE


class RateLimitedError(RequestError):
    """Too many requests; wait and try again."""

    kind = ErrorKind.RATE_LIMITED


class ServerUnavailableError(RequestError):
    """No server answers, or it cannot answer now."""

    kind = ErrorKind.UNAVAILABLE


_BY_KIND: Mapping[str, type[RequestError]] = {
    error.kind.value: error
    for error in (
        InvalidRequestError,
        UnauthenticatedError,
        ForbiddenRequestError,
        NotFoundError,
        ConflictError,
        RequestTooLargeError,
        RateLimitedError,
        ServerUnavailableError,
    )
}
_KIND_OF_STATUS = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "invalid",
    409: "conflict",
    412: "conflict",
    413: "too_large",
    416: "invalid",
    422: "invalid",
    429: "rate_limited",
}


def error_from_answer(status_code: int, body: object) -> RequestError:
    """Turn an error answer into the exception of its kind.

    Args:
        status_code: HTTP status.
        body: Decoded JSON, or text when the answer was none of the server's own.
    """
    told = cast(dict[str, Any], body).get("error") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        error = _BY_KIND[_KIND_OF_STATUS.get(status_code, "unavailable")]
        text = str(cast(object, body)).strip()[:200]
        return error(f"The server answered {status_code}: {text}", status_code=status_code)
    fields = cast(dict[str, Any], told)
    problems: list[dict[str, Any]] = fields.get("fields") or []
    kind = str(fields.get("kind"))
    error = _BY_KIND.get(kind, _BY_KIND[_KIND_OF_STATUS.get(status_code, "unavailable")])
    return error(
        str(fields.get("detail", "")),
        hint=fields.get("hint"),
        fields=[_problem(item) for item in problems],
        error_code=str(fields.get("code", "error")),
        status_code=status_code,
    )


def _problem(item: Mapping[str, Any]) -> FieldProblem:
    return FieldProblem(
        field=str(item.get("field", "")),
        code=str(item.get("code", "")),
        detail=str(item.get("detail", "")),
        hint=item.get("hint"),
    )
