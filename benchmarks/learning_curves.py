"""`python -m benchmarks.learning_curves`: train several seeds of every curve, draw them."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.curves.lines import COMPARED, DRAWINGS, Drawing, Line
from benchmarks.curves.pages import write
from benchmarks.curves.records import RECORDS, Learned, append, of_line, read
from benchmarks.curves.training import learn

NUM_SEEDS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing, seed by seed, then draw pictures and fill the pages."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning_curves")
    every = (*DRAWINGS, *COMPARED)
    names = [drawing.id for drawing in every]
    parser.add_argument("--only", nargs="*", choices=names, help="pictures")
    parser.add_argument("--lines", nargs="*", metavar="ENGINE-ALGORITHM", help="as turbo-ppo")
    parser.add_argument("--seeds", type=int, default=NUM_SEEDS, help="seeds of each curve")
    parser.add_argument("--draw", action="store_true", help="train nothing, only draw and write")
    parser.add_argument("--records", type=Path, default=RECORDS)
    parsed = parser.parse_args(arguments)
    drawings = [each for each in every if parsed.only is None or each.id in parsed.only]
    if not parsed.draw:
        for seed in range(parsed.seeds):
            train(_wanted(drawings, parsed.lines), seed, parsed.records)
    write(drawings, read(parsed.records))
    return 0


def _wanted(drawings: Sequence[Drawing], names: Sequence[str] | None) -> list[Line]:
    found = [line for drawing in drawings for line in drawing.every_line]
    return [
        line
        for line in dict.fromkeys(found)
        if names is None or f"{line.runner}-{line.algorithm}" in names
    ]


def train(lines: Sequence[Line], seed: int, path: Path) -> None:
    """Train one seed of each line, unless it was."""
    console = Console(stderr=True)
    records: list[Learned] = read(path)
    for line in lines:
        if any(record.seed == seed for record in of_line(records, line)):
            continue
        record = learn(line, seed)
        append(record, path)
        console.print(f"{line.title} {line.env_id} seed {seed}: {record.greedy_return:g}")


if __name__ == "__main__":
    sys.exit(main())
