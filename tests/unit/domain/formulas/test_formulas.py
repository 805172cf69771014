"""The language of reward formulas: what it computes, and that it does nothing else."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.domain.formulas.parsing import MAX_DEPTH, parse
from gymlab.domain.formulas.reward import MAX_EVENTS, read_formulas
from gymlab.domain.formulas.tokens import MAX_CHARACTERS, FormulaError
from gymlab.errors import InvalidInputError

NAMES = {"length": 4.0, "distance": 0.0, "x": 2.5}


def value(text: str) -> float:
    """Read and compute."""
    return parse(text, NAMES).value(NAMES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10", 10),
        ("-10 * (1 + length / 100)", -10.4),
        ("1 + 2 * 3", 7),
        ("-2 ** 2", -4),
        ("2 ^ -1", 0.5),
        ("2 ** 3 ** 2", 512),
        ("7 % 4", 3),
        ("10 - 3 - 2", 5),
        ("2 if length > 3 and not distance else -1", 2),
        ("1 if distance else 2 if x < 2 else 3", 3),
        ("length == 4 or 1 / distance", 1),
        ("min(3, 1, 2) + max(1, 2) + abs(-1)", 4),
        ("clip(x, 0, 1)", 1),
        ("sqrt(length) + sign(-x) + floor(x)", 3),
        ("tanh(0) + exp(0) + log(1)", 1),
        (" .5e1 ", 5),
        ("-" * 400 + "1", 1),
    ],
)
def test_a_formula_has_the_value_of_arithmetic(text: str, expected: float) -> None:
    """Levels, signs and brackets as in school."""
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("1 +", "ends too early"),
        ("(1", "')' is missing"),
        ("1)", "not expected"),
        ("3 4", "not expected"),
        ("foo", "no 'foo'"),
        ("foo(1)", "no 'foo'"),
        ("length(1)", "no 'length'"),
        ("min(1)", "takes 2 to 8"),
        ("sqrt()", "not expected"),
        ("x.real", "'.' means nothing"),
        ("x = 3", "'=' means nothing"),
        ("__import__('os').system('id')", "means nothing"),
        ("__import__", "no '__import__'"),
        ("x if 1", "'else' is missing"),
        ("if", "not expected"),
        ("\u0661", "means nothing"),
        ("1\x00", "U+0000"),
        ("1e400", "too large"),
        ("1/0", "Division by zero"),
        ("5 % 0", "Division by zero"),
        ("0 ** -1", "Division by zero"),
        ("9**9**9", "too large"),
        ("(-8) ** 0.5", "negative number"),
        ("sqrt(-1)", "not a number"),
        ("log(0)", "not a number"),
        ("exp(1000)", "too large"),
        ("(" * 200 + "1" + ")" * 200, "nested too deeply"),
        ("2**" * 100 + "2", "nested too deeply"),
        ("1+" * 200 + "1", "more than"),
        ("1" * (MAX_CHARACTERS + 1), "characters"),
        ("x" * 10_000_000, "10,000,000 characters"),
    ],
)
def test_what_is_no_formula_is_refused(text: str, says: str) -> None:
    """In a sentence, and at once."""
    with pytest.raises(FormulaError) as caught:
        parse(text, NAMES)
    assert says in caught.value.detail


def test_a_division_by_zero_names_the_divisor() -> None:
    """While it is played, since the divisor was not zero before."""
    formula = parse("1 / distance", NAMES)
    with pytest.raises(FormulaError, match="`distance` is 0") as caught:
        formula.value(NAMES)
    assert caught.value.hint is not None
    assert "max(distance, 1)" in caught.value.hint


def test_the_place_of_a_mistake_is_told() -> None:
    """As a column, with the closest name."""
    with pytest.raises(FormulaError) as caught:
        parse("2 * lenght", NAMES)
    assert caught.value.column == 5
    assert caught.value.hint == "Did you mean length?"


@given(st.text(alphabet="x1.+-*/%^()<>=!, iflsenotadr_'\"[]{}:@\\\n", max_size=60))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    """Nothing else comes of a formula."""
    with contextlib.suppress(FormulaError):
        assert math.isfinite(value(text))


@given(st.recursive(st.floats(-100, 100, allow_nan=False).map(repr), lambda parts: st.builds(
    "({} {} {})".format, parts, st.sampled_from("+-*"), parts
), max_leaves=12))  # fmt: skip
def test_it_agrees_with_python(text: str) -> None:
    """On what both can read."""
    if len(text) <= MAX_CHARACTERS and text.count("(") < MAX_DEPTH:
        try:
            found = value(text)
        except FormulaError:
            return
        assert found == eval(text)  # noqa: S307 - text of our own making


def test_every_wrong_formula_of_a_table_is_named() -> None:
    """With the event as the field."""
    with pytest.raises(InvalidInputError) as caught:
        read_formulas(
            {"apple": "10", "died": "1 +", "won": "1", "step": "speed"},
            events=["apple", "died", "step"],
            measures=["length"],
        )
    assert [problem.field for problem in caught.value.fields] == [
        "reward_formula.died", "reward_formula.won", "reward_formula.step",
    ]  # fmt: skip


def test_empty_and_huge_tables_are_refused() -> None:
    """And those for environments without events."""
    many = {f"event{idx}": "1" for idx in range(MAX_EVENTS + 1)}
    for formulas in ({}, many):
        with pytest.raises(InvalidInputError):
            read_formulas(formulas, events=list(many), measures=[])
    with pytest.raises(InvalidInputError, match="Only our own games"):
        read_formulas({"apple": "1"}, events=[], measures=[])
