"""`gymlab bin`: deleted runs that can still be restored."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.acting import act_on_each
from gymlab.cli.asking import require_yes
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.sdk.client import Client

app = typer.Typer(no_args_is_help=True, help="List and empty the bin of deleted runs.")

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_bin(
    *, url: UrlOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List deleted runs, newest deletion first."""
    with connect(url, home) as client:
        found = list(client.bin())
    output.print_found(
        found,
        ("ID", "DAYS LEFT", "SIZE", "STATUS", "ENVIRONMENT", "ALGORITHM", "NAME"),
        [
            (
                run.id,
                output.number(run.days_left),
                output.size(run.size_bytes),
                run.status.value,
                run.env_id,
                run.algorithm,
                run.name,
            )
            for run in found
        ],
        empty="The bin is empty.",
        as_json=as_json,
    )


@app.command()
def purge(
    run_ids: Annotated[list[str], typer.Argument(help="Ids of runs.", metavar="RUN...")],
    *,
    yes: Yes = False,
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Remove runs of the bin for good."""
    if not yes:
        require_yes(f"Remove {', '.join(run_ids)} for good?")

    def remove(client: Client, run_id: str) -> str:
        client.purge(run_id)
        return "removed for good"

    act_on_each(run_ids, remove, url, home)


@app.command()
def empty(*, yes: Yes = False, url: UrlOption = None, home: HomeOption = None) -> None:
    """Remove every run of the bin for good."""
    if not yes:
        require_yes("Remove everything in the bin for good?")
    with connect(url, home) as client:
        output.stdout.print(f"{client.empty_bin()} removed for good")
