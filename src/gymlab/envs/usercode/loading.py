"""From a source to a module that can be called."""

import builtins
import importlib
import importlib.util
import sys
from collections.abc import Collection, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from gymlab.domain.code import CodeKind, SourceCode
from gymlab.domain.code_files import MAIN, module_of, shown_name, split_files
from gymlab.envs.usercode.guard import guarded
from gymlab.envs.usercode.lines import register, text_of
from gymlab.envs.usercode.watchdog import WATCHDOG
from gymlab.errors import UserCodeError
from gymlab.protocol.usercode import Place

FUNCTIONS = {CodeKind.REWARD: "reward_function", CodeKind.EVALUATION: "evaluate"}
"""What a source has to define."""
MODULE_PREFIX = "usercode_"
"""Begins the names of modules that are made of users' sources."""
_USUAL_PACKAGES = (
    "numpy",
    "scipy",
    "gymnasium",
    "torch",
    "Box2D",
    "pygame",
    "mujoco",
    "jax",
    "PIL",
)


def load_source(code: SourceCode, kind: CodeKind, filename: str | None = None) -> ModuleType:
    """Run a source once and return the module that it makes.

    Tracebacks show its lines under `<reward>`, `<environment>` or `<evaluation>`; those of a file
    beside the main one under `<environment/physics.py>`.

    Args:
        code: The source.
        kind: What it is for.
        filename: Name of its main file in messages; `<kind>` by default.

    Raises:
        UserCodeError: It is no Python, raised something, or did not end in time.
    """
    files = split_files(code.source)
    filename = filename or shown_name(kind.value, MAIN)
    compiled = compiled_source(readable(files[MAIN], filename), filename)
    name = f"{MODULE_PREFIX}{kind.value}_{code.sha256[:12]}"
    module = ModuleType(name)
    module.__file__ = filename
    if len(files) > 1:
        make_package(module, kind.value, files)
    else:
        module.__dict__["__builtins__"] = _builtins_of(name, ())
    # Data classes and pickles look their module up.
    sys.modules[name] = module
    guarded(_execute, Place.IMPORT)(compiled, module)
    return module


def readable(source: str, filename: str) -> str:
    """Return a source with line feeds only, whose lines tracebacks will show."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    register(filename, source)
    return source


def make_package(module: ModuleType, kind: str, files: Mapping[str, str]) -> None:
    """Let the files of a source import each other, as `physics` or `.physics`.

    They are submodules of the main one, so that two documents may have files of the same name.
    `import physics` is looked up among them first, by a function that only these files see.
    """
    package = module.__name__
    for file, text in files.items():
        if file != MAIN:
            FILES.add(f"{package}.{module_of(file)}", text, shown_name(kind, file))
    own = {module_of(file) for file in files}
    module.__package__, module.__path__ = package, []
    module.__dict__["__builtins__"] = _builtins_of(package, own)


def _builtins_of(package: str, own: Collection[str]) -> dict[str, Any]:
    def import_(
        name: str,
        names: Mapping[str, object] | None = None,
        local: Mapping[str, object] | None = None,
        wanted: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        if level == 0 and name in own:
            is_main = name == module_of(MAIN)
            return importlib.import_module(package if is_main else f"{package}.{name}")
        if level > 0 or _is_there(name, wanted):
            return builtins.__import__(name, names, local, wanted, level)
        with WATCHDOG.loading():
            return builtins.__import__(name, names, local, wanted, level)

    return {**builtins.__dict__, "__import__": import_}


def _is_there(name: str, wanted: Sequence[str]) -> bool:
    """Tell whether an import finds everything in memory."""
    module = sys.modules.get(name)
    return module is not None and all(item in module.__dict__ for item in wanted or ())


class _Files(MetaPathFinder, Loader):
    """Finds the files of sources beside their main ones."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, str]] = {}

    def add(self, name: str, text: str, filename: str) -> None:
        """Let a file be imported by its full name."""
        self._texts[name] = (text, filename)
        sys.modules.pop(name, None)
        if self not in sys.meta_path:
            sys.meta_path.append(self)

    def names(self) -> list[str]:
        """Return the full names of all files."""
        return list(self._texts)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a file is loaded from; None for every other module."""
        del path, target
        return ModuleSpec(fullname, self) if fullname in self._texts else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Run a file.

        Raises:
            UserCodeError: It is no Python.
        """
        text, filename = self._texts[module.__name__]
        module.__file__ = filename
        package = sys.modules[module.__name__.rpartition(".")[0]]
        module.__dict__["__builtins__"] = package.__dict__["__builtins__"]
        compiled = compiled_source(readable(text, filename), filename)
        exec(compiled, module.__dict__)  # noqa: S102 - running it is what the sandbox is for


FILES = _Files()
"""The files beside the main ones, of every source that this process has loaded."""


def compiled_source(source: str, filename: str) -> CodeType:
    """Compile a source.

    Raises:
        UserCodeError: It is no Python.
    """
    try:
        return compile(source, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        # For a NUL or half of a surrogate pair Python names no line.
        line = f"{filename}:{error.lineno or _unreadable_line(source)}"
        shown = f" (`{text_of(line)}`)" if text_of(line) else ""
        raise UserCodeError(f"{line}: {error.msg}{shown}.", line=line) from None
    except (RecursionError, MemoryError):
        raise UserCodeError("The source is nested too deeply to be read.") from None
    except (ValueError, OverflowError) as error:
        line = f"{filename}:{_unreadable_line(source)}"
        raise UserCodeError(f"{line}: {error}.", line=line) from None


def _unreadable_line(source: str) -> int:
    for number, text in enumerate(source.split("\n"), start=1):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            return number
    return 1


def _execute(compiled: CodeType, module: ModuleType) -> None:
    try:
        exec(compiled, module.__dict__)  # noqa: S102 - running it is what the sandbox is for
    except ModuleNotFoundError as error:
        error.msg = _explained(error, module.__name__)
        raise


def _explained(error: ModuleNotFoundError, package: str) -> str:
    missing = error.name or ""
    files = [name for name in FILES.names() if name.startswith(f"{package}.")]
    beside = ", ".join(f"{name.rpartition('.')[2]}.py" for name in files)
    if missing.startswith(f"{package}."):
        there = f"there are {beside}" if beside else "it is a single file"
        return f"the source has no file {missing.rpartition('.')[2]!r}; {there}"
    missing = missing.partition(".")[0]
    if not missing or missing == package or importlib.util.find_spec(missing) is not None:
        return error.msg
    there = ", ".join(name for name in _USUAL_PACKAGES if importlib.util.find_spec(name))
    also = f"; beside it are {beside}" if beside else ""
    return (
        f"there is no package {missing!r} here; there are {there} and what comes with Python{also}"
    )
