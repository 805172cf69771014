"""Commands of `gymlab runs` about runs that come from runs, and about playing their checkpoints."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.arguments import CheckpointOption, RunId, SetOption
from gymlab.cli.assignments import parse_assignments, parse_checkpoint
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.sdk.history_models import Version
from gymlab.sdk.lineage import ForkOptions, LineageRun
from gymlab.sdk.models import Run, RunOptions

app = typer.Typer()


@app.command()
def fork(
    run_id: RunId,
    *,
    checkpoint: CheckpointOption = "latest",
    assignments: SetOption = None,
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
    _print_begun(run, as_json=as_json)


@app.command()
def duplicate(
    run_id: RunId,
    *,
    assignments: SetOption = None,
    seed: Annotated[int | None, typer.Option("--seed", "-s", help="Another seed.")] = None,
    timesteps: Annotated[
        int | None, typer.Option("--timesteps", "-n", help="Another budget.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the new run.")] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train again with a run's settings and what is changed of them; does not wait for the end."""
    given = {
        "hyperparameters": parse_assignments(assignments or [], "--set") or None,
        "seed": seed,
        "total_timesteps": timesteps,
        "name": name,
    }
    changes: RunOptions = {key: value for key, value in given.items() if value is not None}  # pyright: ignore[reportAssignmentType]
    with connect(url, home) as client:
        run = client.duplicate(run_id, **changes)
    _print_begun(run, as_json=as_json)


def _print_begun(run: Run, *, as_json: bool) -> None:
    if as_json:
        output.print_json(run)
    else:
        output.stdout.print(f"{run.id}: {run.status.value}", markup=False)


@app.command()
def lineage(
    run_id: RunId, *, url: UrlOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show where a run came from and what came from it."""
    with connect(url, home) as client:
        found = client.lineage(run_id)
    output.print_found(
        found,
        ("ID", "RELATION", "FROM", "AT", "STATUS", "NAME"),
        [_row(run) for run in (*found.ancestors, found.run, *found.descendants)],
        empty="",
        as_json=as_json,
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


@app.command()
def versions(
    run_id: RunId, *, url: UrlOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List the versions of a run's model: what changed, and what came of it."""
    with connect(url, home) as client:
        found = client.versions(run_id)
    output.print_found(
        found,
        ("ID", "VERSION", "STATUS", "SEED", "RETURN", "EVALUATED", "CHANGED"),
        [_version_row(version) for version in found],
        empty="No versions.",
        as_json=as_json,
    )


def _version_row(version: Version) -> tuple[object, ...]:
    changes = (f"{c.field}: {c.before} -> {c.after}" for c in version.changes)
    return (
        version.run_id,
        f"{version.number}{' (this)' if version.is_this else ''}",
        version.status.value,
        version.seed,
        output.number(version.mean_return),
        output.number(version.evaluation_return),
        "\n".join(changes),
    )


@app.command()
def deploy(
    run_id: RunId,
    *,
    checkpoint: CheckpointOption = "latest",
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Play a checkpoint in the live feed of its run; needs a server that stays."""
    with connect(url, home, must_stay=True) as client:
        deployed = client.deploy(run_id, parse_checkpoint(checkpoint, "--checkpoint"))
        output.stdout.print(
            f"{run_id}: timestep {deployed.timestep:,} plays at {client.url}/lab?run={run_id}",
            markup=False,
        )
