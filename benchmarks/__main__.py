"""`python -m benchmarks [NAME ...]`: measure, print one table, keep the numbers."""

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence

from rich.console import Console

from benchmarks import (
    compare,
    editor,
    estimate,
    evaluation,
    fan_out,
    first_frame,
    fresh_frames,
    games,
    ingest,
    metrics_query,
    page_weight,
    products,
    publishing,
    reward,
    sandbox,
    server_start,
    training_speed,
)
from benchmarks.figure import Figure, Plan
from benchmarks.machine import this_machine
from benchmarks.table import print_table, store

MEASUREMENTS: dict[str, Callable[[Plan], Sequence[Figure]]] = {
    "server-start": server_start.measure,
    "first-frame": first_frame.measure,
    "fresh-frames": fresh_frames.measure,
    "metrics-query": metrics_query.measure,
    "compare": compare.measure,
    "fan-out": fan_out.measure,
    "ingest": ingest.measure,
    "page-weight": page_weight.measure,
    "training-speed": training_speed.measure,
    "reward": reward.measure,
    "evaluation": evaluation.measure,
    "games": games.measure,
    "editor": editor.measure,
    "sandbox": sandbox.measure,
    "estimate": estimate.measure,
    "products": products.measure,
    "publishing": publishing.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; the exit code is 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--repeats", type=int, default=5, help="samples behind a median")
    parser.add_argument(
        "--smoke", action="store_true", help="tiny sizes; shows that it works, keeps no numbers"
    )
    parsed = parser.parse_args(arguments)
    unknown = sorted(set(parsed.names) - set(MEASUREMENTS))
    if unknown:
        parser.error(f"no {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
    plan = Plan(repeats=1 if parsed.smoke else parsed.repeats, is_smoke=parsed.smoke)
    return _measure(parsed.names or list(MEASUREMENTS), plan)


def _measure(names: Sequence[str], plan: Plan) -> int:
    console, progress = Console(), Console(stderr=True)
    machine = this_machine()
    groups: dict[str, Sequence[Figure]] = {}
    failed: list[str] = []
    for name in names:
        progress.print(f"measuring {name} ...", style="dim")
        try:
            groups[name] = MEASUREMENTS[name](plan)
        except Exception:  # noqa: BLE001 - an edge: the other figures are still worth having
            failed.append(name)
            progress.print(traceback.format_exc(), markup=False, highlight=False)
    figures = [figure for group in groups.values() for figure in group]
    print_table(figures, machine, console)
    if not plan.is_smoke:
        store(groups, machine)
    for name in failed:
        console.print(f"{name}: [bold red]could not be measured[/bold red], see above")
    return 1 if failed or not all(figure.is_ok for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
