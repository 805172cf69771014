"""A source with its syntax tree and the problems that were found in it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place as nodes of a syntax tree tell theirs: columns from 0, in bytes of UTF-8."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Located = ast.stmt | ast.expr | ast.alias | ast.arg | Place


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something about a place in a source; lines and columns from 1, in characters."""

    line: int
    column: int
    end_line: int | None
    end_column: int | None
    severity: Severity
    code: str
    message: str
    hint: str | None = None
    file: str | None = None
    """File that the place is in; None for the main one."""


Beside = Mapping[str, frozenset[str] | None]
"""Module of a file of the same source -> what its margin gives; None where that is not known."""


@dataclass(slots=True)
class Source:
    """What is checked: one file."""

    text: str
    """With line feeds only and without a byte-order mark."""
    lines: list[str]
    problems: list[Problem] = field(default_factory=list[Problem])
    beside: Beside = field(default_factory=dict[str, frozenset[str] | None])
    """The files that it can import, itself included; empty where it is the only one."""

    @classmethod
    def of(cls, text: str) -> "Source":
        """Read a source."""
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        return cls(text, text.split("\n"))

    def at(
        self,
        node: Located,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        severity: Severity = "error",
    ) -> None:
        """Note a problem of a node; a definition is marked by its name, not by its body."""
        if isinstance(node, Named):
            self._at_name(node, code, message, hint, severity)
            return
        end_line, end = node.end_lineno, node.end_col_offset
        end_column = None if end_line is None or end is None else self.column(end_line, end)
        self.add(
            Problem(
                node.lineno,
                self.column(node.lineno, node.col_offset),
                end_line,
                end_column,
                severity,
                code,
                message,
                hint,
            )
        )

    def _at_name(
        self, node: Named, code: str, message: str, hint: str | None, severity: Severity
    ) -> None:
        text = self.lines[node.lineno - 1]
        start = text.find(node.name, self.column(node.lineno, node.col_offset) + 2)
        column = max(start, 0) + 1
        place = (node.lineno, column, node.lineno, column + len(node.name))
        self.add(Problem(*place, severity, code, message, hint))

    def in_line(
        self,
        line: int,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        severity: Severity = "error",
        column: int = 1,
    ) -> None:
        """Note a problem that reaches from a column to the end of a line."""
        end = max(column + 1, len(self.lines[line - 1]) + 1) if line <= len(self.lines) else None
        self.add(Problem(line, column, line, end, severity, code, message, hint))

    def add(self, problem: Problem) -> None:
        """Note a problem."""
        self.problems.append(problem)

    def column(self, line: int, offset: int) -> int:
        """Return the column, from 1 in characters, of an offset in bytes of UTF-8."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return (
            offset + 1
            if text.isascii()
            else len(text.encode()[:offset].decode("utf-8", "ignore")) + 1
        )


@dataclass(frozen=True, slots=True)
class Program:
    """A source that is valid Python."""

    tree: ast.Module
    nodes: list[ast.AST]
    """Every node of the tree."""
    code: CodeType
