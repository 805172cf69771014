"""`make bench-speed`: one table of engines, in turns, the same hyperparameters and timesteps.

Every measured cell is appended to `results/speed.jsonl` at once, and what is measured beside the
table to `results/speed-extras.jsonl`: a measurement that was cut off goes on where it ended, and
calls for some rows, columns or rounds add up to one table. `--summary` measures nothing.
"""

import argparse
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.lab import Lab, MeasurementError, running_lab
from benchmarks.speed import solving, watching
from benchmarks.speed.extras import Extras
from benchmarks.speed.measuring import measured, why_missing
from benchmarks.speed.page import IMAGES, PAGE, shown, write_page, write_plots
from benchmarks.speed.records import RECORDS, Condition, Record, append, is_done, read
from benchmarks.speed.rows import COLUMNS, ROWS, Row
from benchmarks.speed.summary import markdown, missed_bars
from benchmarks.speed.wish import NUM_ENVS, Wish

EXTRA_MEASUREMENTS: Mapping[str, Callable[[Wish], None]] = {
    "solved": solving.time_to_solved,
    "live": watching.cost_of_live_view,
    "num-envs": solving.speed_by_num_envs,
    "first-frame": solving.time_to_first_picture,
}
console = Console(stderr=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for and is missing; the exit code is 1 when a bar was missed."""
    parsed = _parser().parse_args(arguments)
    condition = Condition(parsed.fraction, parsed.device)
    extras = Extras.beside(parsed.records)
    rows = [row for row in ROWS if not parsed.only or row.id in parsed.only]
    columns = parsed.columns or list(COLUMNS)
    if not parsed.summary:
        if not parsed.no_table:
            _measure(rows, columns, parsed.repeats, condition, parsed.records)
        ids = [row.id for row in rows]
        wish = Wish(extras, columns, ids, parsed.repeats, parsed.fraction, parsed.sizes)
        _measure_extras(parsed.extras, wish)
    records = read(parsed.records)
    text = markdown(records, condition, extras)
    sys.stdout.write(text)
    if parsed.write:
        _write(text, parsed.page, condition, extras)
    missed = missed_bars(records, condition, extras)
    for line in missed:
        console.print(f"MISSED {line}", style="bold red")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed_table", description=__doc__)
    ids = [row.id for row in ROWS]
    add = parser.add_argument
    add("--repeats", type=int, default=5, help="rounds behind a median")
    add("--only", nargs="+", metavar="ROW", choices=ids, help=", ".join(ids))
    add("--columns", nargs="+", choices=list(COLUMNS))
    add(
        "--fraction",
        type=float,
        default=1.0,
        help="share of each row's timesteps; said in the table",
    )
    add("--device", choices=["cpu", "cuda", "mps"], default="cpu", help="a table for each")
    add(
        "--extras", nargs="*", choices=list(EXTRA_MEASUREMENTS), default=[],
        help="also measure: time to solved, cost of the live view, speed against num_envs, first picture; "
        "of the rows and columns that were chosen",
    )  # fmt: skip
    add("--no-table", action="store_true", help="measure the extras alone")
    add(
        "--sizes", nargs="+", type=int, default=NUM_ENVS, help="of --extras num-envs"
    )  # fmt: skip
    add("--records", type=Path, default=RECORDS)
    add("--summary", action="store_true", help="measure nothing")
    add("--write", action="store_true", help=f"write table and plots to {PAGE.name}")
    add("--page", type=Path, default=PAGE, help="another page for --write, its plots beside it")
    return parser


def _measure(
    rows: Sequence[Row], columns: Sequence[str], repeats: int, condition: Condition, path: Path
) -> None:
    with running_lab(max_runs=1, auto_calibration=0) as lab:
        for number in range(repeats):
            for row in rows:
                wanted = [column for column in row.columns if column in columns]
                # The first of a round changes, so that a machine that grows warm favours none.
                start = number % max(1, len(wanted))
                for column in wanted[start:] + wanted[:start]:
                    if not is_done(read(path), row.id, column, number, condition):
                        _measure_cell(lab, row, column, number, condition, path)


def _measure_cell(
    lab: Lab, row: Row, column: str, number: int, condition: Condition, path: Path
) -> None:
    missing = why_missing(lab, row, column, condition.device)
    if missing is not None:
        if number == 0:
            record = Record(
                row=row.id, column=column, round=0, fraction=condition.fraction,
                device=condition.device, missing=missing,
            )  # fmt: skip
            append(record, path)
        return
    console.print(f"round {number + 1}: {row.title}, {COLUMNS[column]} ...", style="dim")
    try:
        append(measured(lab, row, column, number, condition), path)
    except MeasurementError as error:
        console.print(str(error), style="red", markup=False)


def _measure_extras(names: Sequence[str], wish: Wish) -> None:
    for name in names:
        console.print(f"measuring {name} ...", style="dim")
        try:
            EXTRA_MEASUREMENTS[name](wish)
        except MeasurementError:
            console.print(traceback.format_exc(), markup=False, highlight=False)


def _write(text: str, page: Path, condition: Condition, extras: Extras) -> None:
    if page == PAGE and condition != Condition():
        console.print("only whole rows on the processor are written to the docs", style="red")
        return
    plots = write_plots(extras, IMAGES if page == PAGE else page.parent)
    write_page("\n\n".join([text, *(shown(plot, page) for plot in plots)]), page)


if __name__ == "__main__":
    sys.exit(main())
