"""Which files of the machine a worker can see: Python, its packages, system libraries; no more."""

import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/glvnd",
    "/nix/store",
    "/home/linuxbrew/.linuxbrew",
)
"""Libraries and what they read; no configuration that could hold a secret."""
KERNEL = ("/sys/devices/system/cpu", "/sys/devices/system/node")
"""What torch and the threads of numpy ask about the processor."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
SCRATCH = "/tmp"  # noqa: S108 - a file system of the sandbox's own
OTHER_SCRATCH = "/scratch"


@cache
def python_roots() -> tuple[str, ...]:
    """Return the folders of the interpreter and of everything that it can import."""
    prefixes = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    links = list(_links_of(Path(sys.executable)))
    roots = [*prefixes, *_path_files(), *(str(Path(link).parent) for link in links)]
    real = [os.path.realpath(root) for root in roots]
    return tuple(_outermost([*roots, *real]))


@cache
def readable_roots() -> tuple[str, ...]:
    """Return every folder and file that a worker can read, none below another."""
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    found = [path for path in (*SYSTEM, *libraries) if path and Path(path).exists()]
    return tuple(_outermost([*found, *python_roots()]))


def containing_root(folder: Path) -> str | None:
    """Return the readable folder in which this one lies; None when no worker can see it."""
    resolved = os.path.realpath(folder)
    for root in readable_roots():
        if _is_below(resolved, os.path.realpath(root)):
            return root
    return None


def scratch_path() -> str:
    """Return where the sandbox's own file system is mounted: never above what else is mounted."""
    is_taken = any(_is_below(root, SCRATCH) for root in readable_roots())
    return OTHER_SCRATCH if is_taken else SCRATCH


def glfw_library() -> str | None:
    """Return the library that glfw would look for by starting a program, which no worker can."""
    for name in ("purelib", "platlib"):
        path = Path(sysconfig.get_path(name)) / "glfw" / "x11" / "libglfw.so"
        if path.is_file():
            return str(path)
    return None


def _path_files() -> Iterator[str]:
    """Yield the folders that `.pth` files add: packages that are installed in place."""
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *_site()}:
        for file in sorted(Path(folder).glob("*.pth")):
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("/") and Path(line.strip()).is_dir():
                    yield line.strip()


def _site() -> list[str]:
    return [folder for folder in site.getsitepackages() if Path(folder).is_dir()]


def _links_of(path: Path) -> Iterator[str]:
    """Yield a path and every one that it links to."""
    for _ in range(40):
        yield str(path)
        if not path.is_symlink():
            return
        path = path.parent / path.readlink()


def _outermost(paths: Iterable[str]) -> list[str]:
    """Return the paths without those that lie below another."""
    kept: list[str] = []
    for path in sorted({os.path.normpath(path) for path in paths}):
        if path != "/" and not any(_is_below(path, other) for other in kept):
            kept.append(path)
    return kept


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
