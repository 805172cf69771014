"""Serving the web app's files, and its page for every address that is not the API's."""

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket

import gymlab.server
from gymlab.server.http.errors import error_response
from gymlab.server.http.page_code import page_key, page_with_links

PACKAGED = Path(gymlab.server.__file__).parent / "static"
CHECKOUT = Path(gymlab.server.__file__).parents[3] / "web" / "dist"
PAGE = "index.html"
HASHED_FOLDER = "assets"
TEXTS = {".js", ".css", ".html", ".svg", ".json", ".txt", ".webmanifest"}
MIN_COMPRESSED_BYTES = 1_000
"""Below it, what compression saves is less than what it says about itself."""
NOT_BUILT = """gymlab serves its API, but the web app is not built here.

In a checkout of gymlab: `make setup` (needs Node 20 or newer), then reload this page.
The API is at /api/v1/health; its description at /api/v1/openapi.json.
"""


def find_web_app() -> Path | None:
    """Return the folder with the built web app; None when there is none."""
    for folder in (PACKAGED, CHECKOUT):
        if (folder / PAGE).is_file():
            return folder
    return None


def install_web_app(application: FastAPI) -> None:
    """Answer every address outside the API with the web app."""
    mimetypes.add_type("text/javascript", ".js")
    application.add_api_route(
        "/{path:path}", _serve, methods=["GET", "HEAD"], include_in_schema=False
    )
    application.add_api_websocket_route("/{path:path}", _no_websocket)


async def _no_websocket(websocket: WebSocket, path: str) -> None:
    """Refuse, before the upgrade, a WebSocket at an address that has none."""
    response = error_response(404, code="not_found", detail=f"No WebSocket is at /{path[:200]}.")
    await websocket.send_denial_response(response)


def _serve(path: str, request: Request) -> Response:
    if path == "api" or path.startswith("api/"):
        raise HTTPException(404)
    folder = find_web_app()
    if folder is None:
        return PlainTextResponse(NOT_BUILT, status_code=503 if path else 200)
    file = _file_below(folder, path)
    if file is not None:
        is_hashed = path.startswith(f"{HASHED_FOLDER}/")
        cached = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
        return _answer(file, cached, request)
    if path.startswith(f"{HASHED_FOLDER}/") or request.method not in {"GET", "HEAD"}:
        raise HTTPException(404)
    return _page(folder, path, request)


def _page(folder: Path, path: str, request: Request) -> Response:
    """Return the page for an address, with links to the code that it needs there."""
    headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
    mtime_ns = (folder / PAGE).stat().st_mtime_ns
    content = page_with_links(folder, page_key(path), mtime_ns)
    if len(content) >= MIN_COMPRESSED_BYTES and _takes_gzip(request):
        headers["content-encoding"] = "gzip"
        content = _compressed_page(content)
    return Response(content, headers=headers, media_type="text/html")


def _answer(file: Path, cached: str, request: Request) -> Response:
    """Return a file; a text compressed where the browser takes it so, which a network feels."""
    headers = {"cache-control": cached}
    if file.suffix not in TEXTS:
        return FileResponse(file, headers=headers)
    headers["vary"] = "accept-encoding"
    found = file.stat()
    if found.st_size < MIN_COMPRESSED_BYTES or not _takes_gzip(request):
        return FileResponse(file, headers=headers)
    content = _compressed(file, found.st_mtime_ns)
    headers["content-encoding"] = "gzip"
    kind = mimetypes.guess_type(file.name)[0]
    return Response(content, headers=headers, media_type=kind)


def _takes_gzip(request: Request) -> bool:
    """Tell whether `Accept-Encoding` names gzip and does not refuse it (RFC 9110, 12.5.3)."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


@lru_cache(maxsize=256)
def _compressed(file: Path, mtime_ns: int) -> bytes:  # noqa: ARG001 - a file that changed is another
    return gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)


@lru_cache(maxsize=64)
def _compressed_page(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=6, mtime=0)


def _file_below(folder: Path, path: str) -> Path | None:
    if not path or "\0" in path or "\\" in path:
        return None
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except (OSError, ValueError):
        return None
