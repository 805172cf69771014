"""Verdicts, and what is kept of a measurement."""

import json
from pathlib import Path
from typing import Literal

import pytest

from benchmarks.figure import Figure, median_figure
from benchmarks.machine import this_machine
from benchmarks.table import store


@pytest.mark.parametrize(
    ("measured", "better", "is_ok"),
    [
        (0.97, "higher", True),
        (0.9699, "higher", False),
        (0.4, "lower", True),
        (0.41, "lower", False),
    ],
)
def test_a_bar_is_reached_or_missed(
    measured: float, better: Literal["higher", "lower"], is_ok: bool
) -> None:
    """The bar itself counts as reached."""
    bar = 0.97 if better == "higher" else 0.4
    figure = Figure(what="w", measured=measured, unit="", bar=bar, better=better)

    assert figure.is_ok is is_ok


def test_a_group_that_was_not_measured_keeps_its_numbers(tmp_path: Path) -> None:
    """Measuring one figure again does not lose the others."""
    path = tmp_path / "latest.json"
    figures = {
        name: [median_figure(name, [1.0, 9.0, value], unit="s", bar=None, better="lower")]
        for name, value in (("a", 2.0), ("b", 3.0))
    }
    store(figures, this_machine(), path)
    again = median_figure("a", [5.0], unit="s", bar=4.0, better="lower")

    store({"a": [again]}, this_machine(), path)

    kept = json.loads(path.read_text())
    assert kept["a"]["figures"][0] | {"measured": 5.0, "ok": False} == kept["a"]["figures"][0]
    assert kept["b"]["figures"][0]["measured"] == 3.0
