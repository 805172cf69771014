"""Two threads that take one gradient step together.

A minibatch takes a tenth of a millisecond. Waking a sleeping thread takes as long, so the second
one turns in place, for up to some milliseconds, until there is work again; it gives its core away
to everybody who asks. Work is always cut into the same two shares, whoever takes them: the numbers
are the same on one core.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

import operator
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
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
_JOBS, _TAKEN, _LAST, _BEGUN, _WAITED, _CLOCK = (place * _APART for place in range(2, 8))
"""Places on the board: jobs given; jobs that the second thread has taken; name of the minibatch after which it leaves;
when the caller's thread began and how long it has waited (ns); room for what the clock says."""
_IS_SAME = _JOBS + 1
"""Place for whether the last job has the function and the arguments of the one before."""
_BOARD = 8 * _APART
_MOST_WAITED_NS = 1_000_000
_MONOTONIC = time.CLOCK_MONOTONIC
_TURNS_AT_A_BARRIER = 256
"""Looks at a counter before the core is offered to others."""
_TURNS_WITHOUT_WORK = 6_000
"""Offers of the core, some milliseconds, before the second thread goes to sleep."""
_MOST_SLOW = 4
"""Calls in a row that two threads may be slower than one: any call may be held up by something else."""
_FEWEST_ALONE, _MOST_ALONE = 16, 256
"""Calls taken alone before two threads are tried again: more each time they are still slower."""


class Place(NamedTuple):
    """What a thread of a team knows of itself."""

    board: NDArray[np.int64]
    """Counters that both threads see."""
    rank: int
    """First share it takes."""
    stride: int
    """Distance to its next share: 1 where it is alone, 2 where it is not."""


_yield: Any = types.ExternalFunction("sched_yield", types.int32())
_read_clock: Any = types.ExternalFunction(
    "clock_gettime", types.int32(types.int32, types.CPointer(types.int64))
)


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
def _now(board: NDArray[np.int64]) -> int:
    """Return nanoseconds; for the caller's thread."""
    _read_clock(_MONOTONIC, board[_CLOCK:].ctypes)
    return board[_CLOCK] * 1_000_000_000 + board[_CLOCK + 1]


@kernel
def meet(place: Place) -> None:
    """Wait until both threads have come here."""
    if place.stride == 1:
        return
    board, mine, other = place.board, place.rank * _APART, (1 - place.rank) * _APART
    ticket = board[mine] + 1
    _store(board, mine, ticket)
    for _ in range(_TURNS_AT_A_BARRIER):
        if _load(board, other) >= ticket:
            return
    begun = _now(board) if place.rank == 0 else 0
    while _load(board, other) < ticket:
        _yield()
    if place.rank == 0:
        board[_WAITED] += _now(board) - begun


@kernel
def begin(place: Place) -> None:
    """Begin a sequence of minibatches."""
    board = place.board
    if place.rank == 0:
        board[_WAITED], board[_BEGUN] = 0, _now(board)
    meet(place)


@kernel
def judge(place: Place) -> int:
    """Decide before a minibatch whether it is the last that is taken by two.

    A thread whose core others use comes to each meeting some milliseconds late.

    Returns:
        How often this thread has met the other: it names the minibatch, in all calls and for both.
    """
    board = place.board
    minibatch = board[place.rank * _APART]
    if place.rank == 0 and place.stride > 1 and board[_WAITED] > _MOST_WAITED_NS:
        is_slow = 2 * board[_WAITED] > _now(board) - board[_BEGUN]
        board[_LAST] = minibatch if is_slow else board[_LAST]
    return minibatch


@kernel
def place_after(place: Place, minibatch: int) -> Place:
    """Return the thread's place after a minibatch; its stride is 0 where it is not needed any more.

    Both threads have met since `judge`, so that they come to the same, however late one of them
    looks: the caller's thread writes no other name before they meet again.
    """
    if place.stride == 1 or place.board[_LAST] != minibatch:
        return place
    return Place(place.board, place.rank, 0 if place.rank else 1)


@kernel
def again(place: Place) -> bool:
    """Tell whether the second thread is to go on with the next job; it waits for it.

    A function that ends with this is not left between two calls with the same arguments, whose
    arrays hold something else each time: to come back from Python and in again takes both threads a
    tenth of a millisecond, one after the other.
    """
    if place.rank == 0:
        return False
    board = place.board
    job = board[_TAKEN] + 1
    if not _is_given(board, job) or board[_IS_SAME] == 0:
        return False
    board[_TAKEN] = job
    return True


@entry
def _give(board: NDArray[np.int64], job: int, is_same: int) -> None:
    """Let the second thread see a job, and everything that was written before."""
    board[_IS_SAME] = is_same
    _store(board, _JOBS, job)


@entry
def _await_job(board: NDArray[np.int64], job: int) -> bool:
    """Turn in place until job number `job` is there; tell whether it came in time."""
    return _is_given(board, job)


@kernel
def _is_given(board: NDArray[np.int64], job: int) -> bool:
    for _ in range(_TURNS_WITHOUT_WORK):
        if _load(board, _JOBS) >= job:
            return True
        _yield()
    return False


@dataclass(slots=True)
class _Pace:
    """How long one kernel takes, and whether it is worth a second thread now."""

    together: float = 0.0
    """Seconds for a unit of work with two threads, last time; 0: not known."""
    alone: float = 0.0
    """The same with one."""
    num_alone: int = 0
    """Calls that are still taken alone before two are tried again."""
    patience: int = _FEWEST_ALONE
    """Calls that are taken alone the next time two are slower than one."""
    num_slow: int = 0
    """Calls in a row for which two were slower."""
    is_tried: bool = False
    """Whether two are only being tried again."""

    @property
    def is_together(self) -> bool:
        """Whether the next call is for two: at first, then unless it was slower."""
        return self.num_alone == 0 and (self.together == 0.0 or self.alone > 0.0)

    def see(self, seconds: float, *, together: bool) -> None:
        """Take in how long a unit of work has taken."""
        if not together:
            self.alone = seconds
            self.num_alone = max(0, self.num_alone - 1)
            return
        self.together = seconds
        if seconds <= self.alone:
            self.num_slow, self.is_tried, self.patience = 0, False, _FEWEST_ALONE
        elif self.alone:
            self.num_slow += 1
            if self.is_tried or self.num_slow == _MOST_SLOW:
                self.num_alone, self.num_slow, self.is_tried = self.patience, 0, True
                self.patience = min(2 * self.patience, _MOST_ALONE)


class Team:
    """A thread that works beside the caller's, where there is a core for it.

    Two threads that wait for each other are quick while both have a core. Where others train on the same cores,
    one is quicker: both ways are timed, and the quicker one is taken. Two threads that turn out to be slow part in the
    middle of the work (`place_after`). The numbers are the same.
    """

    def __init__(self, *, is_alone: bool | None = None) -> None:
        """Begin without the second thread, which begins with the first job.

        Args:
            is_alone: Whether the caller does everything; None: where that is quicker.
        """
        self._board = np.zeros(_BOARD, np.int64)
        self._is_alone = _num_cores() < NUM_SHARES if is_alone is None else is_alone
        self._is_timed = is_alone is None
        self._paces: dict[Callable[..., object], _Pace] = {}
        self._jobs, self._given = 0, threading.Event()
        self._function: Callable[..., object] = _await_job
        self._arguments: tuple[Any, ...] = ()
        self._thread: threading.Thread | None = None

    def run(self, work: int, function: Callable[..., object], *arguments: Any) -> None:
        """Have both threads call a kernel with their places and the arguments.

        Behind its last `meet` a kernel writes nothing that others read, but for the caller's thread: when that is
        done, so is the work.

        Args:
            work: How much it is, to compare one call with another.
            function: The kernel.
            arguments: Behind its place.
        """
        if self._is_alone:
            function(Place(self._board, 0, 1), *arguments)
        elif not self._is_timed:
            self._together(function, arguments)
        else:
            pace = self._paces.setdefault(function, _Pace())
            together, begun = pace.is_together, time.perf_counter()
            if together:
                self._together(function, arguments)
            else:
                function(Place(self._board, 0, 1), *arguments)
            pace.see((time.perf_counter() - begun) / max(work, 1), together=together)

    def _together(self, function: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._help, name="gradient steps", daemon=True)
            self._thread.start()
        is_same = function is self._function and _are_same(arguments, self._arguments)
        self._function, self._arguments = function, arguments
        self._jobs += 1
        _give(self._board, self._jobs, int(is_same))
        self._given.set()
        function(Place(self._board, 0, NUM_SHARES), *arguments)

    def _help(self) -> None:
        board = self._board
        place = Place(board, 1, NUM_SHARES)
        while True:
            job = int(board[_TAKEN]) + 1
            if not _await_job(board, job):
                self._given.clear()
                if board[_JOBS] < job:
                    self._given.wait()
                continue
            board[_TAKEN] = job
            self._function(place, *self._arguments)


def _are_same(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _num_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def the_team() -> Team:
    """Return the team of this process."""
    return Team()
