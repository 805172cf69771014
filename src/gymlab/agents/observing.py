"""What a network sees of an observation.

N environments, D numbers of an observation, C channels, H x W pixels.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import math
from typing import Any, cast

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gymlab.domain.network_shapes import Shape, input_shape, is_channels_first
from gymlab.envs.space_info import describe_space
from gymlab.errors import InvalidInputError

Array = NDArray[Any]


class ObservationEncoder:
    """Turns observations into rows of one array, as `input_shape` says.

    Numbers are stored as they will be fed, but for 8-bit pictures: these stay bytes, and the
    network divides them by 255.
    """

    def __init__(self, space: spaces.Space[Any]) -> None:
        """Look at the space once.

        Raises:
            InvalidInputError: Observations of this kind cannot be fed to a network.
        """
        shape = input_shape(describe_space(space))
        if shape is None or math.prod(shape) == 0:
            raise InvalidInputError(f"{describe_space(space).text} cannot be fed to a network.")
        self.shape: Shape = shape
        self.is_bytes = (
            isinstance(space, spaces.Box) and space.dtype == np.uint8 and len(shape) == 3
        )
        self.dtype = np.dtype(np.uint8 if self.is_bytes else np.float32)
        self._space = space
        native = space.shape or ()
        self._is_channels_last = len(native) == 3 and not is_channels_first(native)
        self._is_one_hot = isinstance(space, spaces.Discrete | spaces.MultiDiscrete)
        self._offsets = self._first_places()

    def empty(self, *leading: int) -> Array:
        """Return an array for observations, of shape (*leading, *shape)."""
        return np.zeros((*leading, *self.shape), self.dtype)

    def write(self, observation: Any, row: Array) -> None:
        """Put one observation into a row of an array from `empty`."""
        if self._is_one_hot:
            row[:] = 0.0
            row[np.asarray(observation).reshape(-1) + self._offsets] = 1.0
        elif self._is_channels_last:
            row[:] = np.asarray(observation).transpose(2, 0, 1)
        else:
            row[:] = np.asarray(observation).reshape(self.shape)

    def encode(self, observation: Any) -> Array:
        """Return one observation as an array of shape (1, *shape)."""
        rows = self.empty(1)
        self.write(observation, rows[0])
        return rows

    def _first_places(self) -> Array:
        """Return where the ones of each component begin, less the number of its first choice."""
        match self._space:
            case spaces.Discrete():
                return np.array([-int(self._space.start)])
            case spaces.MultiDiscrete():
                counts = np.asarray(self._space.nvec).reshape(-1)
                starts = np.asarray(cast("Any", self._space).start).reshape(-1)
                return np.concatenate(([0], np.cumsum(counts)[:-1])) - starts
            case _:
                return np.zeros(0, np.int64)
