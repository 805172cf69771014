"""Comparing saved states."""
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import torch


def assert_same(first: Any, second: Any) -> None:
    """Compare nested containers of tensors."""
    assert type(first) is type(second)
    if isinstance(first, dict):
        assert first.keys() == second.keys()
        for key in first:
            assert_same(first[key], second[key])
    elif isinstance(first, list | tuple):
        assert len(first) == len(second)
        for one, other in zip(first, second, strict=True):
            assert_same(one, other)
    elif isinstance(first, torch.Tensor):
        assert torch.equal(first, second)
    else:
        assert first == second
