"""The filled part of a replay buffer as a file."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.buffers import ReplayBuffer

from gymlab.runner_api.runner import Members
from gymlab.runners.sb3.learner_state import from_bytes, to_bytes

REPLAY_FILE = "replay_buffer.pt"
LARGEST_REPLAY_BYTES = 1024**3
"""Larger buffers are not saved: copying them would stop training for seconds each time."""

_ARRAYS = ("observations", "next_observations", "actions", "rewards", "dones", "timeouts")
_FORMAT = 1


def _filled_arrays(buffer: ReplayBuffer) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield every array of a buffer by name, cut to what is filled."""
    filled = buffer.buffer_size if buffer.full else buffer.pos
    if buffer.optimize_memory_usage and not buffer.full:
        # The observation after the last transition is stored in the next slot.
        filled += 1
    for name in _ARRAYS:
        value: Any = getattr(buffer, name, None)
        if isinstance(value, Mapping):
            for key, array in cast("Mapping[str, NDArray[Any]]", value).items():
                yield f"{name}/{key}", array[:filled]
        elif value is not None:
            yield name, value[:filled]


def replay_bytes(buffer: ReplayBuffer) -> int:
    """Return the size of what is filled."""
    return sum(array.nbytes for _, array in _filled_arrays(buffer))


def replay_members(buffer: ReplayBuffer) -> dict[str, bytes]:
    """Return the file of a buffer."""
    arrays = {name: torch.from_numpy(array) for name, array in _filled_arrays(buffer)}
    state = {"format": _FORMAT, "pos": buffer.pos, "full": buffer.full, "arrays": arrays}
    return {REPLAY_FILE: to_bytes(state)}


def load_replay(buffer: ReplayBuffer, members: Members) -> None:
    """Fill a buffer of the same size from its file."""
    state = from_bytes(REPLAY_FILE, members[REPLAY_FILE])
    buffer.pos, buffer.full = state["pos"], state["full"]
    saved: dict[str, torch.Tensor] = state["arrays"]
    for name, array in _filled_arrays(buffer):
        np.copyto(array, saved[name].numpy())
