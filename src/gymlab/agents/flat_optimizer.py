"""Adam over all parameters of a network at once.

A small network has a dozen tensors, and a dozen calls into the library take longer than the
arithmetic. Here all weights lie in one vector and all gradients in another; the modules' own
tensors are views into them. The numbers are those of `torch.optim.Adam`.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Mapping

import torch
from torch import Tensor, nn

_CLIP_EPSILON = 1e-6
"""As in `torch.nn.utils.clip_grad_norm_`."""


class FlatAdam:
    """Adam (Kingma and Ba 2015, arXiv:1412.6980) with gradient clipping by global norm."""

    def __init__(
        self,
        module: nn.Module,
        *,
        eps: float,
        weight_decay: float,
        max_grad_norm: float,
    ) -> None:
        """Move the parameters of a module into one vector; it must stay on its device."""
        parameters = list(module.parameters())
        values = torch.cat([parameter.detach().reshape(-1) for parameter in parameters])
        self.values = nn.Parameter(values)
        """All parameters, one after another."""
        self.gradient = torch.zeros_like(values)
        """All gradients."""
        self.values.grad = self.gradient
        self.parameters = parameters
        offset = 0
        for parameter in parameters:
            last = offset + parameter.numel()
            parameter.data = values[offset:last].view_as(parameter)
            parameter.grad = self.gradient[offset:last].view_as(parameter)
            offset = last
        self._max_grad_norm = max_grad_norm
        has_fused = values.device.type in {"cpu", "cuda", "mps"}
        self._adam = torch.optim.Adam(
            [self.values], lr=0.0, eps=eps, weight_decay=weight_decay, fused=has_fused
        )

    def descend(self, loss: Tensor, learning_rate: float) -> Tensor:
        """Take one step against the gradient of a loss.

        Returns:
            Length of the gradient before it was shortened.
        """
        self.gradient.zero_()
        loss.backward()
        norm: Tensor = self.gradient.norm()
        self.gradient.mul_((self._max_grad_norm / (norm + _CLIP_EPSILON)).clamp(max=1.0))
        self._adam.param_groups[0]["lr"] = learning_rate
        self._adam.step()
        return norm

    def state(self) -> dict[str, Tensor]:
        """Return Adam's memory as tensors; empty before the first step."""
        return {
            name: torch.as_tensor(value).detach().cpu().clone()
            for name, value in self._adam.state.get(self.values, {}).items()
        }

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Put a memory from `state` back."""
        if not state:
            return
        device = self.values.device
        group = self._adam.state_dict()
        group["state"] = {0: {name: value.to(device) for name, value in state.items()}}
        self._adam.load_state_dict(group)
