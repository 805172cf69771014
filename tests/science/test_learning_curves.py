"""The compiled engine learns what the others learn: curves over 10 seeds, and the policies at the end.

What `make bench-curves` draws for the docs; seeds that it trained are not trained again where
CURVES_RECORDS names its file.
"""

import os
from pathlib import Path
from statistics import mean

import pytest

from benchmarks.curves.comparing import INSIDE, WANTED_SEEDS, inside_of_others
from benchmarks.curves.lines import COMPARED, Drawing, Line
from benchmarks.curves.records import Learned, of_line, read
from benchmarks.learning_curves import train

pytestmark = [pytest.mark.slow, pytest.mark.timeout(4 * 3600)]

SOLVED = {"cartpole-ppo": 475.0, "acrobot-ppo": -100.0, "lunarlander-ppo": 200.0}
"""Comparison -> `reward_threshold` of Gymnasium."""


def _trained(name: str, tmp_path: Path, num_seeds: int) -> tuple[Drawing, Line, list[Learned]]:
    """Return a comparison, the compiled engine's line and every record."""
    named = os.environ.get("CURVES_RECORDS")
    path = Path(named) if named else tmp_path / "curves.jsonl"
    drawing = next(each for each in COMPARED if each.id == f"engines-{name}")
    for seed in range(num_seeds):
        train(drawing.every_line, seed, path)
    line = next(each for each in drawing.every_line if each.runner == "turbo")
    return drawing, line, read(path)


@pytest.mark.parametrize("name", SOLVED)
def test_the_curve_lies_within_the_band_of_the_other_engines(tmp_path: Path, name: str) -> None:
    """From the lowest to the highest of their 20 seeds; and the last policies solve the environment."""
    drawing, line, records = _trained(name, tmp_path, WANTED_SEEDS)
    assert (inside_of_others(drawing, line, records) or 0.0) >= INSIDE
    assert mean(seed.greedy_return for seed in of_line(records, line)) >= SOLVED[name]


def test_dqn_finds_what_the_others_find(tmp_path: Path) -> None:
    """The best checkpoints solve CartPole with two seeds of three; the curve lies within the band."""
    drawing, line, records = _trained("cartpole-dqn", tmp_path, WANTED_SEEDS)
    assert (inside_of_others(drawing, line, records) or 0.0) >= INSIDE
    best = [seed.best_return or 0.0 for seed in of_line(records, line)]
    assert 3 * sum(value >= SOLVED["cartpole-ppo"] for value in best) >= 2 * len(best), best


def test_sac_swings_the_pendulum_up(tmp_path: Path) -> None:
    """Published: -157 after 20,000 timesteps; at least -200 with each of 3 seeds."""
    path = tmp_path / "curves.jsonl"
    line = Line("turbo", "sac", "Pendulum-v1")
    for seed in range(3):
        train([line], seed, path)
    assert all(seed.greedy_return >= -200.0 for seed in of_line(read(path), line))
