"""`gymlab runners`: the training backends and their algorithms."""

import typer

from gymlab.cli import output
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption

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
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("RUNNER", "ALGORITHM", "TITLE", "ACTIONS", "PRESETS", "AVAILABLE"),
        [
            (
                runner.id,
                algorithm.id,
                algorithm.title,
                ", ".join(algorithm.action_spaces),
                ", ".join(sorted({preset.id for preset in algorithm.presets})),
                "yes" if runner.available else f"no: {runner.unavailable_reason}",
            )
            for runner in found
            for algorithm in runner.algorithms
        ],
        empty="No runners are installed: `pip install gymlab[all]`.",
    )
