"""What keys and typed values mean in an action space."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np
from gymnasium import spaces

LEFT, RIGHT, UP, DOWN, SPACE = "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", " "
_DIRECTIONS = {"left": LEFT, "right": RIGHT, "up": UP, "down": DOWN}
_LIKE_UP = re.compile(r"\b(forward|main|accelerate|gas|jump)\b")
_IDLE = re.compile(r"\b(noop|no-op|nothing|don't|do not|idle|stay|coast)\b")
_WORDS = re.compile(r"\b(left|right|up|down)\b")
_MAX_DIGIT = 9
_FAR = 1.0
"""How far a key pushes a component that has no bounds."""


class NoActionError(Exception):
    """A value is no action here; the message says what one is."""


class Controls:
    """The ways in which a person can act."""

    def __init__(self, space: spaces.Space[Any], meanings: Sequence[str]) -> None:
        """Find keys for a space.

        Args:
            space: The environment's action space.
            meanings: What each discrete action does, in words; may be empty.
        """
        self._space = space
        self._combinations: dict[frozenset[str], Any] = {}
        self._axes: dict[str, tuple[int, float]] = {}
        self.idle: Any = None
        """The action of nobody doing anything; None where time stands still instead."""
        self.keys: dict[str, str] = {}
        """Key -> what it does."""
        if isinstance(space, spaces.Discrete):
            self._find_discrete(space, meanings)
        elif isinstance(space, spaces.Box) and len(space.shape) == 1:
            self._find_continuous(cast("Any", space))

    def pressed(self, down: Iterable[str]) -> Any:
        """Return the action of the keys that are down; None where they mean nothing."""
        keys = set(down)
        fitting = [combination for combination in self._combinations if combination <= keys]
        if fitting:
            return self._combinations[max(fitting, key=len)]
        pushed = [self._axes[key] for key in keys if key in self._axes]
        if not pushed:
            return None
        action = np.array(self.idle, copy=True)
        for component, value in pushed:
            action[component] = value
        return action

    def parse(self, value: Any) -> Any:
        """Return an action of this space.

        Args:
            value: JSON: a number or nested lists of numbers.

        Raises:
            NoActionError: It is none.
        """
        space = self._space
        if isinstance(space, spaces.Discrete):
            first, last = int(space.start), int(space.start + space.n - 1)
            if type(value) is not int or not first <= value <= last:
                raise NoActionError(f"An action here is a whole number from {first} to {last}.")
            return value
        if isinstance(space, spaces.Box | spaces.MultiDiscrete | spaces.MultiBinary):
            return self._parsed_array(value)
        raise NoActionError(f"Actions of a {type(space).__name__} space cannot be typed.")

    def _parsed_array(self, value: Any) -> Any:
        space: Any = self._space
        detail = f"An action here has the shape {list(space.shape)} and lies within the bounds."
        try:
            given = np.asarray(value, dtype=np.float64)
            with np.errstate(invalid="ignore"):
                array = given.astype(space.dtype)
        except (TypeError, ValueError, OverflowError) as error:
            raise NoActionError(detail) from error
        is_rounded = array.dtype.kind in "iub" and not np.array_equal(array, given)
        if array.shape != space.shape or is_rounded or not space.contains(array):
            raise NoActionError(detail)
        return array

    # ---- finding keys -------------------------------------------------------------------------

    def _find_discrete(self, space: Any, meanings: Sequence[str]) -> None:
        first, count = int(space.start), int(space.n)
        words = [meanings[idx] if idx < len(meanings) else "" for idx in range(count)]
        for idx, text in enumerate(words):
            if _IDLE.search(text.lower()):
                if self.idle is None:
                    self.idle = first + idx
                continue
            keys = _keys_of(text)
            if keys and keys not in self._combinations:
                self._combinations[keys] = first + idx
                if len(keys) == 1:
                    self.keys[next(iter(keys))] = text
        if not self._combinations and count in {2, 3}:
            # Two sides and, of three, a middle: the usual form of actions without names.
            self._combinations = {frozenset({LEFT}): first, frozenset({RIGHT}): first + count - 1}
            self.keys = {LEFT: words[0] or f"action {first}"}
            self.keys[RIGHT] = words[-1] or f"action {first + count - 1}"
            self.idle = first + 1 if count == 3 else None
        for idx in range(min(count, _MAX_DIGIT)):
            self._combinations[frozenset({str(idx + 1)})] = first + idx
            self.keys[str(idx + 1)] = words[idx] or f"action {first + idx}"

    def _find_continuous(self, space: Any) -> None:
        low = np.where(np.isfinite(space.low), space.low, -_FAR)
        high = np.where(np.isfinite(space.high), space.high, _FAR)
        self.idle = np.clip(np.zeros(space.shape), low, high).astype(space.dtype)
        for component, (less, more) in enumerate([(LEFT, RIGHT), (DOWN, UP)][: space.shape[0]]):
            self._axes[less] = (component, float(low[component]))
            self._axes[more] = (component, float(high[component]))
            self.keys[less] = f"component {component}: {low[component]:g}"
            self.keys[more] = f"component {component}: {high[component]:g}"


def _keys_of(text: str) -> frozenset[str]:
    if text.isupper():  # a code such as UPRIGHTFIRE
        found = {key for word, key in _DIRECTIONS.items() if word.upper() in text}
        return frozenset(found | ({SPACE} if "FIRE" in text else set()))
    lower = text.lower()
    directions = {_DIRECTIONS[word] for word in _WORDS.findall(lower)}
    if directions:
        return frozenset(directions)
    if _LIKE_UP.search(lower):
        return frozenset({UP})
    return frozenset({SPACE} if re.search(r"\b(fire|shoot)\b", lower) else set())
