"""The API's description, made by a process of its own when somebody first asks for it."""

import asyncio
import logging
import sys

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gymlab.errors import UnavailableError
from gymlab.server.http.routers import PREFIX

PATH = f"{PREFIX}/openapi.json"
COMMAND = (sys.executable, "-m", "gymlab.server.openapi")
TIMEOUT_S = 60.0
LOGGER = logging.getLogger(__name__)


class ApiDescription:
    """The OpenAPI document of this version."""

    def __init__(self) -> None:
        """Nothing is made yet."""
        self._content: bytes | None = None
        self._making = asyncio.Lock()

    async def content(self) -> bytes:
        """Return the document as JSON; the first call takes seconds.

        Raises:
            UnavailableError: The process that makes it failed or took too long.
        """
        async with self._making:
            if self._content is None:
                self._content = await _describe()
        return self._content


async def _describe() -> bytes:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    except TimeoutError as error:
        raise UnavailableError(
            "Describing the API took too long.", hint="Try again in a minute."
        ) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        LOGGER.error("the API cannot be described: %s", err.decode(errors="replace")[-4000:])
        raise UnavailableError("The API cannot be described.", hint="logs/server.log says why.")
    return out


def install_description(application: FastAPI) -> None:
    """Answer `GET /api/v1/openapi.json`."""
    description = ApiDescription()

    async def get_description(_request: Request) -> Response:
        return Response(await description.content(), media_type="application/json")

    application.add_route(PATH, get_description, include_in_schema=False)
