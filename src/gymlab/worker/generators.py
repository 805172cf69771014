"""The process-wide random generators: seeded for one episode, kept around another's work."""

import random
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np


def seed_generators(seed: int) -> None:
    """Seed Python's, NumPy's and torch's own generators, so that what they give repeats.

    Args:
        seed: Below 2**32.
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the generator that environments and backends draw from
    torch = _torch()
    if torch is not None:
        # Not `torch.manual_seed`, which would reach the generators of every GPU as well.
        torch.default_generator.manual_seed(seed)


@contextmanager
def kept_generators() -> Generator[None]:
    """Leave the generators as they were found, whatever is drawn from them inside."""
    torch = _torch()
    of_python, of_numpy = random.getstate(), cast("Any", np.random.get_state())  # noqa: NPY002 - as above
    of_torch = torch.get_rng_state() if torch is not None else None
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)  # noqa: NPY002 - as above
        if torch is not None:
            torch.set_rng_state(of_torch)


def _torch() -> Any:
    # Looked up, not imported: a backend without torch does without it.
    return sys.modules.get("torch")
