"""A network as a file: safetensors of its plain state dict."""

from collections.abc import Mapping

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import Members

POLICY_FILE = "policy.safetensors"

_MOST_SHOWN = 8

Shapes = Mapping[str, tuple[int, ...]]


def network_members(network: nn.Module) -> dict[str, bytes]:
    """Return the file of a network."""
    tensors = {
        name: tensor.detach().cpu().clone().contiguous()
        for name, tensor in network.state_dict().items()
    }
    return {POLICY_FILE: save_tensors(tensors)}


def load_network(network: nn.Module, members: Members) -> None:
    """Put weights into a network of the same shape.

    Raises:
        TrainingFailedError: The file is missing, damaged or belongs to another network.
    """
    if POLICY_FILE not in members:
        raise TrainingFailedError(f"The checkpoint has no {POLICY_FILE}.")
    try:
        tensors = load_tensors(bytes(members[POLICY_FILE]))
    except (SafetensorError, KeyError, ValueError) as error:
        raise TrainingFailedError(f"{POLICY_FILE} cannot be read: {error}") from error
    found: Shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    wanted: Shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    if found != wanted:
        raise TrainingFailedError(
            "The checkpoint holds another network. "
            f"In the checkpoint: {_text(found)}. In this run: {_text(wanted)}.",
            hint="Choose the network, the algorithm and the environment of the checkpoint.",
        )
    network.load_state_dict(tensors)


def _text(shapes: Shapes) -> str:
    """Return the shapes of the weights, without those of the biases."""
    weights = [
        f"{name.removesuffix('.weight')} {'x'.join(map(str, shape))}"
        for name, shape in shapes.items()
        if len(shape) > 1
    ]
    more = len(weights) - _MOST_SHOWN
    return ", ".join(weights[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
