"""The API's description, made by a process of its own when somebody first asks for it."""

import asyncio
import sys

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gymlab.server.child_output import output_of
from gymlab.server.http.routers import PREFIX

PATH = f"{PREFIX}/openapi.json"
COMMAND = (sys.executable, "-m", "gymlab.server.openapi")
TIMEOUT_S = 60.0


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
                self._content = await output_of(
                    COMMAND,
                    timeout_s=TIMEOUT_S,
                    too_slow="Describing the API took too long.",
                    failed="The API cannot be described.",
                )
        return self._content


def install_description(application: FastAPI) -> None:
    """Answer `GET /api/v1/openapi.json`."""
    description = ApiDescription()

    async def get_description(_request: Request) -> Response:
        return Response(await description.content(), media_type="application/json")

    application.add_route(PATH, get_description, include_in_schema=False)
