"""Commands of `gymlab runs` that keep order: stars, archive, tags, the bin, disk use."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.acting import act_on_each
from gymlab.cli.arguments import RunIds
from gymlab.cli.connection import HomeOption, UrlOption
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.sdk.client import Client

app = typer.Typer()


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
