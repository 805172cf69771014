"""Whether a run that leaves its device open is shown the NVIDIA card.

No other worker sees one, so this is decided before it starts. The worker decides by the same rule
what it computes on, and takes the CPU where its torch cannot use the card. Apple's GPU is seen by
every worker.
"""

import math
from collections.abc import Iterator

from gymlab.domain.devices import gains_from_accelerator
from gymlab.domain.environments import SpaceInfo
from gymlab.domain.runs import Device
from gymlab.server import machine
from gymlab.server.runs.draft import Draft


def choose_device(draft: Draft) -> None:
    """Let a run have the card if its device was left open, it gains from one and could use one."""
    if draft.device is not Device.AUTO or draft.runner is None:
        return
    if Device.CUDA not in draft.runner.manifest.devices or not machine.has_device("cuda"):
        return
    leaves = list(_leaves(draft.observed))
    draft.may_use_card = gains_from_accelerator(
        draft.hyperparameters,
        num_inputs=sum(_num_inputs(leaf) for leaf in leaves),
        observation_shapes=[leaf.shape or [] for leaf in leaves],
    )


def _leaves(space: SpaceInfo | None) -> Iterator[SpaceInfo]:
    if space is None:
        return
    if not space.spaces:
        yield space
        return
    for part in space.spaces.values():
        yield from _leaves(part)


def _num_inputs(space: SpaceInfo) -> int:
    """Return the length of a part as a flat vector: one number for each choice, or each element."""
    if space.n is not None:
        return space.n
    return sum(space.nvec) if space.nvec is not None else math.prod(space.shape or [0])
