"""Packages that are missing, and what the sandbox keeps code from doing."""

import ast
import difflib
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache

from gymlab.server.code.checking.beside import check_import_from_beside, file_meant
from gymlab.server.code.checking.source import Program, Source

PACKAGES = {
    "numpy": "Arrays and their mathematics.",
    "gymnasium": "Environments, spaces and wrappers.",
    "math": "Functions of single numbers.",
    "random": "Random numbers; in an environment use `self.np_random`, which is seeded.",
    "scipy": "Statistics, geometry, signals.",
    "torch": "Tensors and networks.",
    "pygame": "Drawing frames.",
    "PIL": "Drawing and reading pictures.",
    "Box2D": "Physics of rigid bodies in the plane.",
    "mujoco": "Physics of robots.",
    "numba": "Compiling numeric Python.",
    "jax": "Arrays that are compiled and differentiated.",
    "minigrid": "Grid worlds of MiniGrid.",
    "ale_py": "Atari games.",
    "stable_baselines3": "Learning algorithms.",
    "collections": "Deques, counters and more containers.",
    "itertools": "Loops over combinations.",
    "dataclasses": "Small classes that hold values.",
    "typing": "Types for annotations.",
}
"""What is worth importing here -> what it is for; the ones that are not installed are not shown."""
_NETWORK = "The sandbox has no network, so it cannot reach anything."
_PROGRAMS = "The sandbox lets no other program and no other process start."
_MEMORY = "A wrong call ends the worker with all it did; the sandbox holds whatever it tries."
DENIED = {
    **dict.fromkeys(
        ("socket", "ssl", "http", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib",
         "websockets", "socketserver", "xmlrpc", "telnetlib", "paramiko", "wandb"), _NETWORK,
    ),
    **dict.fromkeys(("subprocess", "multiprocessing", "pty", "pexpect", "ray"), _PROGRAMS),
    **dict.fromkeys(("ctypes", "cffi"), _MEMORY),
    "pdb": "Nobody can type into it: use `print`, whose text is shown.",
}  # fmt: skip
_DENIED_MEMBERS = {
    **dict.fromkeys(
        [("os", name) for name in ("system", "popen", "fork", "forkpty", "execv", "execve",
         "execvp", "execl", "execlp", "spawnl", "spawnv", "posix_spawn", "startfile")], _PROGRAMS,
    ),
    **dict.fromkeys([("os", name) for name in ("kill", "killpg", "setuid", "setgid", "chroot")],
                    "The sandbox refuses it."),
    ("os", "_exit"): "It ends the worker, and the run with it: raise an error instead.",
    ("os", "abort"): "It ends the worker, and the run with it: raise an error instead.",
    ("urllib", "request"): _NETWORK,
    ("concurrent.futures", "ProcessPoolExecutor"): _PROGRAMS,
}  # fmt: skip
_SUCCESSORS = {
    "gym": "Gymnasium is its successor: `import gymnasium as gym`.",
    "cv2": "PIL draws and resizes pictures: `from PIL import Image`.",
    "tensorflow": "PyTorch is there: `import torch`.",
    "box2d": "It is written `Box2D`.",
    "pillow": "It is imported as `PIL`.",
    "sklearn": "NumPy has much of what a reward needs.",
    "pandas": "NumPy has much of what a reward needs.",
}


@cache
def is_there(package: str) -> bool:
    """Tell whether a package can be imported, without importing it."""
    if package in sys.stdlib_module_names or package in sys.builtin_module_names:
        return True
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def available_packages() -> dict[str, str]:
    """Return what code may use here, by name."""
    return {name: text for name, text in PACKAGES.items() if is_there(name)}


def check_imports(source: Source, program: Program) -> None:
    """Note what cannot be imported, and what would be refused when it is called."""
    optional = list(_optional_lines(program.nodes))
    for node in program.nodes:
        is_optional = any(getattr(node, "lineno", 0) in lines for lines in optional)
        match node:
            case ast.Import(names=names):
                for alias in names:
                    _check_module(source, alias, alias.name, is_optional=is_optional)
            case ast.ImportFrom() if source.beside and (
                node.level == 1 or file_meant(node, source.beside) is not None
            ):
                check_import_from_beside(source, node)
            case ast.ImportFrom(level=level) if level > 0:
                message = "The code is a single file, so there is nothing beside it to import."
                source.at(
                    node,
                    "relative_import",
                    message,
                    "Add the file, or put everything into this file.",
                )
            case ast.ImportFrom(module=str(module), names=names):
                _check_module(source, node, module, is_optional=is_optional)
                for alias in names:
                    _check_member(source, alias, module, alias.name)
            case ast.Attribute(value=ast.Name(id="os"), attr=name):
                _check_member(source, node, "os", name)
            case ast.Call(func=ast.Name(id="input" | "breakpoint" as name)):
                hint = "Use constants, and `print` to see values."
                message = f"`{name}()` waits for somebody to type, and nobody can."
                source.at(node, "nobody_types", message, hint)
            case _:
                pass


def _check_module(
    source: Source, node: ast.alias | ast.ImportFrom, name: str, *, is_optional: bool
) -> None:
    package = name.partition(".")[0]
    if name in source.beside:
        return
    reason = DENIED.get(package) or _DENIED_MEMBERS.get(tuple(name.split(".")[:2]))  # type: ignore[arg-type]
    if reason is not None and is_there(package):
        source.at(node, "denied", f"`{name}` is of no use here.", reason, severity="warning")
    elif not is_there(package) and not is_optional:
        source.at(
            node, "missing_package", f"There is no package `{package}` here.", _advice(package)
        )


def _check_member(source: Source, node: ast.alias | ast.Attribute, module: str, name: str) -> None:
    reason = _DENIED_MEMBERS.get((module, name))
    if reason is not None:
        message = f"`{module}.{name}` does not work here."
        source.at(node, "denied", message, reason, severity="warning")


def _advice(package: str) -> str:
    if package in _SUCCESSORS:
        return _SUCCESSORS[package]
    there = available_packages()
    known = sorted({*there, *sys.stdlib_module_names})
    close = difflib.get_close_matches(package, known, n=1, cutoff=0.8)
    if close:
        return f"Did you mean `{close[0]}`?"
    installed = [name for name in there if name not in sys.stdlib_module_names]
    return f"There are {', '.join(installed)} and what comes with Python."


def _optional_lines(nodes: list[ast.AST]) -> Iterator[range]:
    """Yield the lines where a missing package is expected or never looked for."""
    for node in nodes:
        match node:
            case ast.Try(body=body, handlers=handlers) if any(map(_catches_imports, handlers)):
                yield range(node.lineno, (body[-1].end_lineno or node.lineno) + 1)
            case ast.If(
                test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), body=body
            ):
                yield range(node.lineno, (body[-1].end_lineno or node.lineno) + 1)
            case _:
                pass


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
