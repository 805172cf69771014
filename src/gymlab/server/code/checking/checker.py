"""All checks of a source, in order."""

from dataclasses import dataclass

from gymlab.domain.code import CodeKind
from gymlab.domain.environments import SpaceInfo
from gymlab.server.code.checking.environments import check_environment
from gymlab.server.code.checking.functions import check_function
from gymlab.server.code.checking.imports import check_imports
from gymlab.server.code.checking.known_modules import check_members
from gymlab.server.code.checking.loops import check_loops
from gymlab.server.code.checking.names import check_names
from gymlab.server.code.checking.observations import check_observations
from gymlab.server.code.checking.source import Problem, Program, Source
from gymlab.server.code.checking.syntax import read_program
from gymlab.server.code.checking.text import check_text, note_mixed_indentation

MAX_PROBLEMS = 200
MAX_NODES = 200_000
"""Larger programs are only read: looking at every name would take seconds."""
_TOO_LONG = "The code can be read, but it is too long to be looked at closely."


@dataclass(frozen=True, slots=True)
class Setting:
    """The environment that a reward is for."""

    env_id: str
    observation_space: SpaceInfo


def check_source(text: str, kind: CodeKind, setting: Setting | None = None) -> list[Problem]:
    """Return what is wrong with a source, in the order of its lines; runs none of it.

    Args:
        text: The source as it was written.
        kind: What it is for.
        setting: The environment that a reward is for, where one was chosen.
    """
    source = Source.of(text)
    if check_text(text, source):
        program = read_program(source)
        if program is not None and len(program.nodes) > MAX_NODES:
            source.in_line(1, "not_checked", _TOO_LONG, severity="info")
        elif program is not None:
            _check_program(source, program, kind, setting)
    found = sorted(source.problems, key=lambda item: (item.line, item.column, item.code))
    return found[:MAX_PROBLEMS]


def _check_program(
    source: Source, program: Program, kind: CodeKind, setting: Setting | None
) -> None:
    note_mixed_indentation(source)
    check_imports(source, program)
    check_names(source, program)
    check_members(source, program)
    check_loops(source, program)
    if kind is CodeKind.ENVIRONMENT:
        check_environment(source, program)
    else:
        check_function(source, program, kind)
    if kind is CodeKind.REWARD and setting is not None:
        check_observations(source, program, setting.observation_space, setting.env_id)
