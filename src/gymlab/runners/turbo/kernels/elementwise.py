"""Functions of single numbers that compilers turn into vector instructions.

The mathematical library's take one number at a time, some ten nanoseconds each. Errors are a few units in the last
place of single precision.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gymlab.runners.turbo.kernels.compiling import strict_kernel

_LARGEST = np.float32(88.0)
"""e^88 is about the largest number there is."""
_LOG2_E = np.float32(math.log2(math.e))
_LN2_HIGH = np.float32(0.693359375)
"""ln 2 with its last bits missing: whole multiples of it are exact."""
_LN2_LOW = np.float32(math.log(2) - 0.693359375)
_HALF = np.float32(0.5)
_BIAS, _MANTISSA_BITS = np.int32(127), np.int32(23)
_SMALL = np.float32(0.3)
"""Below it, tanh is its series: 1 - 2 / (e^2x + 1) would lose digits."""


def _form_of_cast(context, bits):  # noqa: ANN001, ANN202 - Numba's form
    """Return the number whose bits these are."""
    del context, bits

    def generate(target, builder, signature, arguments):  # noqa: ANN001, ANN202
        del target, signature
        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.int32), generate


_as_float: Any = intrinsic(_form_of_cast)


@strict_kernel
def exp(value: np.float32) -> np.float32:
    """Return e^x = 2^k e^r, with |r| <= ln 2 / 2 and e^r by its series."""
    bounded = min(max(value, -_LARGEST), _LARGEST)
    whole = np.floor(bounded * _LOG2_E + _HALF)
    rest = (bounded - whole * _LN2_HIGH) - whole * _LN2_LOW
    found = np.float32(1 / 5040)
    for term in (1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1.0, 1.0):
        found = found * rest + np.float32(term)
    return found * _as_float((np.int32(whole) + _BIAS) << _MANTISSA_BITS)


@strict_kernel
def tanh(value: np.float32) -> np.float32:
    """Return tanh x = 1 - 2 / (e^2x + 1)."""
    square = value * value
    series = value * (
        np.float32(1)
        + square
        * (
            np.float32(-1 / 3)
            + square
            * (
                np.float32(2 / 15)
                + square * (np.float32(-17 / 315) + square * np.float32(62 / 2835))
            )
        )
    )
    far = np.float32(1) - np.float32(2) / (exp(np.float32(2) * value) + np.float32(1))
    return series if abs(value) < _SMALL else far
