"""gymlab: train, watch, question and share reinforcement-learning agents in the browser."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gymlab.sdk.client import Client

__version__ = "0.1.0"
__all__ = ["Client", "__version__"]


def __getattr__(name: str) -> Any:
    """Load the client on first use, so that a worker or the server never imports it."""
    if name == "Client":
        return import_module("gymlab.sdk.client").Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
