"""Pictures and tables of what was trained, put into the pages."""

from collections.abc import Sequence
from os.path import relpath
from statistics import median

from benchmarks.curves.comparing import WANTED_SEEDS, comparison
from benchmarks.curves.lines import COMPARED, ROOT, Drawing
from benchmarks.curves.picture import Curve, draw, filled
from benchmarks.curves.records import Learned, of_line
from benchmarks.curves.training import NUM_EPISODES

BEGIN, END = "<!-- curves: make bench-curves -->", "<!-- end of the curves -->"


def picture_of(drawing: Drawing, records: Sequence[Learned]) -> str | None:
    """Return the picture as SVG, or None where nothing was trained."""
    curves = [
        Curve(line.title, seeds[0].timesteps, filled([seed.returns for seed in seeds]))
        for line in drawing.every_line
        if (seeds := of_line(records, line))
    ]
    return draw(curves, f"Training return in {drawing.env_id}") if curves else None


def text_of(drawing: Drawing, records: Sequence[Learned]) -> str:
    """Return what stands on the page between its two marks."""
    known = [(line, of_line(records, line)) for line in drawing.every_line]
    known = [(line, seeds) for line, seeds in known if seeds]
    if not known:
        return "No curves were measured yet."
    address = relpath(drawing.picture, (ROOT / drawing.page).parent)
    lines = [
        f"![Training return of {drawing.env_id} over the seeds]({address})",
        "",
        "The presets `tuned`, mean return of the training episodes in each fiftieth of the budget: the line is the median of the seeds, the",
        "dark band the middle half of them, the light one all of them. The greedy return is the last policy's mean over at least",
        f"{NUM_EPISODES} episodes.",
        "",
        "| | timesteps | seeds | greedy return: median (least to most) |",
        "|---|---|---|---|",
        *(_row(line.title, seeds) for line, seeds in known),
    ]
    fewer = [line.title for line, seeds in known if len(seeds) < WANTED_SEEDS]
    if fewer:
        lines += [
            "",
            f"Fewer than {WANTED_SEEDS} seeds, so no more than a hint: {'; '.join(fewer)}.",
        ]
    return "\n".join(lines)


def _row(title: str, seeds: Sequence[Learned]) -> str:
    returns = [seed.greedy_return for seed in seeds]
    spread = f"{_number(median(returns))} ({_number(min(returns))} to {_number(max(returns))})"
    return f"| {title} | {seeds[0].timesteps:,} | {len(seeds)} | {spread} |"


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def with_curves(page: str, text: str) -> str:
    """Return a page with another text between the marks.

    Raises:
        ValueError: It has no marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page has no {BEGIN} ... {END}.")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def compared_text(records: Sequence[Learned]) -> str:
    """Return the table of all comparisons, and their pictures."""
    shown = [
        f"![{drawing.env_id}, engine by engine]({relpath(drawing.picture, (ROOT / drawing.page).parent)})"
        for drawing in COMPARED
        if picture_of(drawing, records) is not None
    ]
    return "\n\n".join([comparison(records), *shown])


def write(drawings: Sequence[Drawing], records: Sequence[Learned]) -> None:
    """Draw every picture and fill every page."""
    for drawing in drawings:
        picture = picture_of(drawing, records)
        if picture is not None:
            drawing.picture.parent.mkdir(exist_ok=True)
            drawing.picture.write_text(picture, encoding="utf-8")
        is_compared = drawing in COMPARED
        text = compared_text(records) if is_compared else text_of(drawing, records)
        path = ROOT / drawing.page
        path.write_text(with_curves(path.read_text(encoding="utf-8"), text), encoding="utf-8")
