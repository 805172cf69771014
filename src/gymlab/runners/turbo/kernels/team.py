"""Two threads that take one gradient step together.

A minibatch takes a tenth of a millisecond. Waking a sleeping thread takes as long, so the second
one turns in place, for up to some milliseconds, until there is work again; it gives its core away
to everybody who asks. Work is always cut into the same two shares, whoever takes them: the numbers
are the same on one core.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from gymlab.runners.turbo.kernels.compiling import entry, kernel

NUM_SHARES = 2
_APART = 8
"""Counters of different threads lie this many numbers apart, each in a cache line of its own."""
_JOBS = 2 * _APART
_TURNS_AT_A_BARRIER = 256
"""Looks at a counter before the core is offered to others."""
_TURNS_WITHOUT_WORK = 6_000
"""Offers of the core, some milliseconds, before the second thread goes to sleep."""


class Place(NamedTuple):
    """What a thread of a team knows of itself."""

    board: NDArray[np.int64]
    """Counters that both threads see."""
    rank: int
    """First share it takes."""
    stride: int
    """Distance to its next share: 1 where it is alone, 2 where it is not."""


_yield: Any = types.ExternalFunction("sched_yield", types.int32())


def _form_of_load(context, board, position):  # noqa: ANN001, ANN202 - Numba's form
    """Read a number that another thread writes."""
    del context

    def generate(target, builder, signature, arguments):  # noqa: ANN001, ANN202
        array = target.make_array(signature.args[0])(target, builder, arguments[0])
        return builder.load_atomic(builder.gep(array.data, [arguments[1]]), "acquire", 8)

    return types.int64(board, position), generate


def _form_of_store(context, board, position, value):  # noqa: ANN001, ANN202
    """Write a number that another thread reads; what was written before is seen before."""
    del context, position, value

    def generate(target, builder, signature, arguments):  # noqa: ANN001, ANN202
        array = target.make_array(signature.args[0])(target, builder, arguments[0])
        pointer = builder.gep(array.data, [arguments[1]])
        builder.store_atomic(arguments[2], pointer, "release", 8)
        return target.get_dummy_value()

    return types.void(board, types.intp, types.int64), generate


_load: Any = intrinsic(_form_of_load)
_store: Any = intrinsic(_form_of_store)


@kernel
def meet(place: Place) -> None:
    """Wait until both threads have come here."""
    if place.stride == 1:
        return
    board, mine, other = place.board, place.rank * _APART, (1 - place.rank) * _APART
    ticket = board[mine] + 1
    _store(board, mine, ticket)
    turns = 0
    while _load(board, other) < ticket:
        turns += 1
        if turns > _TURNS_AT_A_BARRIER:
            _yield()


@entry
def _await_job(board: NDArray[np.int64], job: int) -> bool:
    """Turn in place until job number `job` is there; tell whether it came in time."""
    for _ in range(_TURNS_WITHOUT_WORK):
        if _load(board, _JOBS) >= job:
            return True
        _yield()
    return False


class Team:
    """A thread that works beside the caller's, where there is a core for it."""

    def __init__(self, *, is_alone: bool | None = None) -> None:
        """Begin without the second thread, which begins with the first job.

        Args:
            is_alone: Whether the caller does everything; None: where there is one core.
        """
        if is_alone is None:
            is_alone = len(os.sched_getaffinity(0)) < NUM_SHARES
        self._board = np.zeros(4 * _APART, np.int64)
        self._is_alone = is_alone
        self._jobs, self._arrived = 0, threading.Semaphore(0)
        self._function: Callable[..., object] = _await_job
        self._arguments: tuple[Any, ...] = ()
        self._thread: threading.Thread | None = None

    def run(self, function: Callable[..., object], *arguments: Any) -> None:
        """Have both threads call a kernel with their places and the arguments.

        The kernel ends with `meet`: when the caller's thread is done, so is the work.
        """
        if self._is_alone:
            function(Place(self._board, 0, 1), *arguments)
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._help, name="gradient steps", daemon=True)
            self._thread.start()
        self._function, self._arguments = function, arguments
        self._jobs += 1
        self._arrived.release()
        self._board[_JOBS] = self._jobs
        function(Place(self._board, 0, NUM_SHARES), *arguments)

    def _help(self) -> None:
        place, job = Place(self._board, 1, NUM_SHARES), 0
        while True:
            job += 1
            _await_job(self._board, job)
            self._arrived.acquire()
            self._function(place, *self._arguments)


@cache
def the_team() -> Team:
    """Return the team of this process."""
    return Team()
