"""From a source to a module that can be called."""

import importlib.util
import sys
from types import CodeType, ModuleType

from gymlab.domain.code import CodeKind, SourceCode
from gymlab.envs.usercode.guard import guarded
from gymlab.envs.usercode.lines import register, text_of
from gymlab.errors import UserCodeError
from gymlab.protocol.usercode import Place

FUNCTIONS = {CodeKind.REWARD: "reward_function", CodeKind.EVALUATION: "evaluate"}
"""What a source has to define."""
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

    Tracebacks show its lines under `<reward>`, `<environment>` or `<evaluation>`.

    Args:
        code: The source.
        kind: What it is for.
        filename: Name of its file in messages; `<kind>` by default.

    Raises:
        UserCodeError: It is no Python, raised something, or did not end in time.
    """
    filename = filename or f"<{kind.value}>"
    source = code.source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    register(filename, source)
    compiled = compiled_source(source, filename)
    name = f"usercode_{kind.value}_{code.sha256[:12]}"
    module = ModuleType(name)
    module.__file__ = filename
    # Data classes and pickles look their module up.
    sys.modules[name] = module
    guarded(_execute, Place.IMPORT)(compiled, module)
    return module


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
        missing = (error.name or "").partition(".")[0]
        if missing and importlib.util.find_spec(missing) is None:
            there = ", ".join(name for name in _USUAL_PACKAGES if importlib.util.find_spec(name))
            error.msg = f"there is no package {missing!r} here; there are {there} and what comes with Python"
        raise
