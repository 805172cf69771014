"""Limits no linter knows: sizes, names, who reads the environment, one folder per runner."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path("src/gymlab")
RUNNERS = SOURCE / "runners"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "static" not in path.parts)
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
MAX_LATE_IMPORT_SHARE = 0.01
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
MAY_NAME_A_RUNNER = {"docs", "tests", "node_modules", "e2e"}
HOMONYMS = {
    "native": {SOURCE / "supervisor" / "rows.py", SOURCE / "domain" / "comparing.py"},
}
"""A runner's id -> files in which the same word means something else: a field of a metrics row."""
MAY_READ_ENVIRON = {SOURCE / "settings.py"}
BROAD_EXCEPT_EDGES = {
    "the request handler": SOURCE / "server",
    "the worker's main": SOURCE / "worker",
    "the supervisor's loop": SOURCE / "supervisor",
    "the command line's main": SOURCE / "cli",
    "the call of user code": SOURCE / "envs" / "usercode",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _imports(node: ast.AST) -> list[ast.Import | ast.ImportFrom]:
    return [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]


def _runner_ids() -> list[str]:
    return sorted(path.parent.name for path in RUNNERS.glob("*/runner.toml"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_sizes_stay_readable(path: Path) -> None:
    """A file fits a sitting and a function fits a screen."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES
    long = [
        f"{path}:{function.lineno} {function.name}"
        for function in _functions(path)
        if (function.end_lineno or function.lineno) - function.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_there_are_runners() -> None:
    """The tests over runners do not pass because they found none."""
    assert len(_runner_ids()) >= 2


@pytest.mark.parametrize("runner", _runner_ids())
def test_a_runner_lives_in_one_folder(runner: str) -> None:
    """No list, enum, form or switch elsewhere knows a runner by name."""
    own = RUNNERS / runner
    leaks = [
        path
        for path in (*SOURCE.rglob("*.py"), *Path("web/src").rglob("*.ts*"))
        if own not in path.parents
        and not MAY_NAME_A_RUNNER & set(path.parts)
        and ".test." not in path.name
        and path not in HOMONYMS.get(runner, set())
        and (f'"{runner}"' in path.read_text(encoding="utf-8"))
    ]
    assert leaks == []


@pytest.mark.parametrize("runner", _runner_ids())
def test_a_runner_is_complete(runner: str) -> None:
    """Manifest, guide and code lie in the runner's folder."""
    missing = [
        name
        for name in ("runner.toml", "README.md", "runner.py", "__init__.py")
        if not (RUNNERS / runner / name).is_file()
    ]
    assert missing == []


def test_names_say_what_is_inside() -> None:
    """No module or package is a drawer for everything."""
    drawers = [
        path
        for path in FILES
        if path.stem in FORBIDDEN_NAMES or FORBIDDEN_NAMES & set(path.relative_to(SOURCE).parts)
    ]
    assert drawers == []


def _is_environ(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def _is_a_librarys_own(name: ast.AST | None) -> bool:
    return (
        isinstance(name, ast.Constant)
        and isinstance(name.value, str)
        and not name.value.startswith(("GYMLAB_", "FORCE_"))
    )


def _environment_reads(path: Path) -> Iterator[str]:
    """Yield every place that looks up a variable which is not plainly another library's."""
    for node in ast.walk(_tree(path)):
        name: ast.AST | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            looked_up, name = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            looked_up, name = node.func.value, node.args[0] if node.args else None
            if node.func.attr == "setdefault":
                continue
        elif isinstance(node, ast.Compare):
            looked_up, name = node.comparators[0], node.left
        else:
            looked_up = None
        is_getenv = isinstance(node, ast.Attribute | ast.alias) and "getenv" in ast.dump(node)
        if is_getenv or (looked_up and _is_environ(looked_up) and not _is_a_librarys_own(name)):
            yield f"{path}:{getattr(node, 'lineno', 0)}"


def test_reading_a_setting_elsewhere_would_be_found(tmp_path: Path) -> None:
    """The rule sees each way of reading and lets a library's own variable pass."""
    reads = tmp_path / "reads.py"
    reads.write_text(
        "os.environ['GYMLAB_X']\nos.environ.get(name)\nos.getenv('A')\n'GYMLAB_X' in os.environ\n"
        "os.environ.get('MUJOCO_GL')\nos.environ.setdefault('SDL_VIDEODRIVER', 'dummy')\n"
    )
    assert {place.rpartition(":")[2] for place in _environment_reads(reads)} == {"1", "2", "3", "4"}


def test_settings_alone_read_the_environment() -> None:
    """One place decides what can be set from outside."""
    readers = [
        place
        for path in FILES
        if path not in MAY_READ_ENVIRON
        for place in _environment_reads(path)
    ]
    assert readers == []


def _broad_excepts(path: Path) -> Iterator[ast.ExceptHandler]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {item.id for item in caught if isinstance(item, ast.Name)}
            if node.type is None or names & {"Exception", "BaseException"}:
                yield node


def test_everything_is_caught_only_at_the_edges() -> None:
    """A broad except is an edge of a process, is few, and never stays silent."""
    found = [(path, handler) for path in FILES for handler in _broad_excepts(path)]
    elsewhere = [
        f"{path}:{handler.lineno}"
        for path, handler in found
        if not any(edge in path.parents for edge in BROAD_EXCEPT_EDGES.values())
    ]
    silent = [
        f"{path}:{handler.lineno}"
        for path, handler in found
        if all(isinstance(statement, ast.Pass) for statement in handler.body)
    ]
    per_edge = {
        name: sum(edge in path.parents for path, _ in found)
        for name, edge in BROAD_EXCEPT_EDGES.items()
    }
    assert elsewhere == []
    assert silent == []
    assert {name: number for name, number in per_edge.items() if number > 3} == {}


def test_every_server_resource_is_kept_apart() -> None:
    """The rule that resources do not import each other names all of them."""
    contracts = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    [rule] = [contract for contract in contracts if contract["name"].startswith("Server resources")]
    found = {f"gymlab.server.{path.parent.name}" for path in SOURCE.glob("server/*/endpoints.py")}
    assert found <= set(rule["modules"])


def test_imports_stand_at_the_top() -> None:
    """Imports inside functions stay under one per cent, so that dependencies can be seen."""
    late = {
        f"{path}:{node.lineno}"
        for path in FILES
        for function in _functions(path)
        for node in _imports(function)
    }
    total = sum(len(_imports(_tree(path))) for path in FILES)
    assert len(late) <= max(1, MAX_LATE_IMPORT_SHARE * total), sorted(late)


def test_everything_public_is_described() -> None:
    """Every module, and nearly every public class and function, has a docstring."""
    undocumented = [str(path) for path in FILES if not ast.get_docstring(_tree(path))]
    public = [
        node
        for path in FILES
        for node in _tree(path).body
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
    ]
    described = [node for node in public if ast.get_docstring(node)]
    assert undocumented == []
    assert len(described) >= 0.95 * len(public)
