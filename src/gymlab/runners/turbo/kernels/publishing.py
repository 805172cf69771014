"""Writing what the other core has read.

A core may write only to memory that no other core's cache holds. Every line of it is given up by itself,
which takes long where two cores share no cache, and the stores wait for each other. Stores that go past
the caches do not wait.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gymlab.runners.turbo.kernels.compiling import kernel

_AT_ONCE = 4
"""Numbers of a store: a multiple of its bytes is what its address must be."""


def _form_of_put(context, found, place, seen, idx):  # noqa: ANN001, ANN202 - Numba's form
    """Copy four numbers past the caches; the address of the first is a multiple of 16."""
    del context, place, idx

    def generate(target, builder, signature, arguments):  # noqa: ANN001, ANN202
        numbers = ir.VectorType(ir.FloatType(), _AT_ONCE)

        def pointer(array: int) -> Any:
            data = target.make_array(signature.args[array])(target, builder, arguments[array]).data
            place = builder.gep(data, [arguments[array + 1]])
            return builder.bitcast(place, numbers.as_pointer())

        value = builder.load(pointer(2))
        value.align = 4
        store = builder.store(value, pointer(0))
        store.align = 4 * _AT_ONCE
        one = ir.Constant(ir.IntType(32), 1)
        store.set_metadata("nontemporal", builder.module.add_metadata([one]))
        return target.get_dummy_value()

    return types.void(found, types.intp, seen, types.intp), generate


def _form_of_settle(context):  # noqa: ANN001, ANN202
    """Let everything that was written be seen before what is written next."""
    del context

    def generate(target, builder, signature, arguments):  # noqa: ANN001, ANN202
        del signature, arguments
        builder.fence("seq_cst")
        return target.get_dummy_value()

    return types.void(), generate


_put: Any = intrinsic(_form_of_put)
_settle: Any = intrinsic(_form_of_settle)


@kernel
def publish(seen: Any, found: Any) -> None:
    """Copy a vector to one that another thread reads, from its next meeting with this one on."""
    size = seen.size
    first = min((-(found.ctypes.data // 4)) % _AT_ONCE, size)
    last = size - (size - first) % _AT_ONCE
    for idx in range(first):
        found[idx] = seen[idx]
    for idx in range(first, last, _AT_ONCE):
        _put(found, idx, seen, idx)
    for idx in range(last, size):
        found[idx] = seen[idx]
    _settle()
