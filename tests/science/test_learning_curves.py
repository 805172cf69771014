"""The compiled engine learns what the others learn: curves over 10 seeds, and the policies at the end.

What `python -m benchmarks.bands` draws for the docs; seeds that it trained are not trained again
where BANDS_RECORDS names its file.
"""

import os
from pathlib import Path
from statistics import mean

import pytest

from benchmarks.bands.__main__ import train
from benchmarks.bands.bands import ENGINES, INSIDE, WANTED, band_of, share_inside
from benchmarks.bands.records import of, read
from benchmarks.speed.rows import row_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(4 * 3600)]

SOLVED = {"cartpole-ppo": 475.0, "acrobot-ppo": -100.0, "lunarlander-ppo": 200.0}
"""Row -> `reward_threshold` of Gymnasium."""


def _records(tmp_path: Path) -> Path:
    named = os.environ.get("BANDS_RECORDS")
    return Path(named) if named else tmp_path / "bands.jsonl"


@pytest.mark.parametrize("row_id", SOLVED)
def test_the_curve_lies_within_the_band_of_the_other_engines(tmp_path: Path, row_id: str) -> None:
    """From the lowest to the highest of their 20 seeds; and the last policies solve the environment."""
    path, timesteps = _records(tmp_path), row_of(row_id).timesteps
    for seed in range(WANTED):
        for engine in ENGINES:
            assert train(row_id, engine, seed, timesteps, path)
    records = read(path)
    sb3, native, turbo = (of(records, row_id, engine, timesteps)[:WANTED] for engine in ENGINES)
    share = share_inside(band_of(turbo), band_of([*sb3, *native]), timesteps)
    assert share >= INSIDE
    assert mean(seed.final_return for seed in turbo) >= SOLVED[row_id]


def test_dqn_finds_what_the_others_find(tmp_path: Path) -> None:
    """The best checkpoints solve CartPole with two seeds of three; the curve lies within the band."""
    path, row = _records(tmp_path), row_of("cartpole-dqn")
    for seed in range(WANTED):
        for engine in ENGINES:
            assert train(row.id, engine, seed, row.timesteps, path)
    records = read(path)
    sb3, native, turbo = (of(records, row.id, engine, row.timesteps)[:WANTED] for engine in ENGINES)
    assert share_inside(band_of(turbo), band_of([*sb3, *native]), row.timesteps) >= INSIDE
    best = [seed.best_return or 0.0 for seed in turbo]
    assert 3 * sum(value >= SOLVED["cartpole-ppo"] for value in best) >= 2 * len(best), best


def test_sac_swings_the_pendulum_up(tmp_path: Path) -> None:
    """Published: -157 after 20,000 timesteps; at least -200 with each of 3 seeds."""
    path, row = _records(tmp_path), row_of("pendulum-sac")
    for seed in range(3):
        assert train(row.id, "turbo", seed, row.timesteps, path)
    found = of(read(path), row.id, "turbo", row.timesteps)[:3]
    assert min(seed.final_return for seed in found) >= -200.0
