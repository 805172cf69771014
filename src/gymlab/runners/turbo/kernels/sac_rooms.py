"""Where soft actor-critic's gradient steps are computed.

B transitions of a minibatch, D numbers of an observation, A components of an action.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gymlab.runners.turbo.kernels.dense import Floats, Stack, stack_of
from gymlab.runners.turbo.kernels.team import NUM_SHARES
from gymlab.runners.turbo.sac_update import NUM_MEASURED, SoftModel

NUM_PARTS = NUM_MEASURED + 1
"""What is measured of a minibatch: what is reported, and the sum of log-probabilities."""


class ActorRoom(NamedTuple):
    """What the actor computes a share of the rows in."""

    trunk: Stack
    mean: Stack
    log_std: Stack
    parts: NDArray[np.float64]
    """(7,) of the minibatch under way."""


class CriticRoom(NamedTuple):
    """What one critic computes all rows in."""

    stack: Stack
    first: int
    """Place of its first weight among those of all critics."""
    last: int
    """Place behind its last one."""
    pairs: Floats
    """(B, D + A) observations and actions."""
    places: NDArray[np.int64]
    """(B,) rows that it values least."""
    spare: Stack
    """Room for the outputs of these rows."""


class Shared(NamedTuple):
    """What threads tell each other of the rows of a minibatch."""

    actions: Floats
    """(2, B, A) that were drawn: for what is done now, and next."""
    log_probs: Floats
    """(2, B) theirs."""
    values: Floats
    """(2, number of critics, B) of what is done now, and of the target critics for next."""
    slopes: Floats
    """(B, A) derivatives of the least value by what is done now."""


class Rooms(NamedTuple):
    """Where gradient steps are computed."""

    actor: Any
    """Of each share of the rows."""
    critics: Any
    """Of each critic."""
    shared: Shared


def rooms_of(model: SoftModel, batch_size: int, num_actions: int, width: int) -> Rooms:
    """Take room for minibatches of B rows.

    Args:
        model: The networks.
        batch_size: B.
        num_actions: A.
        width: D.
    """

    def floats(*shape: int) -> Floats:
        return np.zeros(shape, np.float32)

    count = len(model.critics)
    shared = Shared(
        floats(2, batch_size, num_actions), floats(2, batch_size),
        floats(2, count, batch_size), floats(batch_size, num_actions),
    )  # fmt: skip
    half = batch_size - batch_size // 2
    return Rooms(
        tuple(_actor_room(model, half) for _ in range(NUM_SHARES)),
        tuple(_critic_room(model, idx, batch_size, width + num_actions) for idx in range(count)),
        shared,
    )


def _actor_room(model: SoftModel, num_rows: int) -> ActorRoom:
    layout = model.actor_layout
    return ActorRoom(
        stack_of(layout, model.actor, None, num_rows), stack_of(layout, (), "policy", num_rows),
        stack_of(layout, (), "log_std", num_rows), np.zeros(NUM_PARTS),
    )  # fmt: skip


def _critic_room(model: SoftModel, idx: int, num_rows: int, width: int) -> CriticRoom:
    layout, layers, head = model.critic_layout, model.critics[idx], f"critics.{idx}.q"
    places = [item for item in layout.places if item.name.startswith(f"critics.{idx}.")]
    first = min(item.first for item in places)
    last = max(item.first + math.prod(item.shape) for item in places)
    return CriticRoom(
        stack_of(layout, layers, head, num_rows), first, last,
        np.zeros((num_rows, width), np.float32), np.zeros(num_rows, np.int64),
        stack_of(layout, layers, head, num_rows),
    )  # fmt: skip
