"""Kill every algorithm in every family of environments that is declared exact, and print a table.

`python -m tests.integration.reliability.kill_matrix`, or `make kills`: 20 kills for each pair, each
at a random moment, a third of them of the process that watches the worker as well. Rows and every
file of the last checkpoint must be those of a run that was left alone, which is trained once for
each pair.

It takes hours. `--only` and `--part` choose pairs; with `--log` every pair is written down as soon
as it is done, and those that stand there without a difference are not killed again.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integration.reliability.killing import (
    FAMILIES,
    NUM_KILLS,
    compare_with_kills,
    declared_exact,
    pairs,
)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one pair."""

    algorithm: str
    env_id: str
    kills: int
    seconds: float
    difference: str | None

    @property
    def pair(self) -> tuple[str, str]:
        """Algorithm and environment."""
        return self.algorithm, self.env_id

    def __str__(self) -> str:
        """Return a line of the table."""
        found = "0 differences" if self.difference is None else f"FAILED: {self.difference}"
        family = next(name for name, envs in FAMILIES.items() if self.env_id in envs)
        return (
            f"{self.algorithm:15} {family:16} {self.env_id:24} {self.kills:3} kills "
            f"{self.seconds:6.0f} s  {found}"
        )


def killed(wanted: Sequence[tuple[str, str]], kills: int, seed: int) -> Iterator[Row]:
    """Yield a row for every pair; one that differs does not keep the others back."""
    for algorithm, env_id in wanted:
        begun = time.monotonic()
        difference, counted = None, 0
        with TemporaryDirectory(prefix="gymlab-kills-") as folder:
            try:
                counted = compare_with_kills(
                    Path(folder), (algorithm, env_id), kills=kills, seed=seed, num_warm=2
                )
            except AssertionError as error:
                difference = (str(error).splitlines() or ["an assertion failed"])[0][:200]
        yield Row(algorithm, env_id, counted, time.monotonic() - begun, difference)


def chosen(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Return the pairs that are asked for."""
    words: list[str] = [word.lower() for word in options.only] or [""]
    first, _, of = options.part.partition("/")
    named = [pair for pair in pairs() if any(word in " ".join(pair).lower() for word in words)]
    return named[int(first) - 1 :: int(of)]


def logged(log: Path | None) -> list[Row]:
    """Return what stands in the log, the newest word on every pair."""
    lines = log.read_text(encoding="utf-8").splitlines() if log and log.exists() else []
    rows = [Row(**json.loads(line)) for line in lines]
    return list({row.pair: row for row in rows}.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=NUM_KILLS, help="for each pair")
    parser.add_argument("--seed", type=int, default=2, help="of the moments")
    parser.add_argument(
        "--only",
        nargs="*",
        default=[],
        help="pairs whose algorithm or environment has one of these",
    )
    parser.add_argument("--part", default="1/1", help="for example 1/2: every second pair")
    parser.add_argument("--log", type=Path, help="file with what was found; goes on where it ends")
    options = parser.parse_args(arguments)
    wanted = chosen(options)
    rows = [row for row in logged(options.log) if row.pair in wanted]
    rows = [row for row in rows if row.difference is None and row.kills >= options.kills]
    sys.stdout.writelines(f"{row}  (from the log)\n" for row in rows)
    known = {row.pair for row in rows}
    for row in killed([pair for pair in wanted if pair not in known], options.kills, options.seed):
        rows.append(row)
        sys.stdout.write(f"{row}\n")
        sys.stdout.flush()
        if options.log:
            with options.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row)) + "\n")
    wrong = [row for row in rows if row.difference is not None]
    missing = sorted(declared_exact() - {algorithm for algorithm, _ in pairs()})
    sys.stdout.write(
        f"{len(rows)} pairs, {sum(row.kills for row in rows)} kills, {len(wrong)} pairs failed, "
        f"{sum(row.seconds for row in rows) / 60:.0f} minutes"
        f"{'; without settings: ' + ', '.join(missing) if missing else ''}\n"
    )
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
