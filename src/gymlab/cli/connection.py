"""Find the server of a data folder, or start one for the time of a command."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gymlab.cli.running_server import running_server
from gymlab.cli.temporary_server import is_temporary, temporary_server
from gymlab.errors import UnavailableError
from gymlab.sdk.client import Client
from gymlab.settings import load_settings

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url", help="Server to use; default: the one of the data folder.", metavar="URL"
    ),
]
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Data folder; default: GYMLAB_HOME or .gymlab.")
]


@contextmanager
def connect(url: str | None, home: Path | None, *, must_stay: bool = False) -> Generator[Client]:
    """Give a client of a server that answers.

    Args:
        url: Address to use, whatever runs elsewhere.
        home: Data folder whose server is used; without one, a server is started for the time
            of the command, and of others that join it. Runs go on without it.
        must_stay: Whether what is asked for ends with the server: then none is started.

    Raises:
        LabError: No server answers at the address, or none could be started.
    """
    if url is not None:
        with Client(url) as client:
            client.health()
            yield client
        return
    settings = load_settings({"home": home})
    client = None if is_temporary(settings) else running_server(settings)
    if client is not None:
        with client:
            yield client
        return
    if must_stay:
        raise UnavailableError(
            f"No server that stays has the data folder {settings.home}.",
            hint="Start `gymlab serve` in another terminal, then repeat this.",
        )
    with temporary_server(settings) as client:
        yield client
