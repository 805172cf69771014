"""Cutting a formula into words."""

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_CHARACTERS = 500
_WORD = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/%^()<>,]))",
    re.ASCII,
)


class Kind(StrEnum):
    """What a word is."""

    NUMBER = "number"
    NAME = "name"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a formula."""

    kind: Kind
    text: str
    column: int
    """Where it begins, from 1."""


class FormulaError(Exception):
    """A formula cannot be understood, or has no value."""

    def __init__(self, detail: str, *, column: int | None = None, hint: str | None = None) -> None:
        """Say what is wrong, where, and what to do about it."""
        super().__init__(detail)
        self.detail = detail
        self.column = column
        self.hint = hint


def tokenize(text: str) -> list[Token]:
    """Return the words of a formula, the last one marking its end.

    Raises:
        FormulaError: It is too long, or holds a character that has no meaning.
    """
    if len(text) > MAX_CHARACTERS:
        detail = f"The formula has {len(text):,} characters; at most {MAX_CHARACTERS} are allowed."
        raise FormulaError(detail, hint="Split it over several events, or write a custom reward.")
    tokens: list[Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _WORD.match(text, position)
        if match is None:
            raise _meaningless(text, position)
        kind = Kind(match.lastgroup or Kind.SIGN)
        tokens.append(Token(kind, match[kind.value], match.start(kind.value) + 1))
        position = match.end()
    tokens.append(Token(Kind.END, "", end + 1))
    return tokens


def _meaningless(text: str, position: int) -> FormulaError:
    while text[position].isspace():
        position += 1
    character = text[position]
    hints = {
        ".": "A formula has no attributes: write the names of measures alone.",
        "=": "Compare with ==; a formula assigns nothing.",
        "[": "A formula has no lists.",
        '"': "A formula has no text.",
        "'": "A formula has no text.",
    }
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return FormulaError(
        f"{shown!r} means nothing in a formula.", column=position + 1, hint=hints.get(character)
    )
