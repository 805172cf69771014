"""Seeds of evaluation episodes."""

from hypothesis import given
from hypothesis import strategies as st

from gymlab.domain.runs import MAX_SEED, MAX_TOTAL_TIMESTEPS
from gymlab.evaluation.seeds import (
    END_OF_SEEDS,
    FIRST_SEED,
    periodic_seeds,
    requested_seeds,
)

SEEDS = st.integers(0, MAX_SEED)
MAX_ENVS = 2**20


@given(SEEDS, st.integers(0, MAX_TOTAL_TIMESTEPS), st.integers(1, 100))
def test_no_training_environment_is_given_one_of_them(seed: int, timestep: int, count: int) -> None:
    """They lie above every seed of a run plus the index of any of its environments."""
    for seeds in (requested_seeds(seed, count), periodic_seeds(seed, timestep, count)):
        assert len(set(seeds)) == len(seeds) == count
        assert min(seeds) >= FIRST_SEED >= MAX_SEED + MAX_ENVS
        assert max(seeds) < END_OF_SEEDS


@given(SEEDS)
def test_more_episodes_begin_with_the_same_ones(seed: int) -> None:
    """The first ten of a hundred are the ten."""
    assert requested_seeds(seed, 100)[:10] == requested_seeds(seed, 10)


def test_different_questions_have_different_episodes() -> None:
    """Neither two seeds, nor two moments of training, nor the two kinds share any."""
    groups = [
        requested_seeds(0, 100),
        requested_seeds(1, 100),
        periodic_seeds(0, 0, 100),
        periodic_seeds(0, 5000, 100),
        periodic_seeds(5000, 0, 100),
    ]
    assert len({seed for group in groups for seed in group}) == 500
