"""Who may talk to the server from where, how much and how slowly: before any route."""

import asyncio
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gymlab.domain.model_files import MAX_MODEL_BYTES
from gymlab.server.http.errors import error_response

MAX_BODY_BYTES = 1024 * 1024
BODY_DEADLINE_S = 10.0
UPLOADS: Mapping[str, int] = {"/api/v1/models": MAX_MODEL_BYTES}
"""Path -> most bytes of the file that is its body."""
SLOWEST_UPLOAD_BYTES_PER_S = 32 * 1024
"""What arrives slower is given up; faster uploads may take as long as they need."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STREAM_SUFFIXES = ("/stream",)
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class BodyError(HTTPException):
    """A body went over its limits while it was read; the framework lets this kind pass."""

    def __init__(self, status: int, detail: str) -> None:
        """Answer this, then hang up: the rest of the body is not wanted."""
        super().__init__(status, detail, headers={"connection": "close"})


def trusted_hosts(host: str) -> frozenset[str]:
    """Return the names under which this server may be addressed."""
    wildcards = {"0.0.0.0", "::", ""}  # noqa: S104 - compared, not bound
    return frozenset({*LOCAL_HOSTS, *({host.lower()} - wildcards)})


class Guard:
    """Refuses foreign hosts and origins, oversized and slow bodies; adds security headers."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str]) -> None:
        """Guard an application that may be addressed under these host names."""
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or WebSocket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, refusal)
            return
        sending = _with_headers(scope, send)
        if refusal is not None:
            await refusal(scope, receive, sending)
            return
        await self._app(scope, _limited(receive, UPLOADS.get(scope["path"])), sending)

    async def _websocket(
        self, scope: Scope, receive: Receive, send: Send, refusal: Response | None
    ) -> None:
        if refusal is None:
            await self._app(scope, receive, send)
            return
        await receive()
        await send({
            "type": "websocket.http.response.start",
            "status": refusal.status_code,
            "headers": refusal.raw_headers,
        })
        await send({"type": "websocket.http.response.body", "body": bytes(refusal.body)})

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        hosts = headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if _host_name(host) not in self._hosts:
            return error_response(
                403,
                code="host_not_allowed",
                detail="This server is not addressed under that name.",
                hint="Open it at http://127.0.0.1 or set GYMLAB_HOST.",
            )
        if _needs_own_origin(scope) and _is_foreign(headers, host):
            return error_response(
                403,
                code="foreign_origin",
                detail="Requests from other web pages are refused.",
            )
        length = headers.get("content-length", "")
        most = UPLOADS.get(scope["path"], MAX_BODY_BYTES)
        if length.isdecimal() and (len(length) > 15 or int(length) > most):
            response = _too_large(most)
            response.headers["connection"] = "close"
            return response
        return None


def _too_large(most: int) -> Response:
    return error_response(413, code="too_large", detail=_over(most))


def _over(most: int) -> str:
    return f"The body is over {most // 1024**2} MB."


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _needs_own_origin(scope: Scope) -> bool:
    return (
        scope["type"] == "websocket"
        or scope["method"] not in SAFE_METHODS
        or scope["path"].endswith(STREAM_SUFFIXES)
    )


def _is_foreign(headers: Headers, host: str) -> bool:
    """Tell whether a browser says that another page sent this; other clients send neither."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc.lower() != host.lower()
    except ValueError:
        return True


def _limited(receive: Receive, upload_bytes: int | None) -> Receive:
    received = 0
    is_complete = False
    most = MAX_BODY_BYTES if upload_bytes is None else upload_bytes
    deadline = asyncio.get_running_loop().time() + BODY_DEADLINE_S

    async def limited() -> Message:
        nonlocal received, is_complete
        if is_complete:
            return await receive()
        earned = 0.0 if upload_bytes is None else received / SLOWEST_UPLOAD_BYTES_PER_S
        try:
            async with asyncio.timeout_at(deadline + earned):
                message = await receive()
        except TimeoutError as error:
            raise BodyError(408, "The body took too long.") from error
        received += len(message.get("body", b""))
        is_complete = not message.get("more_body", False)
        if received > most:
            raise BodyError(413, _over(most))
        return message

    return limited


def _with_headers(scope: Scope, send: Send) -> Send:
    is_api = scope["path"].startswith("/api/")

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if is_api:
                headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending
