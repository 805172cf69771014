"""`make bench-speed`: one table of engines, in turns, the same hyperparameters and timesteps.

Every measured cell is appended to `results/speed.jsonl` at once: a measurement that was cut off goes on
where it ended. `--summary` measures nothing and writes the table and the pages from what there is.
"""

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.lab import Lab, MeasurementError, running_lab
from benchmarks.speed import solving
from benchmarks.speed.measuring import measured, why_missing
from benchmarks.speed.plot import speed_plot
from benchmarks.speed.records import RECORDS, Record, append, is_done, read
from benchmarks.speed.rows import COLUMNS, ROWS, Row
from benchmarks.speed.summary import markdown, missed_bars

EXTRAS = RECORDS.with_name("speed-extras.json")
IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PAGE = IMAGES.parent / "guide" / "speed.md"
BEGIN, END = "<!-- the table -->", "<!-- end of the table -->"
LIVE_TIMESTEPS = 300_000
PLOTTED = ("CartPole-v1", "LunarLander-v3")
console = Console(stderr=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for and is missing; the exit code is 1 when a bar was missed."""
    parsed = _parser().parse_args(arguments)
    rows = [row for row in ROWS if not parsed.only or row.id in parsed.only]
    columns = parsed.columns or list(COLUMNS)
    if not parsed.summary:
        _measure(rows, columns, parsed.repeats, parsed.fraction, parsed.records)
        _measure_extras(parsed.extras, parsed.repeats)
    records = read(parsed.records)
    text = markdown(records, parsed.fraction, _extras())
    sys.stdout.write(text)
    if parsed.write:
        _write(text, parsed.fraction)
    missed = missed_bars(records, parsed.fraction)
    for line in missed:
        console.print(f"MISSED {line}", style="bold red")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed_table", description=__doc__)
    ids = ", ".join(row.id for row in ROWS)
    parser.add_argument("--repeats", type=int, default=5, help="rounds behind a median")
    parser.add_argument("--only", nargs="+", metavar="ROW", help=ids)
    parser.add_argument("--columns", nargs="+", choices=list(COLUMNS))
    parser.add_argument(
        "--fraction",
        type=float,
        default=1.0,
        help="share of each row's timesteps; said in the table",
    )
    parser.add_argument(
        "--extras", nargs="*", choices=list(EXTRA_MEASUREMENTS), default=[],
        help="also measure: time to solved, cost of the live view, speed against num_envs",
    )  # fmt: skip
    parser.add_argument("--records", type=Path, default=RECORDS)
    parser.add_argument("--summary", action="store_true", help="measure nothing")
    parser.add_argument("--write", action="store_true", help=f"write the table to {PAGE.name}")
    return parser


def _measure(
    rows: Sequence[Row], columns: Sequence[str], repeats: int, fraction: float, path: Path
) -> None:
    with running_lab(max_runs=1, auto_calibration=0) as lab:
        for number in range(repeats):
            for row in rows:
                wanted = [column for column in row.columns if column in columns]
                # The first of a round changes, so that a machine that grows warm favours none.
                start = number % max(1, len(wanted))
                for column in wanted[start:] + wanted[:start]:
                    if not is_done(read(path), row.id, column, number, fraction):
                        _measure_cell(lab, row, column, number, fraction, path)


def _measure_cell(
    lab: Lab, row: Row, column: str, number: int, fraction: float, path: Path
) -> None:
    missing = why_missing(lab, row, column)
    if missing is not None:
        if number == 0:
            record = Record(row=row.id, column=column, round=0, fraction=fraction, missing=missing)
            append(record, path)
        return
    console.print(f"round {number + 1}: {row.title}, {COLUMNS[column]} ...", style="dim")
    try:
        append(measured(lab, row, column, number, fraction), path)
    except MeasurementError as error:
        console.print(str(error), style="red", markup=False)


def _solved(repeats: int) -> Any:
    return solving.time_to_solved(repeats)


def _live(repeats: int) -> Any:
    return [
        solving.cost_of_live_view(engine, row, repeats, LIVE_TIMESTEPS)
        for engine in ("sb3", "turbo")
        for row in ("cartpole-ppo", "lunarlander-ppo")
    ]


def _by_num_envs(_repeats: int) -> Any:
    return [point for env_id in PLOTTED for point in solving.speed_by_num_envs(env_id)]


EXTRA_MEASUREMENTS: Mapping[str, Callable[[int], Any]] = {
    "solved": _solved,
    "live": _live,
    "num-envs": _by_num_envs,
}


def _measure_extras(names: Sequence[str], repeats: int) -> None:
    for name in names:
        console.print(f"measuring {name} ...", style="dim")
        try:
            found = EXTRA_MEASUREMENTS[name](repeats)
        except MeasurementError:
            console.print(traceback.format_exc(), markup=False, highlight=False)
            continue
        EXTRAS.parent.mkdir(exist_ok=True)
        EXTRAS.write_text(json.dumps({**_extras(), name: found}, indent=1) + "\n", "utf-8")


def _extras() -> dict[str, Any]:
    return json.loads(EXTRAS.read_bytes()) if EXTRAS.exists() else {}


def _write(text: str, fraction: float) -> None:
    if fraction != 1.0:
        console.print("only whole rows are written to the docs", style="red")
        return
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
    for env_id in PLOTTED:
        points = [item for item in _extras().get("num-envs", []) if item["env_id"] == env_id]
        series = {
            column: [
                (float(item["num_envs"]), float(item["timesteps_per_s"]))
                for item in points
                if item["column"] == column and "timesteps_per_s" in item
            ]
            for column in dict.fromkeys(item["column"] for item in points)
        }
        drawn = speed_plot({k: v for k, v in series.items() if v}, f"PPO on {env_id}, timesteps/s")
        (IMAGES / f"speed-num-envs-{env_id.lower()}.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
