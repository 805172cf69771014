"""`gymlab doctor`: is everything there that training and the page need?"""

from collections.abc import Sequence

import typer

from gymlab.cli import exit_codes, output
from gymlab.cli.connection import HomeOption
from gymlab.cli.doctor_checks import CHECKS, Finding, Verdict
from gymlab.cli.output import JsonOption
from gymlab.errors import ErrorKind
from gymlab.settings import load_settings

app = typer.Typer()
_COLOURS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.ERROR: "bold red"}


@app.command(epilog=exit_codes.epilog())
def doctor(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check Python, torch, the device, the web app, SQLite, the sandbox, disk and ports."""
    settings = load_settings({"home": home})
    findings = [check(settings) for check in CHECKS]
    if as_json:
        output.print_json([finding.as_dict() for finding in findings])
    else:
        _print(findings)
    if any(finding.verdict is Verdict.ERROR for finding in findings):
        raise typer.Exit(exit_codes.BY_KIND[ErrorKind.UNAVAILABLE])


def _print(findings: Sequence[Finding]) -> None:
    for finding in findings:
        colour = _COLOURS[finding.verdict]
        output.stdout.print(f"[{colour}]{finding.verdict.value:8}[/]", end="")
        output.stdout.print(f"{finding.name:10} {finding.detail}", markup=False)
        if finding.fix and finding.verdict is not Verdict.OK:
            output.stdout.print(f"{'':19}fix: {finding.fix}", markup=False)
