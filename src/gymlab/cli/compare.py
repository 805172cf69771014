"""`gymlab compare`: which runs are better, and how sure that is."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.sdk.comparison import Estimated, GroupStatistics, RunComparison, RunGroup

app = typer.Typer(no_args_is_help=True)

RunIds = Annotated[
    list[str], typer.Argument(help="Ids of 2 to 200 runs.", metavar="RUN...", show_default=False)
]


@app.command()
def compare(
    run_ids: RunIds,
    *,
    own_metric: Annotated[
        str | None,
        typer.Option(help="Judge by a metric of your own evaluation; --json lists them."),
    ] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare runs: groups of seeds, intervals of their returns and a verdict in words."""
    with connect(url, home) as client:
        found = client.compare(run_ids, parts=("statistics",), own_metric=own_metric)
    if as_json:
        output.print_json(found)
        return
    _print_groups(found)
    _print_differences(found)
    _print_verdicts(found)


def _print_groups(found: RunComparison) -> None:
    statistics = found.statistics
    known = {one.group_id: one for one in statistics.groups} if statistics else {}
    output.print_table(
        ("GROUP", "SEEDS", "MEAN [95 %]", "IQM [95 %]", "STD", "WHAT"),
        [_group_row(group, known.get(group.id)) for group in found.groups],
        empty="No runs.",
    )
    if statistics is not None:
        output.stdout.print(f"\n{statistics.basis_text}", markup=False)


def _group_row(group: RunGroup, found: GroupStatistics | None) -> tuple[object, ...]:
    if found is None:
        return (group.id, group.num_seeds, "", "", "", group.label)
    return (
        group.id,
        f"{group.num_seeds} of {len(group.run_ids)}",
        _estimate(found.mean),
        _estimate(found.iqm),
        output.number(found.std, 2),
        group.label,
    )


def _estimate(found: Estimated | None) -> str:
    if found is None:
        return ""
    value = output.number(found.value, 2)
    if found.interval is None:
        return f"{value} (no interval)"
    low, high = found.interval.low, found.interval.high
    return f"{value} [{output.number(low, 2)}, {output.number(high, 2)}]"


def _print_differences(found: RunComparison) -> None:
    firsts = [group.run_ids[0] for group in found.groups]
    places = [next(idx for idx, run in enumerate(found.runs) if run.id == one) for one in firsts]
    rows = [
        (one.field, *(one.values[place] for place in places))
        for one in found.differences
        if one.section != "seed" and len(found.groups) > 1
    ]
    if rows:
        output.stdout.print()
        output.print_table(("DIFFERS", *(group.id for group in found.groups)), rows, empty="")


def _print_verdicts(found: RunComparison) -> None:
    for run in found.runs:
        if not run.is_counted:
            reason = run.not_counted_because or "it has no final return"
            output.stdout.print(f"\n{run.id} is not counted: {reason}.", markup=False)
    if found.statistics is None:
        return
    for verdict in found.statistics.verdicts:
        output.stdout.print(f"\n{verdict.text}", markup=False)
    for notice in found.statistics.notices:
        output.stdout.print(f"\n{notice}", markup=False)
