"""`gymlab runs reproduce` and `set`: repeating a run, and changing one that trains."""

import time
from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.arguments import RunId
from gymlab.cli.assignments import parse_assignments
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.exit_codes import DIFFERENT
from gymlab.cli.output import JsonOption
from gymlab.sdk.client import Client
from gymlab.sdk.continuity import Reproduction

POLL_S = 1.0

app = typer.Typer()

Assignments = Annotated[
    list[str],
    typer.Argument(help="NAME=VALUE, for example learning_rate=0.0001.", metavar="N=V..."),
]


@app.command()
def reproduce(
    run_id: RunId,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the outcome.")] = False,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a run's specification once more and compare every row."""
    with connect(url, home) as client:
        again = client.reproduce(run_id)
        found = _settled(client, again.id) if wait else client.reproduction(again.id)
    if as_json:
        output.print_json(found or again)
    elif found is not None:
        _print(found)
    if wait and found is not None and found.status == "different":
        raise typer.Exit(DIFFERENT)


@app.command("set")
def set_hyperparameters(
    run_id: RunId,
    assignments: Assignments,
    *,
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Change hyperparameters of a run while it trains, from its next safe point on."""
    values = parse_assignments(assignments, "N=V")
    with connect(url, home) as client:
        client.change_hyperparameters(run_id, **values)
    named = ", ".join(f"{name} = {value}" for name, value in values.items())
    output.stdout.print(f"{run_id}: {named} from its next safe point on", markup=False)


def _settled(client: Client, run_id: str) -> Reproduction | None:
    while True:
        found = client.reproduction(run_id)
        if found is None or found.is_settled:
            return found
        time.sleep(POLL_S)


def _print(found: Reproduction) -> None:
    difference = found.first_difference
    versions = ", ".join(f"{name} {a} -> {b}" for name, (a, b) in found.changed_versions.items())
    output.print_pairs([
        ("original", found.original_run_id),
        ("reproduction", found.reproduction_run_id),
        ("status", found.status),
        ("equal rows", f"{found.compared_rows:,}"),
        ("policy", {True: "equal", False: "different", None: None}[found.is_policy_equal]),
        ("differs at", difference and f"timestep {difference.timestep:,}, {difference.metric}"),
        ("original has", difference and difference.original),
        ("reproduction has", difference and difference.reproduction),
        ("other versions", versions or None),
        ("note", found.reason),
    ])
