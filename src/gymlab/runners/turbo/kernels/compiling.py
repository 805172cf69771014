"""How functions of this folder become machine code, and where that is kept.

Numba's own cache wants a folder that it can write to. Here one program fills the cache, when the lab
is set up, and all others read it: workers could not write there, and must not (a program that one
user's worker wrote would run in another's).
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

import hashlib
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator

from gymlab.runners.turbo.xla import CACHE_FOLDER

_LOOSE = {"reassoc", "contract", "arcp", "nsz"}
"""Sums may be taken in another order, so that they are taken eight at a time; what is not a number
stays none, or nobody would see that an agent diverged."""
_keeps = False

P = ParamSpec("P")
R = TypeVar("R")


def keep_kernels() -> None:
    """Write what is compiled to the cache from here on; for set-up, which runs no code of users."""
    global _keeps  # noqa: PLW0603 - one switch of the process, thrown once
    _keeps = True
    kept = _folder()
    for path in kept.parent.iterdir() if kept.parent.is_dir() else ():
        if path != kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function for the types of its first call, and let other threads run meanwhile.

    Functions with this mark may call each other; those that Python calls are marked `entry`.
    """
    return numba.njit(nogil=True, fastmath=_LOOSE, error_model="numpy")(function)


def strict_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function whose operations are taken in the order in which they are written."""
    return numba.njit(nogil=True, fastmath={"contract"}, error_model="numpy")(function)


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that Python calls: it is read from the cache where it is known there."""
    compiled: Any = kernel(function)
    compiled._cache = _SharedCache(function)  # noqa: SLF001 - Numba offers no other way in
    return compiled


class _SharedLocator(UserProvidedCacheLocator):
    """Says where the cache lies and which sources it was made of."""

    def __init__(self, py_func: Any, py_file: str) -> None:
        del py_func
        self._py_file = py_file

    def get_cache_path(self) -> str:
        """Return the folder."""
        return os.fspath(_folder())

    def get_source_stamp(self) -> bytes:
        """Return a digest of all kernels: they call each other, which Numba does not look at."""
        return _digest()

    def get_disambiguator(self) -> str:
        """Return what tells functions of one name apart."""
        return Path(self._py_file).stem

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> "_SharedLocator":
        """Return the locator; it has a place for every function."""
        return cls(py_func, py_file)


class _SharedImpl(CompileResultCacheImpl):
    _locator_classes = (_SharedLocator,)


class _SharedCache(FunctionCache):
    """Read by everybody, written by the set-up alone."""

    _impl_class = _SharedImpl

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, in the set-up."""
        if _keeps:
            super().save_overload(sig, data)


def _folder() -> Path:
    """Return the folder of these very sources: Numba cannot read what others, with other types, left."""
    return CACHE_FOLDER / "kernels" / _digest().hex()[:16]


@cache
def _digest() -> bytes:
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.digest()
