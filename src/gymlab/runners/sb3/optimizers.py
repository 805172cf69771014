"""The optimizers of a Stable-Baselines3 algorithm."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from functools import reduce
from typing import Any, cast

import torch
from stable_baselines3.common.base_class import BaseAlgorithm


def optimizers_of(model: BaseAlgorithm) -> dict[str, torch.optim.Optimizer]:
    """Return every optimizer by its dotted name, for example `critic.optimizer`."""
    names = [name for name in model.get_parameters() if name != "policy"]
    return {
        name: cast("torch.optim.Optimizer", reduce(getattr, name.split("."), cast("Any", model)))
        for name in names
    }


def step_all_at_once(model: BaseAlgorithm) -> None:
    """Let Adam hand all tensors to one operation instead of one after the other.

    torch does so by itself on graphics cards only. The numbers are the same, bit for bit: an
    operation over many tensors is, on a processor, that operation on each of them.
    """
    for optimizer in optimizers_of(model).values():
        if isinstance(optimizer, torch.optim.Adam):
            for group in optimizer.param_groups:
                group["foreach"] = True
