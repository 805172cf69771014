"""What an attack is: a piece of Python, tried from inside a sandbox."""

import textwrap
from dataclasses import dataclass

WITH_A_CARD = "best-with-a-card"
"""The strongest tier of this machine, as a run with `device: cuda` has it."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attempt. Its text returns something true from `attack()` when it got through.

    Names it may use: `T` (what is outside, see `world.py`), `syscall(number, ...)`, `libc`, and
    the usual modules.
    """

    id: str
    text: str
    leaks_in: frozenset[str] = frozenset()
    """Tiers in which it is known to get through, and documented to."""


def attack(id_: str, text: str, *, leaks_in: frozenset[str] = frozenset()) -> Attack:
    """Return an attack; the text is the body of a function."""
    return Attack(id_, textwrap.dedent(text).strip(), leaks_in)


def on(calls: str, base: str) -> list[Attack]:
    """Return attacks that are one line each, as `name: expression`."""
    made: list[Attack] = []
    for line in calls.strip().splitlines():
        name, _, expression = line.strip().partition(": ")
        made.append(attack(f"{base}-{name}", f"return {expression}"))
    return made


PRELUDE = """
import ctypes, errno, fcntl, glob, json, mmap, os, resource, select, shutil, signal, socket
import stat, struct, subprocess, sys, threading, time
from pathlib import Path
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *arguments):
    ctypes.set_errno(0)
    answer = libc.syscall(ctypes.c_long(number), *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
def attack():
{body}
try:
    answer = attack()
except BaseException as error:
    print("HELD", type(error).__name__, error, flush=True)
else:
    print("THROUGH" if answer else "HELD without an error", repr(answer)[:300], flush=True)
"""


def program(item: Attack, targets: dict[str, object]) -> str:
    """Return the text that is run inside."""
    body = textwrap.indent(item.text, "    ")
    return f"T = {targets!r}\n{PRELUDE.replace('{body}', body)}"
