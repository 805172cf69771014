"""The page that tells what user code was running when a worker ended."""

import os
import struct
import subprocess
import sys

import pytest

from gymlab.protocol.usercode import MARKER_BYTES, PLACES, Place, UserCodeMoment
from gymlab.supervisor.deaths import name_exit
from gymlab.supervisor.marker_page import MarkerPage

WORKER = """
import os, sys
from gymlab.envs.usercode.guard import guarded
from gymlab.envs.usercode.marker import MARKER
from gymlab.protocol.usercode import Place
MARKER.share(int(sys.argv[1]))
MARKER.at(41)
guarded(lambda: 1, Place.STEP)()
MARKER.at(42)
guarded(os.abort if sys.argv[2] == "inside" else int, Place.REWARD)()
os.abort()
"""


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_the_page_outlives_the_process_that_wrote_it(where: str) -> None:
    """With the timestep of the call during which it ended."""
    page = MarkerPage()
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(page.descriptor), where],
        pass_fds=(page.descriptor,),
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == -6, done.stderr
    assert page.timestep() == 42
    expected = UserCodeMoment(Place.REWARD, 42) if where == "inside" else None
    assert page.moment() == expected
    page.close()


def test_nobody_changes_its_size_and_what_is_forged_stays_bounded() -> None:
    """It is written by the worker, so it may hold anything."""
    page = MarkerPage()
    for size in (0, 2 * MARKER_BYTES):
        with pytest.raises(OSError, match="not permitted"):
            os.ftruncate(page.descriptor, size)
    os.pwrite(page.descriptor, struct.pack("=QQ", len(PLACES) + 1, 2**64 - 1), 0)
    assert page.moment() is None
    assert page.timestep() == 2**53
    page.close()
    page.close()
    assert (page.moment(), page.timestep()) == (None, 0)


def test_a_death_says_what_the_code_was_doing() -> None:
    """Where it is known, and only of code of the author's own."""
    moment = UserCodeMoment(Place.RESET, 7)
    own = name_exit(-11, timestep=7, kernel_memory_kill=False, has_user_code=True, moment=moment)
    assert own.detail == ("Your code crashed the interpreter at timestep 7, in `reset` (SIGSEGV).")
    ended = name_exit(3, timestep=7, kernel_memory_kill=False, has_user_code=True, moment=moment)
    assert ended.detail.endswith("with exit code 3 at timestep 7, in `reset`.")
    stock = name_exit(-11, timestep=7, kernel_memory_kill=False, moment=moment)
    assert stock.detail == "The interpreter crashed with SIGSEGV at timestep 7."


ACCOUNT = b"""chatter
Timeout (0:00:04)!
Thread 0x00007f (most recent call first):
  File "<reward>", line 3 in reward_function
  File "/lab/guard.py", line 47 in run
"""


def test_an_operation_that_nothing_interrupts_is_named_with_its_line() -> None:
    """The fault handler ends the interpreter with exit code 1; its account says where."""
    moment = UserCodeMoment(Place.REWARD, 7)
    death = name_exit(
        1,
        timestep=7,
        kernel_memory_kill=False,
        has_user_code=True,
        moment=moment,
        printed=ACCOUNT,
    )
    assert (death.code, death.line) == ("user_code_timeout", "<reward>:3")
    assert death.detail.startswith("The reward was still running")
    assert "<reward>:3" in death.detail
    assert death.hint


@pytest.mark.parametrize(
    ("printed", "has_user_code"),
    [
        (b"", True),
        (b"Timeout (0:00:04)! they said\n" + ACCOUNT.partition(b"!\n")[2], True),
        (ACCOUNT + b"Fatal Python error: Segmentation fault\n", True),
        (ACCOUNT.replace(b"<reward>", b"/lab/x.py"), True),
        (ACCOUNT, False),
    ],
)
def test_what_only_looks_like_it_is_an_ordinary_end(printed: bytes, has_user_code: bool) -> None:
    """An exit code alone, a sentence that somebody printed, code of nobody."""
    death = name_exit(
        1, timestep=7, kernel_memory_kill=False, has_user_code=has_user_code, printed=printed
    )
    assert (death.code, death.line) == ("exited", None)


def test_a_crash_carries_its_line() -> None:
    """From the account that the fault handler left."""
    printed = b'Fatal Python error: Segmentation fault\n\nCurrent thread:\n  File "<environment>", line 12 in step\n'
    death = name_exit(
        -11, timestep=7, kernel_memory_kill=False, has_user_code=True, printed=printed
    )
    assert (death.code, death.line) == ("crashed", "<environment>:12")
