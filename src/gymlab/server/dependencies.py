"""What endpoints ask for."""

from typing import Annotated, cast

from fastapi import Depends, Path, Query
from starlette.requests import HTTPConnection

from gymlab.domain.ids import is_run_id
from gymlab.errors import RunNotFoundError
from gymlab.server.lab import Lab

MAX_PAGE = 200


def lab_of(connection: HTTPConnection) -> Lab:
    """Return the laboratory that this application serves."""
    return cast(Lab, connection.app.state.lab)


def checked_run_id(run_id: Annotated[str, Path(description="Identifier of the run.")]) -> str:
    """Refuse what cannot be the id of a run."""
    if not is_run_id(run_id):
        raise RunNotFoundError(run_id[:64])
    return run_id


LabDep = Annotated[Lab, Depends(lab_of)]


async def require_sandbox(lab: LabDep) -> None:
    """Refuse what runs code of users where nothing would hold it; for `dependencies=` of a route.

    Raises:
        SandboxUnavailableError: Strangers can reach this server and the sandbox is too weak.
    """
    await lab.sandbox.require()


RunId = Annotated[str, Depends(checked_run_id)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="At most so many items.")]
Cursor = Annotated[
    str | None, Query(max_length=1000, description="`next_cursor` of the part before.")
]
