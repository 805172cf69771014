"""Libraries that a server loads when it first needs them, not when it starts.

A process that nobody has asked for numbers yet holds none: NumPy and what stands on it take a tenth
of a start and as much of the memory.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["Booleans", "Floats", "Integers", "jsonschema", "np", "tsdownsample"]

if TYPE_CHECKING:
    import jsonschema
    import numpy as np
    import tsdownsample
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]
else:

    class _LateModule(ModuleType):
        """Stands for a module until one of its names is asked for."""

        def __getattr__(self, name: str) -> Any:
            found = getattr(import_module(self.__name__), name)
            setattr(self, name, found)
            return found

    jsonschema = _LateModule("jsonschema")
    np = _LateModule("numpy")
    tsdownsample = _LateModule("tsdownsample")
    Floats = Integers = Booleans = Any
