"""The wall around every call of user code: it ends in time, and its errors name its lines."""

import traceback
from collections.abc import Callable
from threading import get_ident
from typing import ParamSpec, TypeVar

from gymlab.envs.usercode.lines import raising_line
from gymlab.envs.usercode.marker import MARKER
from gymlab.envs.usercode.watchdog import WATCHDOG, Call, UserCodeInterrupted, too_slow
from gymlab.errors import UserCodeError
from gymlab.protocol.usercode import PLACE_WORD, PLACES, Place

P = ParamSpec("P")
T = TypeVar("T")
MAX_TEXT = 500
MAX_TRACEBACK = 20_000


def guarded(function: Callable[P, T], place: Place) -> Callable[P, T]:
    """Wrap a function of the user's, or one of ours that does nothing but call it.

    Conversions of what user code returned belong inside as well: `float(value)` is user code when
    the value's class is. Calls from several threads at once need a wrapper each.

    Args:
        function: What to call.
        place: What is being done, for limits and words.

    Returns:
        A function that raises nothing but `UserCodeError`, and `MemoryError` as it is.
    """
    call = Call(place)
    WATCHDOG.watch(call)
    code, words = PLACES.index(place) + 1, MARKER.words

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        before = words[PLACE_WORD]
        call.count += 1
        call.thread = get_ident()
        if not WATCHDOG.is_armed:
            WATCHDOG.arm()
        words[PLACE_WORD] = code
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - the edge to user code: all that it raises is its result
            raise _translated(error, call) from None
        finally:
            call.thread = 0
            words[PLACE_WORD] = before

    return run


def _translated(error: BaseException, call: Call) -> BaseException:
    """Return the error with the user's line; runs guarded, as an exception's text is user code."""
    if type(error) is MemoryError:
        return error
    try:
        if isinstance(error, UserCodeInterrupted):
            return too_slow(call.place, call.stuck_at)
        return error if isinstance(error, UserCodeError) else _told(error)
    except UserCodeInterrupted:
        return too_slow(call.place, call.stuck_at)


def _told(error: BaseException) -> UserCodeError:
    name = type(error).__name__[:100]
    line = raising_line(error.__traceback__)
    text = _text(error)[:MAX_TEXT]
    detail = f"{name}: {text}" if text else name
    hint = None
    if isinstance(error, SystemExit):
        detail, hint = f"Your code ended the program ({detail}).", "Raise an error or return."
    return UserCodeError(
        f"{line}: {detail}" if line else detail,
        hint=hint,
        line=line,
        traceback_text=_account(error),
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as problem:  # noqa: BLE001 - an exception's own text may raise anything
        return f"its text cannot be shown ({type(problem).__name__})"


def _account(error: BaseException) -> str:
    """Return Python's account from the user's own frames on."""
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__))
    while len(frames) > 1 and not frames[0].filename.startswith("<"):
        del frames[0]
    head = "Traceback (most recent call last):\n"
    lines = "".join(frames.format())[-MAX_TRACEBACK:]
    return f"{head}{lines}{type(error).__name__[:100]}: {_text(error)[:MAX_TEXT]}\n"
