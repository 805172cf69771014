"""Finding the run that a path names."""

from sqlalchemy import Connection

from gymlab.errors import RunNotFoundError
from gymlab.storage.runs import StoredRun, get_run


def existing_run(connection: Connection, run_id: str) -> StoredRun:
    """Return a run.

    Raises:
        RunNotFoundError: There is none of that id.
    """
    run = get_run(connection, run_id)
    if run is None:
        raise RunNotFoundError(run_id)
    return run
