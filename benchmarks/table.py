"""Printing and keeping the figures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure
from benchmarks.machine import Machine

LATEST = Path(__file__).parent / "results" / "latest.json"


def print_table(figures: Sequence[Figure], machine: Machine, console: Console) -> None:
    """Print one table of everything that was measured."""
    table = Table()
    for heading in ("what", "measured", "must reach", ""):
        table.add_column(heading, justify="left" if heading in {"what", ""} else "right")
    for figure in figures:
        what = f"{figure.what}\n[dim]{figure.note}[/dim]" if figure.note else figure.what
        table.add_row(what, show(figure.measured, figure.unit), _bar(figure), _verdict(figure))
    console.print(_title(machine), highlight=False)
    console.print(table)


def store(groups: Mapping[str, Sequence[Figure]], machine: Machine, path: Path = LATEST) -> None:
    """Replace the groups that were measured and keep the others with their own date."""
    kept: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    for name, figures in groups.items():
        kept[name] = {"machine": machine, "figures": [_document(figure) for figure in figures]}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def show(value: float, unit: str) -> str:
    """Return a number with its unit and three significant digits."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    sign = ">=" if figure.better == "higher" else "<="
    return f"{sign} {show(figure.bar, figure.unit)}"


def _verdict(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    return "[green]ok[/green]" if figure.is_ok else "[bold red]MISSED[/bold red]"


def _title(machine: Machine) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    load = " ".join(f"{value:.2f}" for value in machine["load_average"])
    return (
        f"{machine['date']}  {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, load {load} before\n{versions}"
    )


def _document(figure: Figure) -> dict[str, Any]:
    return {
        "what": figure.what,
        "measured": round(figure.measured, 6),
        "unit": figure.unit,
        "bar": figure.bar,
        "better": figure.better,
        "ok": figure.is_ok,
        "samples": [round(sample, 6) for sample in figure.samples],
        "note": figure.note,
    }
