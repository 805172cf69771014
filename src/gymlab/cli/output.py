"""Printing: tables and lines for people, JSON for programs."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gymlab.errors import LabError

PIPE_WIDTH = 240
"""A pipe has no edge: what another command reads is not broken at the 80th column."""
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

stdout = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPE_WIDTH)
stderr = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Write JSON to standard output, models included."""
    json.dump(value, sys.stdout, indent=2, default=_jsonable, ensure_ascii=False)
    sys.stdout.write("\n")


def _jsonable(value: object) -> object:
    # Asked for by name: importing pydantic for its base class would slow every command down.
    dump = getattr(value, "model_dump", None)
    return str(value) if dump is None else dump(mode="json", by_alias=True)


def print_found(
    found: object,
    titles: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    empty: str,
    as_json: bool,
) -> None:
    """Print what was found as JSON for programs, or as a table for people."""
    if as_json:
        print_json(found)
    else:
        print_table(titles, rows, empty=empty)


def print_table(titles: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """Print rows under titles, or one line that says why there are none.

    The first column is never broken: it holds what is copied into the next command.
    """
    if not rows:
        stdout.print(escape(empty))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, title in enumerate(titles):
        table.add_column(title, overflow="fold", no_wrap=place == 0)
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    stdout.print(table, soft_wrap=False)


def print_pairs(pairs: Sequence[tuple[str, object]]) -> None:
    """Print names and values in two columns; empty values are left out."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", [], {}):
            table.add_row(name, escape(str(value)))
    stdout.print(table, soft_wrap=False)


def print_error(error: LabError) -> None:
    """Print what happened and what to do, one line each, to standard error."""
    stderr.print(f"[bold red]error:[/] {escape(error.detail)}")
    for problem in error.fields:
        if problem.detail not in error.detail:
            hint = f" {problem.hint}" if problem.hint else ""
            stderr.print(f"  {escape(problem.field)}: {escape(problem.detail + hint)}")
    if error.hint:
        stderr.print(f"[bold]hint:[/] {escape(error.hint)}")


def duration(seconds: float | None) -> str:
    """Return a duration as people write it: `42 s`, `3 min 05 s`, `2 h 07 min`."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(number: float | None) -> str:
    """Return a number of bytes as people write it."""
    if number is None:
        return ""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def number(value: float | None, digits: int = 1) -> str:
    """Return a number with thousands separated, or nothing."""
    return "" if value is None else f"{value:,.{digits}f}"
