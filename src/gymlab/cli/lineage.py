"""`gymlab runs fork`, `lineage` and `deploy`: beginning from checkpoints, and playing them."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.assignments import parse_assignments, parse_checkpoint
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.sdk.lineage import ForkOptions, LineageRun

RunId = Annotated[str, typer.Argument(help="Id of a run.", metavar="RUN")]
Checkpoint = Annotated[
    str, typer.Option("--checkpoint", "-c", help="latest, best or a number of timesteps.")
]


def fork(
    run_id: RunId,
    *,
    checkpoint: Checkpoint = "latest",
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a hyperparameter; repeatable.", metavar="KEY=VALUE"),
    ] = None,
    timesteps: Annotated[
        int | None, typer.Option("--timesteps", "-n", help="New end; default: the run's own.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the new run.")] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Continue a checkpoint with other hyperparameters, as a new run."""
    changes: ForkOptions = {
        "checkpoint": parse_checkpoint(checkpoint, "--checkpoint"),
        "hyperparameters": parse_assignments(assignments or [], "--set"),
    }
    if timesteps is not None:
        changes["total_timesteps"] = timesteps
    if name is not None:
        changes["name"] = name
    with connect(url, home) as client:
        run = client.fork(run_id, **changes)
    if as_json:
        output.print_json(run)
    else:
        output.stdout.print(f"{run.id}: {run.status.value}")


def lineage(
    run_id: RunId, *, url: UrlOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show where a run came from and what came from it."""
    with connect(url, home) as client:
        found = client.lineage(run_id)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("ID", "RELATION", "FROM", "AT", "STATUS", "NAME"),
        [_row(run) for run in (*found.ancestors, found.run, *found.descendants)],
        empty="",
    )


def _row(run: LineageRun) -> tuple[object, ...]:
    return (
        run.id,
        run.relation or "-",
        run.parent_run_id or "-",
        "-" if run.parent_timestep is None else f"{run.parent_timestep:,}",
        "deleted" if run.is_deleted else run.status.value,
        run.name,
    )


def deploy(
    run_id: RunId,
    *,
    checkpoint: Checkpoint = "latest",
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Play a checkpoint in the live feed of its run; needs a server that stays."""
    with connect(url, home) as client:
        deployed = client.deploy(run_id, parse_checkpoint(checkpoint, "--checkpoint"))
        output.stdout.print(
            f"{run_id}: timestep {deployed.timestep:,} plays at {client.url}/lab?run={run_id}",
            markup=False,
        )


def add_commands(app: typer.Typer) -> None:
    """Add the commands to `gymlab runs`."""
    for command in (fork, lineage, deploy):
        app.command()(command)
