"""The table of speeds as Markdown, and the bars that were missed."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.machine import Machine
from benchmarks.speed.records import Cell, Record, cell
from benchmarks.speed.rows import COLUMNS, ROWS, Row

BASE = "sb3"


def markdown(records: Sequence[Record], fraction: float, extras: Mapping[str, Any]) -> str:
    """Return every table that can be made of what was measured."""
    lines = [*_heading(records, fraction), "", *_speeds(records, fraction)]
    lines += ["", *_returns(records, fraction)]
    lines += [*_solved(extras.get("solved", [])), *_live(extras.get("live", []))]
    return "\n".join(lines) + "\n"


def missed_bars(records: Sequence[Record], fraction: float) -> list[str]:
    """Return a line for every bar that was measured and not reached; shares of a row reach none."""
    if fraction != 1.0:
        return []
    return [line for row in ROWS for line in _missed(records, row)]


def _missed(records: Sequence[Record], row: Row) -> Iterator[str]:
    def speed(column: str) -> float | None:
        return cell(records, row.id, column, 1.0).speed

    base = speed(BASE)
    for column, bar in row.bars.items():
        own = speed(column)
        if own and base and own / base < bar:
            yield f"{row.title}: {column} {own / base:.2f}x SB3, {bar:g}x wanted"
    for column, bar in row.least_speed.items():
        own = speed(column)
        if own and own < bar:
            yield f"{row.title}: {column} {own:,.0f} timesteps/s, {bar:,.0f} wanted"
    own, limit = speed("turbo"), speed("limit")
    if row.most_over_limit and own and limit and limit / own > row.most_over_limit:
        yield f"{row.title}: {limit / own:.2f}x the time of the environment alone"


def _heading(records: Sequence[Record], fraction: float) -> list[str]:
    machines: list[Machine] = [record.machine for record in records if record.machine]
    if not machines:
        return ["Nothing was measured yet."]
    newest = max(machines, key=lambda machine: machine["date"])
    versions = ", ".join(f"{name} {number}" for name, number in newest["versions"].items())
    rounds = [
        cell(records, row.id, column, fraction).num_rounds for row in ROWS for column in row.columns
    ]
    known = [number for number in rounds if number]
    least, most = min(known, default=0), max(known, default=0)
    measured = str(least) if least == most else f"{least} to {most}"
    text = (
        f"{newest['date'][:10]}, {newest['cpu']}, {newest['cores']} cores, "
        f"{newest['memory_gib']} GiB, no GPU; {versions}. Median of {measured} rounds in turns; "
        "timesteps per second of training time, and how many times SB3's speed."
    )
    lines = [text]
    if fraction != 1.0:
        lines.append(f"**Only {fraction:.0%} of each row's timesteps were trained.**")
    return lines


def _speeds(records: Sequence[Record], fraction: float) -> list[str]:
    lines = ["| | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for row in ROWS:
        base = cell(records, row.id, BASE, fraction).speed
        cells = [
            _speed(cell(records, row.id, column, fraction), base, is_there=column in row.columns)
            for column in COLUMNS
        ]
        lines.append(f"| {row.title} | " + " | ".join(cells) + " |")
    return lines


def _speed(found: Cell, base: float | None, *, is_there: bool) -> str:
    if not is_there:
        return "n/a"
    if found.speed is None:
        return f"- ({found.missing})" if found.missing else "-"
    text = f"{found.speed:,.0f}"
    return f"{text} ({found.speed / base:.1f}x)" if base else text


def _returns(records: Sequence[Record], fraction: float) -> list[str]:
    names = {key: title for key, title in COLUMNS.items() if key != "limit"}
    lines = [
        "Greedy return over 100 episodes at the end, memory, and set-up before the first timestep:",
        "",
        "| | " + " | ".join(names.values()) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for row in ROWS:
        found = [cell(records, row.id, column, fraction) for column in names]
        lines.append(f"| {row.title} | " + " | ".join(_ending(item) for item in found) + " |")
    return lines


def _ending(found: Cell) -> str:
    if found.num_rounds == 0:
        return "-"
    known = "?" if found.final_return is None else f"{found.final_return:,.1f}"
    memory = f"{(found.memory_bytes or 0) / 1e6:,.0f} MB"
    return f"{known}, {memory}, {found.setup_s or 0.0:.1f} s"


def _solved(found: Sequence[Mapping[str, Any]]) -> list[str]:
    if not found:
        return []
    lines = [
        "",
        "From TRAIN to solved (the threshold on 100 greedy episodes, evaluations included):",
    ]
    lines += ["", "| | engine | cold | warm |", "|---|---|---|---|"]
    keys = dict.fromkeys((item["row"], item["column"]) for item in found)
    for row_id, column in keys:
        title = next(row.title for row in ROWS if row.id == row_id)
        spans = [_span(found, row_id, column, is_warm=is_warm) for is_warm in (False, True)]
        lines.append(f"| {title} | {column} | {spans[0]} | {spans[1]} |")
    return lines


def _span(found: Sequence[Mapping[str, Any]], row_id: str, column: str, *, is_warm: bool) -> str:
    wanted = (row_id, column, is_warm)
    mine = [item for item in found if (item["row"], item["column"], item["warm"]) == wanted]
    solved = [float(item["seconds"]) for item in mine if item["seconds"] is not None]
    if not mine:
        return "-"
    if len(solved) * 2 <= len(mine):
        return f"not within the budget ({len(solved)} of {len(mine)} rounds)"
    return f"{median(solved):.1f} s ({len(solved)} of {len(mine)} rounds)"


def _live(found: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [
        f"- {item['column']}, {item['row']}: speed with one viewer at 30 pictures a second over "
        f"speed without: {item['watched_over_unwatched']:.3f}"
        for item in found
        if "watched_over_unwatched" in item
    ]
    return ["", "Cost of the live view:", "", *lines] if lines else []
