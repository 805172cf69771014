"""Train seeds of engines that are missing, and draw their curves with bands for the docs.

A seed that was trained is kept in `results/bands.jsonl`; calls for some rows, engines and seeds add
up. `--summary` trains nothing.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.bands.bands import ENGINES, WANTED, band_of, table
from benchmarks.bands.plot import bands_plot
from benchmarks.bands.records import RECORDS, Seed, append, of, read
from benchmarks.speed.page import IMAGES, between
from benchmarks.speed.rows import COLUMNS, ROWS, Row, row_of
from benchmarks.viewer import ROOT

PAGE = IMAGES.parent / "algorithms" / "compiled.md"
BEGIN, END = "<!-- the curves -->", "<!-- end of the curves -->"
IDS = tuple(row.id for row in ROWS if "sb3" in row.columns)
LACKING = {("pendulum-sac", "native")}
"""Rows that an engine has no algorithm for."""
console = Console(stderr=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what was asked for and is missing, print the table; 1 when a training failed."""
    parsed = _parser().parse_args(arguments)
    num_failed = 0
    if not parsed.summary:
        # Seed by seed, so that engines have as many each when time runs out.
        for seed in range(parsed.first_seed, parsed.first_seed + parsed.seeds):
            for row_id in parsed.rows:
                for engine in parsed.engines:
                    timesteps = int(row_of(row_id).timesteps * parsed.fraction)
                    num_failed += not train(row_id, engine, seed, timesteps, parsed.records)
    records = read(parsed.records)
    text = table(records, parsed.fraction)
    sys.stdout.write(text)
    if parsed.write:
        _write(records, text, parsed)
    return 1 if num_failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bands", description=__doc__)
    parser.add_argument("--rows", nargs="+", choices=IDS, default=["cartpole-ppo"])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--seeds", type=int, default=WANTED)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the timesteps")
    parser.add_argument("--records", type=Path, default=RECORDS)
    parser.add_argument("--summary", action="store_true", help="train nothing")
    parser.add_argument("--write", action="store_true", help=f"write to {PAGE.name}, draw plots")
    parser.add_argument("--page", type=Path, default=PAGE, help="another page, plots beside it")
    return parser


def train(row_id: str, engine: str, seed: int, timesteps: int, path: Path) -> bool:
    """Train one seed in a fresh process, unless it was; tell whether it is there now."""
    if (row_id, engine) in LACKING:
        return True
    if any(item.seed == seed for item in of(read(path), row_id, engine, timesteps)):
        return True
    console.print(f"{row_id}, {engine}, seed {seed} ...", style="dim")
    words = [sys.executable, "-m", "benchmarks.bands.script", row_id, engine]
    words += ["--seed", str(seed), "--timesteps", str(timesteps)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        console.print(done.stderr.decode(errors="replace")[-2000:], style="red", markup=False)
        return False
    append(Seed(**json.loads(done.stdout.splitlines()[-1])), path)
    return True


def _write(records: Sequence[Seed], text: str, parsed: argparse.Namespace) -> None:
    if parsed.page == PAGE and parsed.fraction != 1.0:
        console.print("only whole budgets are written to the docs", style="red")
        return
    folder = IMAGES if parsed.page == PAGE else parsed.page.parent
    prefix = "../images/" if parsed.page == PAGE else ""
    lines = [text]
    for row in ROWS:
        drawn = _drawn(records, row, int(row.timesteps * parsed.fraction))
        if drawn is not None:
            name = f"curves-{row.id}.svg"
            (folder / name).write_text(drawn, encoding="utf-8")
            lines.append(f"![{row.title}: return over timesteps]({prefix}{name})")
    page = parsed.page.read_text(encoding="utf-8")
    parsed.page.write_text(between(page, BEGIN, END, "\n\n".join(lines)), encoding="utf-8")


def _drawn(records: Sequence[Seed], row: Row, timesteps: int) -> str | None:
    seeds = {engine: of(records, row.id, engine, timesteps) for engine in ENGINES}
    bands = {
        f"{COLUMNS[engine]} ({len(found)})": band_of(found)
        for engine, found in seeds.items()
        if found
    }
    if not any(band.timesteps for band in bands.values()):
        return None
    title = f"{row.title}: mean return of the latest 20 episodes of training"
    return bands_plot(bands, title, "timesteps; line: mean of the seeds, band: lowest to highest")


if __name__ == "__main__":
    sys.exit(main())
