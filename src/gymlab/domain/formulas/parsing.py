"""Reading a formula into functions of numbers.

The language, loosest first: `a if c else b`, `or`, `and`, `not`, comparisons, `+ -`, `* / %`,
a sign, `**` (or `^`), then numbers, names, calls and brackets. Truth is 1 and 0.
"""

import difflib
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from gymlab.domain.formulas.tokens import FormulaError, Kind, Token, tokenize

MAX_DEPTH = 24
MAX_PARTS = 120
MAX_NUMBER = 1e12

Names = Mapping[str, float]
Value = Callable[[Names], float]
_WORDS = frozenset({"if", "else", "or", "and", "not"})


@dataclass(frozen=True, slots=True)
class Function:
    """A function that formulas may call."""

    meaning: str
    fewest: int
    most: int
    compute: Callable[..., float]


def _clip(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def _sign(value: float) -> float:
    return float((value > 0) - (value < 0))


FUNCTIONS: Mapping[str, Function] = {
    "abs": Function("Its size without the sign.", 1, 1, math.fabs),
    "min": Function("The smallest.", 2, 8, min),
    "max": Function("The largest.", 2, 8, max),
    "clip": Function("The first, kept between the second and the third.", 3, 3, _clip),
    "sqrt": Function("Square root.", 1, 1, math.sqrt),
    "exp": Function("e to its power.", 1, 1, math.exp),
    "log": Function("Natural logarithm.", 1, 1, math.log),
    "tanh": Function("Hyperbolic tangent: between -1 and 1.", 1, 1, math.tanh),
    "floor": Function("The next whole number below.", 1, 1, math.floor),
    "sign": Function("-1, 0 or 1.", 1, 1, _sign),
}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read."""

    text: str
    names: frozenset[str]
    """Names it uses."""
    compute: Value

    def value(self, names: Names) -> float:
        """Return its value.

        Raises:
            FormulaError: It divides by zero, or the value is not a finite number.
        """
        try:
            value = float(self.compute(names))
        except OverflowError:
            raise FormulaError(f"`{self.text}` is too large a number.") from None
        if not math.isfinite(value):
            raise FormulaError(f"`{self.text}` is not a finite number.")
        return value


def parse(text: str, known: Collection[str]) -> Formula:
    """Read a formula.

    Args:
        text: What a person wrote.
        known: Names that it may use.

    Raises:
        FormulaError: It cannot be read; column and hint say where and what to do.
    """
    parser = _Parser(text, tokenize(text), known)
    compute = parser.whole()
    formula = Formula(text.strip(), frozenset(parser.names), compute)
    if not formula.names:
        formula.value({})  # a constant that has no value is wrong before anything is played
    return formula


class _Parser:
    """Descends through the language, one method for each level."""

    def __init__(self, text: str, tokens: list[Token], known: Collection[str]) -> None:
        self._text = text
        self._tokens = tokens
        self._known = known
        self._idx = 0
        self._depth = 0
        self._num_parts = 0
        self.names: set[str] = set()

    def whole(self) -> Value:
        """Read everything."""
        if len(self._tokens) == 1:
            raise FormulaError("The formula is empty.", column=1, hint="0 gives no reward.")
        value = self._choice()
        if self._next.kind is not Kind.END:
            raise self._unexpected()
        return value

    # ---- levels ---------------------------------------------------------------------------

    def _choice(self) -> Value:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError("The formula is nested too deeply.", column=self._next.column)
        value = self._either()
        if self._takes("if"):
            condition = self._either()
            self._require("else")
            otherwise = self._choice()
            value = _chosen(condition, value, otherwise)
        self._depth -= 1
        return value

    def _either(self) -> Value:
        value = self._both()
        while self._takes("or"):
            value = _either(value, self._both())
        return value

    def _both(self) -> Value:
        value = self._negation()
        while self._takes("and"):
            value = _both(value, self._negation())
        return value

    def _negation(self) -> Value:
        num_nots = 0
        while self._takes("not"):
            num_nots += 1
        value = self._comparison()
        return _truth(value, is_wanted=num_nots % 2 == 0) if num_nots else value

    def _comparison(self) -> Value:
        value = self._sum()
        sign = self._next.text
        if self._next.kind is Kind.SIGN and sign in _COMPARISONS:
            self._take()
            value = _joined(_COMPARISONS[sign], value, self._sum())
        return value

    def _sum(self) -> Value:
        value = self._product()
        while (sign := self._takes_sign("+", "-")) is not None:
            value = _joined(_SUMS[sign.text], value, self._product())
        return value

    def _product(self) -> Value:
        value = self._signed()
        while (sign := self._takes_sign("*", "/", "%")) is not None:
            begin = self._next.column
            other = self._signed()
            if sign.text == "*":
                value = _joined(lambda a, b: a * b, value, other)
            else:
                shown = self._text[begin - 1 : self._next.column - 1].strip()
                value = _divided(value, other, shown, is_rest=sign.text == "%")
        return value

    def _signed(self) -> Value:
        is_negative = False
        while (sign := self._takes_sign("-", "+")) is not None:
            is_negative ^= sign.text == "-"
        value = self._power()
        return _negated(value) if is_negative else value

    def _power(self) -> Value:
        value = self._atom()
        if self._takes_sign("**", "^") is not None:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise FormulaError("The formula is nested too deeply.", column=self._next.column)
            value = _joined(_power, value, self._signed())
            self._depth -= 1
        return value

    def _atom(self) -> Value:
        self._num_parts += 1
        if self._num_parts > MAX_PARTS:
            raise FormulaError(f"The formula has more than {MAX_PARTS} parts.")
        token = self._next
        if token.kind is Kind.NUMBER:
            self._take()
            return _constant(_number(token))
        if token.kind is Kind.NAME and token.text not in _WORDS:
            self._take()
            is_call = self._next.text == "("
            return self._call(token) if is_call else self._named(token)
        if self._takes_sign("(") is not None:
            value = self._choice()
            self._require(")")
            return value
        raise self._unexpected()

    # ---- names and calls ------------------------------------------------------------------

    def _named(self, token: Token) -> Value:
        name = token.text
        if name not in self._known:
            raise _unknown(token, [*self._known, *FUNCTIONS])
        self.names.add(name)
        return lambda names: names[name]

    def _call(self, token: Token) -> Value:
        function = FUNCTIONS.get(token.text)
        if function is None:
            raise _unknown(token, list(FUNCTIONS))
        self._require("(")
        arguments = [self._choice()]
        while self._takes_sign(",") is not None:
            arguments.append(self._choice())
        self._require(")")
        if not function.fewest <= len(arguments) <= function.most:
            wanted = (
                f"{function.fewest}"
                if function.fewest == function.most
                else f"{function.fewest} to {function.most}"
            )
            detail = f"{token.text} takes {wanted} numbers, not {len(arguments)}."
            raise FormulaError(detail, column=token.column)
        return _called(token.text, function, arguments)

    # ---- words ----------------------------------------------------------------------------

    @property
    def _next(self) -> Token:
        return self._tokens[self._idx]

    def _take(self) -> Token:
        token = self._next
        self._idx += 1
        return token

    def _takes(self, word: str) -> bool:
        if self._next.text != word:
            return False
        self._idx += 1
        return True

    def _takes_sign(self, *signs: str) -> Token | None:
        return self._take() if self._next.text in signs else None

    def _require(self, text: str) -> None:
        if not self._takes(text):
            raise FormulaError(f"{text!r} is missing here.", column=self._next.column)

    def _unexpected(self) -> FormulaError:
        token = self._next
        if token.kind is Kind.END:
            return FormulaError("The formula ends too early.", column=token.column)
        return FormulaError(f"{token.text!r} is not expected here.", column=token.column)


def _number(token: Token) -> float:
    value = float(token.text)
    if value > MAX_NUMBER:
        raise FormulaError(f"{token.text[:40]} is too large a number.", column=token.column)
    return value


def _unknown(token: Token, known: list[str]) -> FormulaError:
    closest = difflib.get_close_matches(token.text[:60], known, n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(closest)}?" if closest else f"Known: {', '.join(known)}."
    detail = f"There is no {token.text[:60]!r} here."
    return FormulaError(detail, column=token.column, hint=hint[:300])


# ---- values ---------------------------------------------------------------------------------

_COMPARISONS: Mapping[str, Callable[[float, float], float]] = {
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
}
_SUMS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
}


def _constant(value: float) -> Value:
    return lambda _names: value


def _joined(compute: Callable[[float, float], float], first: Value, second: Value) -> Value:
    return lambda names: compute(first(names), second(names))


def _negated(value: Value) -> Value:
    return lambda names: -value(names)


def _truth(value: Value, *, is_wanted: bool) -> Value:
    return lambda names: float((value(names) != 0) == is_wanted)


def _either(first: Value, second: Value) -> Value:
    return lambda names: float(first(names) != 0 or second(names) != 0)


def _both(first: Value, second: Value) -> Value:
    return lambda names: float(first(names) != 0 and second(names) != 0)


def _chosen(condition: Value, value: Value, otherwise: Value) -> Value:
    return lambda names: value(names) if condition(names) != 0 else otherwise(names)


def _divided(value: Value, divisor: Value, shown: str, *, is_rest: bool) -> Value:
    def compute(names: Names) -> float:
        by = divisor(names)
        if by == 0:
            raise FormulaError(
                f"Division by zero: `{shown}` is 0.",
                hint=f"Keep it away from 0, for example max({shown}, 1).",
            )
        return value(names) % by if is_rest else value(names) / by

    return compute


def _power(base: float, exponent: float) -> float:
    try:
        value = base**exponent
    except ZeroDivisionError:
        raise FormulaError("Division by zero: 0 to a negative power.") from None
    if isinstance(value, complex):
        raise FormulaError("A root of a negative number is not a number.")
    return value


def _called(name: str, function: Function, arguments: list[Value]) -> Value:
    def compute(names: Names) -> float:
        given = [argument(names) for argument in arguments]
        try:
            return float(function.compute(*given))
        except ValueError:
            shown = ", ".join(f"{each:g}" for each in given)
            raise FormulaError(f"{name}({shown}) is not a number.") from None

    return compute
