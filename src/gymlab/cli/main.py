"""Entry of the `gymlab` command: finds the command, turns errors into exit codes."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Annotated

import typer
from rich.markup import escape

import gymlab
from gymlab.cli import exit_codes
from gymlab.cli.output import print_error, stderr, stdout
from gymlab.errors import LabError

COMMANDS: Mapping[str, str] = {
    "serve": "gymlab.cli.serve",
    "train": "gymlab.cli.train",
    "evaluate": "gymlab.cli.evaluate",
    "runs": "gymlab.cli.runs",
    "experiments": "gymlab.cli.experiments",
    "bin": "gymlab.cli.bin",
    "storage": "gymlab.cli.storage",
    "models": "gymlab.cli.models",
    "compare": "gymlab.cli.compare",
    "envs": "gymlab.cli.envs",
    "runners": "gymlab.cli.runners",
    "doctor": "gymlab.cli.doctor",
}
"""Command -> module that defines its `app`."""
SUMMARIES: Mapping[str, str] = {
    "serve": "Start the lab: the page and the API on one port, data in one folder.",
    "train": "Train an agent and watch its return grow.",
    "evaluate": "Play a trained policy in fresh environments and say how good it is.",
    "runs": "List, show and control runs.",
    "experiments": "List, show, stop and remove experiments: runs that differ by seed.",
    "bin": "List and empty the bin of deleted runs.",
    "storage": "Show what the disk has, what runs and the bin take of it, and the largest runs.",
    "models": "List trained models, download them, import others.",
    "compare": "Compare runs: groups of seeds, intervals of their returns and a verdict in words.",
    "envs": "List and show environments.",
    "runners": "List training backends.",
    "doctor": "Check Python, torch, the device, the web app, SQLite, the sandbox, disk and ports.",
}
"""Command -> first line of its help, so that `gymlab --help` imports none of them."""
GROUPS = frozenset({"runs", "experiments", "bin", "models", "envs", "runners"})
"""Commands that have commands of their own."""
_HELP = frozenset({"-h", "--help", "--version"})


def _print_version(value: bool) -> None:  # noqa: FBT001 - the form typer calls
    if value:
        stdout.print(f"gymlab {gymlab.__version__}")
        raise typer.Exit


def gymlab_command(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Train, watch, question and share reinforcement-learning agents."""


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """Return the application with the command that is asked for, or with all of them.

    Only the module of the command in use is imported: `gymlab serve` does not pay for the rest.
    """
    app = typer.Typer(
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=exit_codes.epilog(),
        pretty_exceptions_enable=False,
    )
    app.callback()(gymlab_command)
    asked = arguments[0] if arguments else ""
    if asked in _HELP:
        for name, summary in SUMMARIES.items():
            app.command(name, help=summary)(_listed_only)
        return app
    for name in [asked] if asked in COMMANDS else COMMANDS:
        command = import_module(COMMANDS[name]).app
        app.add_typer(command, name=name if name in GROUPS else None)
    return app


def _listed_only() -> None:
    """Stand for a command in the list of all."""


def main() -> None:
    """Run the command line; the process ends with a documented exit code."""
    try:
        build_app(sys.argv[1:])(prog_name="gymlab")
    except LabError as error:
        print_error(error)
        sys.exit(exit_codes.BY_KIND[error.kind])
    except KeyboardInterrupt:
        sys.exit(exit_codes.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - edge: the last line of defence of a command
        stderr.print(f"[bold red]unexpected error:[/] {type(error).__name__}: {escape(str(error))}")
        stderr.print("[bold]hint:[/] This is a bug in gymlab; `gymlab doctor` checks the set-up.")
        sys.exit(exit_codes.BUG)
