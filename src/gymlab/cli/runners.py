"""`gymlab runners`: the training backends and their algorithms."""

import typer

from gymlab.cli import output
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.sdk.models import Runner

app = typer.Typer(no_args_is_help=True, help="List training backends.")


@app.callback()
def runners_command() -> None:
    """List training backends."""


@app.command("list")
def list_runners(
    *, url: UrlOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List runners with their algorithms; what cannot be used here says why."""
    with connect(url, home) as client:
        found = client.runners()
    output.print_found(
        found,
        ("RUNNER", "ALGORITHM", "TITLE", "ACTIONS", "PRESETS", "AVAILABLE"),
        [row for runner in found for row in _rows(runner)],
        empty="No runners are installed: `pip install gymlab[all]`.",
        as_json=as_json,
    )


def _rows(runner: Runner) -> list[tuple[str, ...]]:
    """Return a line for each algorithm, or the one that says why there are none."""
    if not runner.available:
        return [(runner.id, "", runner.title, "", "", f"no: {runner.unavailable_reason}")]
    return [
        (
            runner.id,
            algorithm.id,
            algorithm.title,
            ", ".join(algorithm.action_spaces),
            ", ".join(sorted({preset.id for preset in algorithm.presets})),
            "yes",
        )
        for algorithm in runner.algorithms
    ]
