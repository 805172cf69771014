"""`gymlab storage`: what runs take on the disk."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.sdk.history_models import Bytes, RunStorage

app = typer.Typer()
TITLES = ("ID", "TOTAL", "METRICS", "CHECKPOINTS", "RECORDINGS", "EVALUATIONS", "LOGS", "NAME")


@app.command()
def storage(
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many of the largest runs.")] = 10,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the disk has, what runs and the bin take of it, and the largest runs."""
    with connect(url, home) as client:
        found = client.storage()
    if as_json:
        output.print_json(found)
        return
    free, total = output.size(found.disk_free_bytes), output.size(found.disk_total_bytes)
    output.print_pairs([
        ("disk", f"{free} free of {total}"),
        ("database", output.size(found.database_bytes)),
        ("runs", f"{output.size(found.runs.total)} in {found.num_runs}"),
        ("bin", f"{output.size(found.bin.bytes)} in {found.bin.num_runs}"),
        ("bin keeps", f"{found.bin.days:g} days"),
    ])
    rows = [_row(run) for run in found.largest[:limit]]
    output.print_table(TITLES, [*rows, ("all", *_sizes(found.runs), "")], empty="No runs.")


def _row(run: RunStorage) -> tuple[object, ...]:
    return (run.run_id, *_sizes(run.bytes), run.name)


def _sizes(sizes: Bytes) -> tuple[str, ...]:
    numbers = (sizes.total, sizes.metrics, sizes.checkpoints, sizes.recordings, sizes.evaluations)
    return tuple(output.size(number) for number in (*numbers, sizes.logs))
