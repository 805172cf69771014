"""Doing the same with several things: one line for each, and the first failure at the end."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gymlab.cli import output
from gymlab.cli.connection import connect
from gymlab.errors import LabError
from gymlab.sdk.client import Client


def act_on_each(
    ids: Sequence[str],
    action: Callable[[Client, str], str],
    url: str | None,
    home: Path | None,
) -> None:
    """Do something with each and print what came of it.

    Raises:
        LabError: The first failure, after all were tried.
    """
    failure: LabError | None = None
    with connect(url, home) as client:
        for identifier in ids:
            try:
                output.stdout.print(f"{identifier}: {action(client, identifier)}", markup=False)
            except LabError as error:
                failure = failure or error
                if len(ids) > 1:
                    output.stderr.print(f"{identifier}: {error.detail}", markup=False)
    if failure is not None:
        raise failure
