"""Seeds of evaluation episodes, none of which a training environment is ever given."""

from gymlab.late import np

FIRST_SEED = 2**31 + 2**20
"""Seeds of runs end below 2**31, and a training environment adds its index, at most 2**20, so
that nothing from here on is ever used to train."""
END_OF_SEEDS = 2**32
"""Environments that seed NumPy's old generator take no more."""
ON_REQUEST = 0
DURING_TRAINING = 1
_TAG = 0x6576616C
"""Keeps these numbers apart from any other use of the same seed."""


def requested_seeds(seed: int, num_episodes: int) -> list[int]:
    """Return the seed of each episode of an evaluation that was asked for.

    Args:
        seed: The evaluation's seed: the same one gives the same episodes.
        num_episodes: How many; the first ones do not depend on it.
    """
    return _distinct([_TAG, ON_REQUEST, seed], num_episodes)


def periodic_seeds(run_seed: int, timestep: int, num_episodes: int) -> list[int]:
    """Return the seed of each episode of an evaluation during training.

    Every timestep has episodes of its own: a policy is not chosen for its luck with a fixed few.
    """
    return _distinct([_TAG, DURING_TRAINING, run_seed, timestep], num_episodes)


def _distinct(entropy: list[int], count: int) -> list[int]:
    seeds: dict[int, None] = {}
    index = 0
    while len(seeds) < count:
        words = np.random.SeedSequence([*entropy, index]).generate_state(1, np.uint64)
        seeds[FIRST_SEED + int(words[0]) % (END_OF_SEEDS - FIRST_SEED)] = None
        index += 1
    return list(seeds)
