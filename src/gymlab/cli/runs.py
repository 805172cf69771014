"""`gymlab runs`: the stored runs and what can be done with them."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from gymlab.cli import lineage, output, repeating, run_history
from gymlab.cli.acting import act_on_each
from gymlab.cli.arguments import RunId, RunIds
from gymlab.cli.asking import require_yes
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.domain.runs import RunStatus
from gymlab.sdk.client import WHOLE_LOG, Client
from gymlab.sdk.models import Run, RunFilter
from gymlab.sdk.streams import LogText, RunChanged

app = typer.Typer(no_args_is_help=True, help="List, show and control runs.")
for part in (run_history.app, lineage.app, repeating.app):
    app.add_typer(part)

RETURN = "train/mean_return"


@app.command("list")
def list_runs(
    *,
    status: Annotated[RunStatus | None, typer.Option(help="Only runs in this state.")] = None,
    env: Annotated[str | None, typer.Option(help="Only runs in this environment.")] = None,
    q: Annotated[str | None, typer.Option("--search", help="Only runs with this text.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only runs with this tag.")] = None,
    starred: Annotated[bool, typer.Option("--starred", help="Only runs with a star.")] = False,
    archived: Annotated[bool, typer.Option("--archived", help="Archived runs instead.")] = False,
    experiment: Annotated[str | None, typer.Option(help="Only runs of this experiment.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, newest first.")] = 50,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List runs, newest first."""
    wanted = {
        "status": None if status is None else status.value,
        "env_id": env,
        "q": q,
        "tag": tag,
        "starred": starred or None,
        "archived": archived or None,
        "experiment_id": experiment,
    }
    filters: RunFilter = {key: value for key, value in wanted.items() if value is not None}  # pyright: ignore[reportAssignmentType]
    with connect(url, home) as client:
        found = [run for run, _ in zip(client.runs(**filters), range(limit), strict=False)]
    output.print_found(
        found,
        ("ID", "STATUS", "ENVIRONMENT", "ALGORITHM", "TIMESTEP", "RETURN", "DURATION", "NAME"),
        [_table_row(run) for run in found],
        empty="No runs. `gymlab train CartPole-v1` makes one.",
        as_json=as_json,
    )


def _table_row(run: Run) -> Sequence[object]:
    return (
        run.id,
        run.status.value,
        run.env_id,
        run.algorithm,
        f"{run.timestep:,}/{run.total_timesteps:,}",
        output.number(run.metrics.get(RETURN)),
        output.duration(run.duration_s),
        run.name,
    )


@app.command()
def show(
    run_id: RunId, *, url: UrlOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show everything known of a run."""
    with connect(url, home) as client:
        run = client.get(run_id)
    if as_json:
        output.print_json(run)
        return
    output.print_pairs([
        ("id", run.id),
        ("name", run.name),
        ("tags", ", ".join(run.tags)),
        ("starred", "yes" if run.starred else None),
        ("archived", "yes" if run.archived else None),
        ("experiment", run.experiment_id),
        ("came from", run.parent_run_id),
        ("notes", run.notes),
        ("status", run.status.value),
        ("reason", run.status_reason),
        ("failure", run.failure and run.failure.detail),
        ("environment", run.env_id),
        ("runner", run.runner),
        ("algorithm", run.algorithm),
        ("preset", run.preset),
        ("timestep", f"{run.timestep:,} of {run.total_timesteps:,}"),
        ("episodes", run.episodes),
        ("seed", run.seed),
        ("device", run.device),
        ("duration", output.duration(run.duration_s)),
        ("created", run.created_at),
        ("allowed", ", ".join(action.value for action in run.allowed_actions)),
        *((name, value) for name, value in sorted(run.metrics.items())),
        *((f"  {name}", value) for name, value in sorted(run.hyperparameters.items())),
    ])


@app.command()
def stop(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Stop runs for good, keeping their last safe checkpoint."""
    act_on_each(run_ids, lambda client, run_id: client.stop(run_id).status.value, url, home)


@app.command()
def pause(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Pause runs; they keep their place in memory and free the core."""
    act_on_each(run_ids, lambda client, run_id: client.pause(run_id).status.value, url, home)


@app.command()
def resume(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Go on with paused, stopped or interrupted runs."""
    act_on_each(run_ids, lambda client, run_id: client.resume(run_id).status.value, url, home)


@app.command()
def delete(
    run_ids: RunIds,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Move runs into the bin; `gymlab runs restore` brings them back."""
    if not yes:
        require_yes(f"Move {', '.join(run_ids)} into the bin?")

    def remove(client: Client, run_id: str) -> str:
        client.delete(run_id)
        return "deleted"

    act_on_each(run_ids, remove, url, home)


@app.command()
def logs(
    run_id: RunId,
    *,
    tail: Annotated[int | None, typer.Option(min=1, help="Only the last lines.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Print new lines too.")] = False,
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Print what a run's worker printed."""
    with connect(url, home) as client:
        if not follow:
            sys.stdout.write(client.log(run_id, tail=tail or WHOLE_LOG))
            return
        with client.stream(run_id, kinds=("log",), from_="start") as stream:
            if client.get(run_id).is_finished:
                sys.stdout.write(client.log(run_id, tail=tail or WHOLE_LOG))
                return
            for message in stream:
                if isinstance(message, LogText):
                    sys.stdout.write(message.text)
                    sys.stdout.flush()
                elif isinstance(message, RunChanged) and _has_ended(message, run_id):
                    stream.close()


def _has_ended(message: RunChanged, run_id: str) -> bool:
    return message.run_id == run_id and message.run.is_finished
