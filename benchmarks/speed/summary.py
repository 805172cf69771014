"""The table of speeds as Markdown, and the bars that were missed."""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.machine import Machine, gpu_text
from benchmarks.speed.extras import Extras, Item
from benchmarks.speed.records import Cell, Condition, Record, cell
from benchmarks.speed.rows import COLUMNS, ROWS, Row

BASE = "sb3"
ENOUGH_ROUNDS = 5
"""Fewer are said in the cell."""
MOST_LIVE_COST = 0.05
"""Share of the speed that one viewer may cost."""


def markdown(records: Sequence[Record], condition: Condition, extras: Extras) -> str:
    """Return every table that can be made of what was measured."""
    lines = [*_heading(records, condition), "", *_speeds(records, condition)]
    lines += ["", *_returns(records, condition)]
    solved, live = (
        [item for item in extras.of(kind) if item["fraction"] == condition.fraction]
        for kind in ("solved", "live")
    )
    lines += [*_solved(solved), *_live(live), *_pictures(extras.of("first-frame"))]
    return "\n".join(lines) + "\n"


def missed_bars(records: Sequence[Record], condition: Condition, extras: Extras) -> list[str]:
    """Return a line for every bar that was measured and not reached; shares of a row reach none."""
    if condition != Condition():
        return []
    live = [item for item in extras.of("live") if item["fraction"] == 1.0]
    costs = [
        f"{_title(row)}: one viewer costs {column} {1 - ratio:.1%}, at most {MOST_LIVE_COST:.0%} wanted"
        for (row, column), (ratio, _) in _ratios(live).items()
        if column == "turbo" and 1 - ratio > MOST_LIVE_COST
    ]
    return [line for row in ROWS for line in _missed(records, row)] + costs


def _missed(records: Sequence[Record], row: Row) -> Iterator[str]:
    def speed(column: str) -> float | None:
        return cell(records, row.id, column, Condition()).speed

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


def _heading(records: Sequence[Record], condition: Condition) -> list[str]:
    fitting = [record for record in records if record.condition == condition]
    machines: list[Machine] = [record.machine for record in fitting if record.machine]
    if not machines:
        return ["Nothing was measured yet."]
    newest = max(machines, key=lambda machine: machine["date"])
    versions = ", ".join(f"{name} {number}" for name, number in newest["versions"].items())
    rounds = [
        cell(records, row.id, column, condition).num_rounds
        for row in ROWS
        for column in row.columns
    ]
    known = [number for number in rounds if number]
    least, most = min(known, default=0), max(known, default=0)
    measured = str(least) if least == most else f"{least} to {most}"
    text = (
        f"{_dates(machines)}, {newest['cpu']}, {newest['cores']} cores, {newest['memory_gib']} GiB, "
        f"{gpu_text(newest)}, computed on {condition.device}; {versions}. Median of {measured} "
        "rounds in turns (few rounds are said in their cells); timesteps per second of training "
        "time, and how many times SB3's speed."
    )
    lines = [text]
    if condition.fraction != 1.0:
        lines.append(f"**Only {condition.fraction:.1%} of each row's timesteps were trained.**")
    return lines


def _dates(machines: Sequence[Machine]) -> str:
    days = sorted({machine["date"][:10] for machine in machines})
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _speeds(records: Sequence[Record], condition: Condition) -> list[str]:
    lines = ["| | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for row in ROWS:
        base = cell(records, row.id, BASE, condition).speed
        cells = [
            _speed(cell(records, row.id, column, condition), base, is_there=column in row.columns)
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
    if base:
        text += f" ({found.speed / base:.1f}x)"
    if found.num_rounds < ENOUGH_ROUNDS:
        text += f", {found.num_rounds} round{'s' * (found.num_rounds > 1)}"
    return text


def _returns(records: Sequence[Record], condition: Condition) -> list[str]:
    names = {key: title for key, title in COLUMNS.items() if key != "limit"}
    lines = [
        "Greedy return over 100 episodes at the end, memory, and set-up before the first timestep:",
        "",
        "| | " + " | ".join(names.values()) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for row in ROWS:
        found = [cell(records, row.id, column, condition) for column in names]
        lines.append(f"| {row.title} | " + " | ".join(_ending(item) for item in found) + " |")
    return lines


def _ending(found: Cell) -> str:
    if found.num_rounds == 0:
        return "-"
    known = "?" if found.final_return is None else f"{found.final_return:,.1f}"
    memory = f"{(found.memory_bytes or 0) / 1e6:,.0f} MB"
    return f"{known}, {memory}, {found.setup_s or 0.0:.1f} s"


def _solved(found: Sequence[Item]) -> list[str]:
    if not found:
        return []
    lines = [
        "",
        "From TRAIN to solved (the threshold on 100 greedy episodes, evaluations included):",
    ]
    lines += ["", "| | engine | cold | warm |", "|---|---|---|---|"]
    keys = dict.fromkeys((item["row"], item["column"]) for item in found)
    for row_id, column in keys:
        spans = [_span(found, row_id, column, is_warm=is_warm) for is_warm in (False, True)]
        lines.append(f"| {_title(row_id)} | {column} | {spans[0]} | {spans[1]} |")
    return lines


def _title(row_id: str) -> str:
    return next(row.title for row in ROWS if row.id == row_id)


def _span(found: Sequence[Item], row_id: str, column: str, *, is_warm: bool) -> str:
    wanted = (row_id, column, is_warm)
    mine = [item for item in found if (item["row"], item["column"], item["warm"]) == wanted]
    solved = [float(item["seconds"]) for item in mine if item["seconds"] is not None]
    if not mine:
        return "-"
    if len(solved) * 2 <= len(mine):
        return f"not within the budget ({len(solved)} of {len(mine)} rounds)"
    return f"{median(solved):.1f} s ({len(solved)} of {len(mine)} rounds)"


def _ratios(found: Sequence[Item]) -> dict[tuple[str, str], tuple[float, int]]:
    """Return row, column -> median of watched over unwatched speed, and of how many rounds."""
    rounds: dict[tuple[str, str], list[float]] = {}
    for item in found:
        ratio = float(item["watched"]) / float(item["unwatched"])
        rounds.setdefault((item["row"], item["column"]), []).append(ratio)
    return {key: (median(values), len(values)) for key, values in rounds.items()}


def _live(found: Sequence[Item]) -> list[str]:
    lines = [
        f"- {_title(row)}, {column}: {ratio:.3f} ({count} round{'s' * (count > 1)})"
        for (row, column), (ratio, count) in _ratios(found).items()
    ]
    heading = "Speed with one viewer at 30 pictures a second over speed without:"
    return ["", heading, "", *lines] if lines else []


def _pictures(found: Sequence[Item]) -> list[str]:
    lines: list[str] = []
    for column in dict.fromkeys(item["column"] for item in found):
        spans: list[str] = []
        for is_warm, name in ((True, "with a warm worker"), (False, "cold")):
            mine = [
                item["seconds"]
                for item in found
                if (item["column"], item["warm"]) == (column, is_warm)
            ]
            if mine:
                spans.append(f"{median(mine):.2f} s {name} ({len(mine)} rounds)")
        lines.append(f"- {column}: {', '.join(spans)}")
    return ["", "From TRAIN to the first picture, CartPole-v1 PPO:", "", *lines] if lines else []
