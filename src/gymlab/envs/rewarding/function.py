"""A user's `reward_function`, ready to be called."""

import contextlib
import dis
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from types import CodeType, FrameType
from typing import Any, NamedTuple, cast

from gymlab.domain.code import CodeKind, SourceCode
from gymlab.domain.code_files import MAIN, split_files
from gymlab.envs.rewarding.batch import Shaped, called, stacked
from gymlab.envs.rewarding.elementwise import is_elementwise
from gymlab.envs.rewarding.numbers import UnusableValueError, as_number, as_terms
from gymlab.envs.usercode.guard import guarded
from gymlab.envs.usercode.lines import is_user_file
from gymlab.envs.usercode.loading import load_source
from gymlab.errors import UserCodeError
from gymlab.protocol.usercode import Place

NAME = "reward_function"
ARGUMENTS = ("obs", "action", "next_obs", "reward", "terminated", "truncated", "info")
SHORT = 2
"""Number of arguments of the short form."""
FORMS_HINT = f"Write `def {NAME}(obs, action)` or `def {NAME}({', '.join(ARGUMENTS)})`."


class Transition(NamedTuple):
    """One timestep of an environment, as the long form is given it."""

    observation: Any
    """What the agent saw before it acted."""
    action: Any
    next_observation: Any
    """What it saw afterwards."""
    reward: Any
    """The environment's own reward."""
    terminated: bool
    truncated: bool
    info: dict[str, Any]


class RewardFunction:
    """Calls the function within its time limit and accepts nothing but finite numbers."""

    def __init__(self, code: SourceCode) -> None:
        """Load a source.

        Raises:
            UserCodeError: It cannot be loaded, or defines no such function.
        """
        self.module = load_source(code, CodeKind.REWARD)
        self.function = _find(self.module.__dict__)
        self.is_long = _is_long(self.function)
        self.is_batched = _is_batched(self.function, self.module.__dict__)
        """Whether its author wrote it for arrays of many transitions."""
        self._used = _used_arguments(self.function, len(ARGUMENTS) if self.is_long else SHORT)
        self.is_elementwise = is_elementwise(split_files(code.source)[MAIN], NAME)
        """Whether it can be read to treat every transition alone."""
        self.might_batch = self.is_batched or self.is_elementwise
        """Whether many transitions at once are possible at all."""
        self.terms: dict[str, None] = {}
        """Names of the terms seen so far, in order."""
        self._guarded = guarded(self._evaluate, Place.REWARD)
        self._guarded_many = guarded(self._evaluate_many, Place.REWARD)

    def __call__(self, transition: Transition) -> Shaped:
        """Return the reward of one transition.

        Raises:
            UserCodeError: The function raised, returned no reward, or did not end in time.
        """
        return self._guarded_many([transition])[0] if self.is_batched else self._guarded(transition)

    def many(self, transitions: Sequence[Transition]) -> list[Shaped]:
        """Return the rewards of many transitions with one call of the function.

        Raises:
            UserCodeError: As for one transition.
        """
        return self._guarded_many(transitions) if transitions else []

    def arguments(self, transition: Transition) -> tuple[Any, ...]:
        """Return what the function's form takes."""
        return transition if self.is_long else transition[:SHORT]

    def _evaluate_many(self, transitions: Sequence[Transition]) -> list[Shaped]:
        arguments = stacked([self.arguments(one) for one in transitions], self._used)
        try:
            return called(self.function, arguments, len(transitions), self.terms)
        except UnusableValueError as error:
            raise unusable(self.function, error, lambda: self.function(*arguments)) from None

    def _evaluate(self, transition: Transition) -> Shaped:
        function = self.function
        value = function(*transition) if self.is_long else function(*transition[:SHORT])
        # What is returned nearly always costs nothing to check.
        if type(value) is float and isfinite(value):
            return value, None
        try:
            if type(value) is dict or isinstance(value, Mapping):
                terms = as_terms(cast("Mapping[Any, Any]", value), self.terms)
                total = sum(terms.values())
                # Finite terms may still add up to infinity.
                return (total if isfinite(total) else as_number(total)), terms
            return as_number(value), None
        except UnusableValueError as error:
            arguments = self.arguments(transition)
            raise unusable(self.function, error, lambda: function(*arguments)) from None


def unusable(
    function: Callable[..., Any], error: UnusableValueError, again: Callable[[], object]
) -> UserCodeError:
    """Say what a function returned, and from which line.

    Args:
        function: The user's function.
        error: What is wrong with the value.
        again: Calls it once more with the same arguments: Python only tells where a function
            returns while it is watched.
    """
    code = getattr(function, "__code__", None)
    line = _returning_line(code, again) if code is not None else None
    place = f"{line}: " if line else ""
    return UserCodeError(f"{place}{NAME} returned {error.detail}.", hint=error.hint, line=line)


def _find(names: Mapping[str, Any]) -> Callable[..., Any]:
    function = names.get(NAME)
    if function is None:
        raise UserCodeError(f"The source defines no {NAME}.", hint=FORMS_HINT)
    if not callable(function):
        kind = type(function).__name__
        raise UserCodeError(f"{NAME} is a {kind}, not a function.", hint=FORMS_HINT)
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise UserCodeError(
            f"{NAME} has to be a plain function, without async and yield.",
            hint=FORMS_HINT,
            line=_first_line(function),
        )
    return function


def _is_long(function: Callable[..., Any]) -> bool:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return True
    for num_arguments in (len(ARGUMENTS), SHORT):
        try:
            signature.bind(*range(num_arguments))
        except TypeError:
            continue
        return num_arguments != SHORT
    line = _first_line(function)
    raise UserCodeError(
        f"{line or NAME}: {NAME}{signature} takes neither {SHORT} nor {len(ARGUMENTS)} arguments.",
        hint=FORMS_HINT,
        line=line,
    )


def _is_batched(function: Callable[..., Any], names: Mapping[str, Any]) -> bool:
    return getattr(function, "batched", names.get("batched", False)) is True


def _used_arguments(function: Callable[..., Any], count: int) -> list[bool]:
    """Return which arguments a function reads, as far as its code says; else all."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or code.co_argcount != count or code.co_cellvars:
        return [True] * count
    read = {
        instruction.argval
        for instruction in dis.get_instructions(code)
        if instruction.opname.startswith("LOAD_FAST")
    }
    return [name in read for name in code.co_varnames[:count]]


def _first_line(function: Callable[..., Any]) -> str | None:
    code = getattr(function, "__code__", None)
    if code is None or not is_user_file(code.co_filename):
        return None
    return f"{code.co_filename}:{code.co_firstlineno}"


def _returning_line(code: CodeType, again: Callable[[], object]) -> str | None:
    """Return the last line that a function runs, as `file:line`."""
    last = code.co_firstlineno

    def look(frame: FrameType, event: str, value: object) -> Any:
        nonlocal last
        del value
        if frame.f_code is not code:
            return None
        if event in {"line", "return"}:
            last = frame.f_lineno
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        with contextlib.suppress(Exception):
            again()
    finally:
        sys.settrace(before)
    return f"{code.co_filename}:{last}" if is_user_file(code.co_filename) else None
