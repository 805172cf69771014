"""Nothing is adopted or ended that only looks like a process of a run."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from gymlab.protocol.shim import ProcessIdentity, RunState
from gymlab.supervisor.process_identity import boot_id, identity_of, is_alive
from gymlab.supervisor.run_folder import read_state
from tests.integration.lab import LabServer, until
from tests.integration.shims import assert_gapless, is_running, lines_of, send_signal

pytestmark = pytest.mark.timeout(400)

Forge = Callable[[ProcessIdentity], ProcessIdentity]


def _other_start(identity: ProcessIdentity) -> ProcessIdentity:
    return msgspec.structs.replace(identity, start_time=identity.start_time - 0.01)


def _other_boot(identity: ProcessIdentity) -> ProcessIdentity:
    return msgspec.structs.replace(identity, boot_id=f"not-{boot_id()}")


@pytest.fixture(name="bystander")
def fixture_bystander() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that has nothing to do with the lab."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    assert process.stdin is not None
    process.stdin.close()
    process.wait(20)


@pytest.mark.parametrize("forge", [_other_start, _other_boot])
def test_a_reused_pid_is_neither_adopted_nor_ended(
    tmp_path: Path, bystander: subprocess.Popen[bytes], forge: Forge
) -> None:
    """The run counts as interrupted, whoever has its processes' pids now."""
    with LabServer(tmp_path) as lab:
        run_id = _orphan(lab)
        stranger = identity_of(bystander.pid)
        assert stranger is not None
        _rewrite(lab, run_id, shim=forge(stranger), worker=forge(stranger))
        lab.start()
        lab.wait_for(run_id, "interrupted")
        assert bystander.poll() is None


def test_a_zombie_counts_as_dead(tmp_path: Path) -> None:
    """Its pid, start time and boot are right, but it records nothing any more."""
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    identity = None
    while identity is None:
        identity = identity_of(zombie.pid)
    until(lambda: not is_running(zombie.pid), "its end")
    assert not is_alive(identity)
    with LabServer(tmp_path) as lab:
        run_id = _orphan(lab)
        _rewrite(lab, run_id, shim=identity, worker=identity)
        lab.start()
        lab.wait_for(run_id, "interrupted")
    zombie.wait(20)


@pytest.mark.parametrize("jump_s", [-10 * 365 * 86400.0, 10 * 365 * 86400.0])
def test_a_clock_that_jumped_costs_no_run(tmp_path: Path, jump_s: float) -> None:
    """Everything that was written under another time is believed nevertheless."""
    with LabServer(tmp_path) as lab:
        run_id = lab.create(
            total_timesteps=50_000_000, timesteps_per_second=300.0, checkpoint_every_timesteps=100
        )
        lab.wait_for(run_id, "running")
        state = _state(lab, run_id)
        assert state.shim is not None
        shim_pid = state.shim.pid
        send_signal(shim_pid, signal.SIGSTOP)
        lab.kill()
        _rewrite(lab, run_id, updated_at=time.time() + jump_s, started_at=time.time() + jump_s)
        lab.start()
        send_signal(shim_pid, signal.SIGCONT)
        lab.wait_for(run_id, "running")
        assert is_alive(state.shim)
        lab.act(run_id, "stop")
        lab.wait_for(run_id, "stopped")
        assert_gapless(lines_of(tmp_path / "runs" / run_id / "metrics.jsonl"))
        assert all(e["event_type"] != "interrupted" for e in lab.events(run_id))


def test_a_worker_without_its_shim_is_ended_and_the_run_can_go_on(tmp_path: Path) -> None:
    """Nothing records it: it is interrupted, and resumes without a gap."""
    with LabServer(tmp_path) as lab:
        run_id = lab.create(
            total_timesteps=50_000_000, timesteps_per_second=300.0, checkpoint_every_timesteps=100
        )
        lab.wait_for(run_id, "running")
        until(lambda: lab.run(run_id)["num_checkpoints"] > 0, "a checkpoint")
        state = _state(lab, run_id)
        assert state.shim is not None
        assert state.worker is not None
        worker = state.worker
        send_signal(state.shim.pid, signal.SIGKILL)
        run = lab.wait_for(run_id, "interrupted")
        assert run["allowed_actions"][0] == "resume"
        until(lambda: not is_alive(worker), "the worker's end")
        lab.act(run_id, "resume")
        lab.wait_for(run_id, "running")
        lab.act(run_id, "stop")
        lab.wait_for(run_id, "stopped")
        assert_gapless(lab.rows(run_id))


def _orphan(lab: LabServer) -> str:
    """Leave a run without shim and worker while no server is there; return its id."""
    run_id = lab.create(
        total_timesteps=50_000_000, timesteps_per_second=300.0, checkpoint_every_timesteps=100
    )
    lab.wait_for(run_id, "running")
    until(lambda: lab.run(run_id)["num_checkpoints"] > 0, "a checkpoint")
    lab.kill()
    state = _state(lab, run_id)
    assert state.shim is not None
    assert state.worker is not None
    shim, worker = state.shim, state.worker
    send_signal(shim.pid, signal.SIGKILL)
    until(lambda: not is_alive(shim) and not is_alive(worker), "their end")
    return run_id


def _rewrite(lab: LabServer, run_id: str, **changes: object) -> None:
    path = lab.home / "runs" / run_id / "state.json"
    state = msgspec.structs.replace(_state(lab, run_id), **changes)
    path.write_bytes(msgspec.json.encode(state))


def _state(lab: LabServer, run_id: str) -> RunState:
    state = read_state(lab.home / "runs" / run_id)
    assert state is not None
    return state
