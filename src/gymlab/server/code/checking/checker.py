"""All checks of a source, in order."""

from dataclasses import dataclass, replace

from gymlab.domain.code import CodeKind
from gymlab.domain.code_files import (
    MAIN,
    FilesError,
    module_of,
    require_files,
    split_files,
)
from gymlab.domain.environments import SpaceInfo
from gymlab.server.code.checking.beside import names_given_by
from gymlab.server.code.checking.environments import check_environment
from gymlab.server.code.checking.functions import check_function
from gymlab.server.code.checking.imports import check_imports
from gymlab.server.code.checking.known_modules import check_members
from gymlab.server.code.checking.loops import check_loops
from gymlab.server.code.checking.names import check_names
from gymlab.server.code.checking.observations import check_observations
from gymlab.server.code.checking.source import Beside, Problem, Program, Source
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
    found: list[Problem] = []
    files = split_files(text)
    beside = {module_of(name): names_given_by(part) for name, part in files.items()}
    for name, part in files.items():
        own_kind = kind if name == MAIN else None
        problems = _check_file(part, own_kind, setting, beside if len(files) > 1 else {})
        shown = None if name == MAIN else name
        found += [replace(problem, file=shown) for problem in problems]
    try:
        require_files(text)
    except FilesError as error:
        found.insert(0, Problem(1, 1, 1, 2, "error", "files", str(error)))
    return found[:MAX_PROBLEMS]


def _check_file(
    text: str, kind: CodeKind | None, setting: Setting | None, beside: Beside
) -> list[Problem]:
    source = Source.of(text)
    source.beside = beside
    if kind is None and not text.strip():
        return []  # a file that was just added
    if check_text(text, source):
        program = read_program(source)
        if program is not None and len(program.nodes) > MAX_NODES:
            source.in_line(1, "not_checked", _TOO_LONG, severity="info")
        elif program is not None:
            _check_program(source, program, kind, setting)
    return sorted(source.problems, key=lambda item: (item.line, item.column, item.code))


def _check_program(
    source: Source, program: Program, kind: CodeKind | None, setting: Setting | None
) -> None:
    note_mixed_indentation(source)
    check_imports(source, program)
    check_names(source, program)
    check_members(source, program)
    check_loops(source, program)
    if kind is None:
        return
    if kind is CodeKind.ENVIRONMENT:
        check_environment(source, program)
    else:
        check_function(source, program, kind)
    if kind is CodeKind.REWARD and setting is not None:
        check_observations(source, program, setting.observation_space, setting.env_id)
