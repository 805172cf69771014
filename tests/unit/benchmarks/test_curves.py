"""Learning curves over seeds: what is kept, drawn and written."""

import re
from pathlib import Path
from xml.dom.minidom import parseString

import numpy as np
import pytest

from benchmarks.curves import pages
from benchmarks.curves.comparing import inside_of_others, share_inside
from benchmarks.curves.lines import COMPARED, DRAWINGS, Drawing, Line
from benchmarks.curves.picture import Curve, draw, filled
from benchmarks.curves.records import NUM_PARTS, Learned, append, digest_of, of_line, read
from benchmarks.curves.training import learn, parts_of

LINE = Line("native", "ppo", "gymlab/GridWorld-v0")
DRAWING = Drawing("grid", LINE.env_id, "docs/environments/gridworld.md", (("native", "ppo"),))


def learned(seed: int, greedy_return: float = 0.5) -> Learned:
    """Return a made-up training of the line."""
    preset = LINE.preset
    return Learned(
        runner=LINE.runner, algorithm=LINE.algorithm, env_id=LINE.env_id, seed=seed,
        preset=digest_of(preset), timesteps=preset["total_timesteps"],
        returns=[None, *np.linspace(-1, seed / 10, NUM_PARTS - 1).tolist()],
        greedy_return=greedy_return, versions={"torch": "1"},
    )  # fmt: skip


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.id)
def test_pages_show_what_was_trained(drawing: Drawing) -> None:
    """Picture and table are those of the kept records: nobody wrote a number by hand."""
    page = Path(drawing.page).read_text(encoding="utf-8")
    records = read()
    assert pages.with_curves(page, pages.text_of(drawing, records)) == page
    picture = pages.picture_of(drawing, records)
    if picture is not None:
        assert drawing.picture.read_text(encoding="utf-8") == picture


def test_a_part_has_the_episodes_that_ended_in_it_or_the_latest() -> None:
    """The last timestep of a part is its own; before the first episode there is no number."""
    parts = parts_of([(3, 1.0), (4, 3.0), (5, 8.0), (101, 4.0)], 100)
    assert parts[:4] == [None, 2.0, 4.0, 4.0]
    assert parts[-1] == 4.0
    assert len(parts) == NUM_PARTS
    many = [(now, float(now > 2)) for now in (1, 2, 3, 4) for _ in range(30)]
    assert parts_of(many, 100)[:3] == [0.0, 1.0, 1.0]


def test_a_training_is_kept(tmp_path: Path) -> None:
    """With its curve, its last policy's return and the versions; a torn line costs itself only."""
    record = learn(LINE, 3, total_timesteps=600)
    path = tmp_path / "curves.jsonl"
    append(record, path)
    with path.open("a") as file:
        file.write('{"runner": "nat')
    assert read(path) == [record]
    assert (record.seed, record.timesteps) == (3, 600)
    assert any(part is not None for part in record.returns)
    assert "torch" in record.versions


def test_other_hyperparameters_are_another_curve(tmp_path: Path) -> None:
    """What was trained with an older preset is not shown; a repeated seed replaces itself."""
    path = tmp_path / "curves.jsonl"
    older = learned(0)
    for record in (
        Learned(**{**_fields(older), "preset": "older"}), learned(1), learned(0, 0.1), learned(0, 0.7),
    ):  # fmt: skip
        append(record, path)
    found = of_line(read(path), LINE)
    assert [(record.seed, record.greedy_return) for record in found] == [(0, 0.7), (1, 0.5)]


def test_pictures_can_be_read() -> None:
    """One seed is a line, several have bands; gaps take the part before them."""
    rows = filled([[None, 1.0, None, 2.0], [0.0, None, None, 4.0]])
    assert np.isnan(rows[0, 0])
    assert rows[:, 1:].tolist() == [[1.0, 1.0, 2.0], [0.0, 0.0, 4.0]]
    for seeds, num_bands in ((rows[:1], 0), (rows, 1), (np.repeat(rows, 2, 0), 2)):
        picture = draw([Curve("PPO", 4000, seeds)], "Returns")
        parseString(picture)  # noqa: S318 - made here
        found = re.findall(r'd="([^"]+)"', picture)
        assert sum(path.endswith("Z") for path in found) == num_bands
        assert "nan" not in picture


def test_labels_of_curves_that_end_together_stand_apart() -> None:
    """Wherever that is; the middle of the picture is where they may go up or down."""
    for end in (0.0, 50.0, 55.0, 100.0):
        curves = [
            Curve(title, 4000, np.array([[0.0, 100.0, end]])) for title in ("one", "two", "three")
        ]
        picture = draw(curves, "Returns")
        heights = sorted(
            float(found) for found in re.findall(r'y="([0-9.]+)"[^>]*>(?:one|two|three)<', picture)
        )
        assert len(heights) == 3
        assert min(np.diff(heights)) >= 29.9


def test_too_few_seeds_are_said() -> None:
    """Ten are enough."""
    few, enough = ([learned(seed) for seed in range(count)] for count in (9, 10))
    assert "Fewer than 10 seeds, so no more than a hint: PPO, native." in pages.text_of(
        DRAWING, few
    )
    assert "Fewer" not in pages.text_of(DRAWING, enough)
    assert "| PPO, native | 30,000 | 10 | 0.50 (0.50 to 0.50) |" in pages.text_of(DRAWING, enough)
    assert "No curves" in pages.text_of(DRAWING, [])


def test_the_page_of_the_engines_shows_what_was_trained() -> None:
    """As the other pages do."""
    records = read()
    page = Path(COMPARED[0].page).read_text(encoding="utf-8")
    assert pages.with_curves(page, pages.compared_text(records)) == page
    for drawing in COMPARED:
        picture = pages.picture_of(drawing, records)
        assert picture is None or drawing.picture.read_text(encoding="utf-8") == picture


def test_a_curve_lies_within_the_band_of_the_others_or_not() -> None:
    """From lowest to highest seed, where all are known and the start is over."""
    others = np.array([np.linspace(0, 10, NUM_PARTS), np.linspace(2, 12, NUM_PARTS)])
    inside, outside = others.mean(0, keepdims=True), others[:1] + 3
    assert share_inside(inside, others) == 1.0
    assert share_inside(outside, others) == 0.0
    inside[0, -9:] = 99.0
    assert share_inside(inside, others) == pytest.approx(1 - 9 / 45)
    assert share_inside(np.full((1, NUM_PARTS), np.nan), others) == 0.0
    made = Drawing("grid", LINE.env_id, DRAWING.page, (("native", "ppo"), ("turbo", "ppo")))
    assert inside_of_others(made, LINE, [learned(0), learned(1)]) is None


def test_the_best_checkpoint_of_a_forgetful_algorithm_is_judged(tmp_path: Path) -> None:
    """And kept; nothing is trained twice, and none of it by drawing."""
    line = Line("native", "dqn", "gymlab/GridWorld-v0")
    record = learn(line, 1, total_timesteps=600)
    assert record.best_return is not None
    assert record.best_return >= -3
    path = tmp_path / "curves.jsonl"
    append(record, path)
    assert read(path) == [record]


def test_a_page_without_marks_is_refused() -> None:
    """Nothing is written into the middle of somewhere."""
    with pytest.raises(ValueError, match="has no"):
        pages.with_curves("# Page\n", "text")


def _fields(record: Learned) -> dict[str, object]:
    return {name: getattr(record, name) for name in Learned.__slots__}
