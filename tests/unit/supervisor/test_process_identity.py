"""A process is never mistaken for another one."""

import os
import subprocess
import sys

import msgspec

from gymlab.supervisor.deaths import name_exit
from gymlab.supervisor.process_identity import identity_of, is_alive, own_identity


def test_a_living_process_is_alive_and_a_waited_for_one_is_not() -> None:
    """Also a zombie counts as dead."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = identity_of(child.pid)
    assert identity is not None
    assert is_alive(identity)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(identity)
    child.communicate()
    assert not is_alive(identity)


def test_the_same_pid_with_another_start_or_boot_is_somebody_else() -> None:
    """Pids are reused; after a reboot everybody is new."""
    own = own_identity()
    assert is_alive(own)
    assert not is_alive(msgspec.structs.replace(own, start_time=own.start_time + 1))
    assert not is_alive(msgspec.structs.replace(own, boot_id="another"))


def test_exit_statuses_are_named() -> None:
    """Each kind of end has its own words."""
    names = {
        name_exit(code, timestep=1, kernel_memory_kill=memory).code: (code, memory)
        for code, memory in [(3, False), (-9, False), (-9, True), (-11, False), (-15, False)]
    }
    assert set(names) == {"exited", "killed", "out_of_memory", "crashed"}
    assert "SIGSEGV" in name_exit(-11, timestep=1, kernel_memory_kill=False).detail
