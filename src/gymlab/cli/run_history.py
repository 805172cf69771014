"""Commands of `gymlab runs` that keep order: stars, archive, tags, duplicates, restoring."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.acting import act_on_each
from gymlab.cli.assignments import parse_assignments
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.sdk.client import Client
from gymlab.sdk.history_models import Version
from gymlab.sdk.models import RunOptions

app = typer.Typer()

RunIds = Annotated[list[str], typer.Argument(help="Ids of runs.", metavar="RUN...")]
RunId = Annotated[str, typer.Argument(help="Id of a run.", metavar="RUN")]


@app.command()
def star(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Mark runs as worth finding again."""
    act_on_each(run_ids, lambda client, run_id: _said(client.star(run_id).starred), url, home)


@app.command()
def unstar(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Take the star from runs."""

    def take(client: Client, run_id: str) -> str:
        return _said(client.star(run_id, starred=False).starred)

    act_on_each(run_ids, take, url, home)


def _said(starred: bool) -> str:  # noqa: FBT001 - what the server answered
    return "starred" if starred else "not starred"


@app.command()
def archive(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Hide runs from the usual lists."""

    def hide(client: Client, run_id: str) -> str:
        client.archive(run_id)
        return "archived"

    act_on_each(run_ids, hide, url, home)


@app.command()
def unarchive(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Show archived runs in the usual lists again."""

    def show(client: Client, run_id: str) -> str:
        client.archive(run_id, archived=False)
        return "listed"

    act_on_each(run_ids, show, url, home)


@app.command()
def tag(
    run_ids: RunIds,
    *,
    add: Annotated[list[str] | None, typer.Option("--add", help="Tag to add; repeatable.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="Tag to remove; repeatable.")
    ] = None,
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Add and remove tags of runs."""
    if not add and not remove:
        detail = "Nothing to change: give --add TAG or --remove TAG."
        raise InvalidInputError(detail, fields=[FieldProblem("--add", "missing", detail)])

    def change(client: Client, run_id: str) -> str:
        return ", ".join(client.tag(run_id, add or (), remove or ()).tags) or "no tags"

    act_on_each(run_ids, change, url, home)


@app.command()
def restore(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Take deleted runs out of the bin, with all they had."""
    act_on_each(run_ids, lambda client, run_id: client.restore(run_id).status.value, url, home)


@app.command()
def duplicate(
    run_id: RunId,
    *,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", help="Set a hyperparameter; repeatable.", metavar="KEY=VALUE"),
    ] = None,
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
    if as_json:
        output.print_json(run)
    else:
        output.stdout.print(f"{run.id}: {run.status.value}", markup=False)


@app.command()
def versions(
    run_id: RunId, *, url: UrlOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List the versions of a run's model: what changed, and what came of it."""
    with connect(url, home) as client:
        found = client.versions(run_id)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("ID", "VERSION", "STATUS", "SEED", "RETURN", "EVALUATED", "CHANGED"),
        [_version_row(version) for version in found],
        empty="No versions.",
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


@app.command("delete-recordings")
def delete_recordings(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Remove the films of runs for good."""

    def remove(client: Client, run_id: str) -> str:
        freed = client.delete_recordings(run_id)
        return f"{freed.num_files} recordings removed, {output.size(freed.bytes)} freed"

    act_on_each(run_ids, remove, url, home)


@app.command("thin-checkpoints")
def thin_checkpoints(run_ids: RunIds, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Remove every checkpoint of runs but the latest and the best."""

    def thin(client: Client, run_id: str) -> str:
        freed = client.thin_checkpoints(run_id)
        return f"{freed.num_files} checkpoints removed, {output.size(freed.bytes)} freed"

    act_on_each(run_ids, thin, url, home)
