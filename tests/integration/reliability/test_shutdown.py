"""A server that is asked to leave does so at once, in order, and alone."""

import contextlib
import json
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from gymlab.supervisor.process_identity import is_alive
from gymlab.supervisor.run_folder import read_state
from tests.integration.lab import API, LabServer, until
from tests.integration.shims import assert_gapless, lines_of
from tests.integration.sse import Follower

pytestmark = pytest.mark.timeout(400)

LEAVES_WITHIN_S = 5.0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_leaves_and_its_runs_go_on(tmp_path: Path, number: signal.Signals) -> None:
    """With viewers connected and requests under way; the next server finds the run again."""
    with LabServer(tmp_path) as lab:
        run_id = lab.create(total_timesteps=50_000_000, timesteps_per_second=300.0)
        lab.wait_for(run_id, "running")
        process = lab.process
        assert process is not None
        with Follower(lab, f"runs,run:{run_id}:metrics") as follower:
            follower.until_row(run_id, 10)
            body = json.dumps({
                "env_id": "CartPole-v1",
                "runner": "fake",
                "algorithm": "random",
                "total_timesteps": 100,
                "start": False,
                "name": "sent while the server leaves",
            }).encode()
            with _half_sent(lab, body) as connection:
                began = time.monotonic()
                process.send_signal(number)
                until(lambda: not _is_listening(lab.port), "the server to begin to leave")
                connection.sendall(body[len(body) // 2 :])
                answer = _read_all(connection)
                assert answer.startswith(b"HTTP/1.1 201"), answer[:300]
            status = process.wait(20)
            left_after = time.monotonic() - began
            state = read_state(tmp_path / "runs" / run_id)
            assert state is not None
            assert state.shim is not None
            assert is_alive(state.shim)
            assert left_after <= LEAVES_WITHIN_S
            assert status == 0
            assert not (tmp_path / "server.json").exists()
            lab.start()
            assert any(r["name"] == "sent while the server leaves" for r in lab.runs())
            lab.wait_for(run_id, "running")
            follower.until_row(run_id, state.seq + 5)
            lab.act(run_id, "stop")
            lab.wait_for(run_id, "stopped")
            assert follower.client.faults == []
        assert_gapless(lines_of(tmp_path / "runs" / run_id / "metrics.jsonl"))


def test_idle_workers_leave_with_the_server(tmp_path: Path) -> None:
    """Only runs outlive it."""
    with LabServer(tmp_path, warm_workers=1) as lab:
        assert lab.process is not None
        server = psutil.Process(lab.process.pid)
        (shim,) = _wait_for_children(server, "gymlab.supervisor.shim")
        (worker,) = _wait_for_children(shim, "gymlab.worker")
        lab.terminate()
        until(lambda: not shim.is_running() and not worker.is_running(), "their end")


def _wait_for_children(parent: psutil.Process, module: str) -> list[psutil.Process]:
    found: list[psutil.Process] = []

    def are_there() -> bool:
        found[:] = _children_that_run(parent, module)
        return bool(found)

    until(are_there, module)
    return found


def _children_that_run(parent: psutil.Process, module: str) -> list[psutil.Process]:
    """Return children by what they run: others, such as trials of the sandbox, come and go."""
    found: list[psutil.Process] = []
    for child in parent.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if module in child.cmdline():
                found.append(child)
    return found


def _half_sent(lab: LabServer, body: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", lab.port), timeout=20)
    head = (
        f"POST {API}/runs HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body[: len(body) // 2])
    time.sleep(0.1)  # the head must have arrived: there is nothing to wait for that shows it
    return connection


def _is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _read_all(connection: socket.socket) -> bytes:
    content = b""
    while chunk := connection.recv(65536):
        content += chunk
    return content
