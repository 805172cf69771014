"""Clients that send slowly, read nothing or never finish hold nothing up."""

import socket
import time

from tests.integration.lab import API, LabServer, until

DROPPED_WITHIN_S = 15.0


BEGUN = {
    "silent": b"",
    "half a line": b"GET /api/v1/runs HT",
    "half a head": b"GET /api/v1/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "half a body": b"POST /api/v1/runs HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
}


def test_requests_that_are_never_finished_are_dropped(lab: LabServer) -> None:
    """Twenty of each kind at once, while others are served."""
    connections = [(kind, _connect(lab)) for kind in BEGUN for _ in range(20)]
    try:
        for kind, connection in connections:
            connection.sendall(BEGUN[kind].replace(b"{host}", f"127.0.0.1:{lab.port}".encode()))
        assert lab.get("/health").status_code == 200
        deadline = time.monotonic() + DROPPED_WITHIN_S
        held: list[str] = []
        for kind, connection in connections:
            connection.settimeout(max(0.1, deadline - time.monotonic()))
            try:
                _read_to_end(connection)
            except TimeoutError:
                held.append(kind)
        assert held == []
    finally:
        for _, connection in connections:
            connection.close()


def test_a_drip_of_bytes_does_not_keep_a_request_open(lab: LabServer) -> None:
    """The deadline is absolute: sending a little now and then does not move it."""
    with _connect(lab) as connection:
        head = (
            f"POST {API}/runs HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\nContent-Length: 900\r\n\r\n"
        )
        connection.sendall(head.encode())
        connection.settimeout(0.2)
        began = time.monotonic()

        def is_dropped() -> bool:
            try:
                connection.sendall(b" ")
                return connection.recv(4096) == b"" or time.monotonic() - began > 1
            except TimeoutError:
                return False
            except OSError:
                return True

        until(is_dropped, "the server to drop it", DROPPED_WITHIN_S)


def test_a_stream_that_is_not_read_costs_others_nothing(lab: LabServer) -> None:
    """Thirty clients that never read while a run writes at full speed."""
    run_id = lab.create(total_timesteps=50_000_000, timesteps_per_second=20_000.0)
    lab.wait_for(run_id, "running")
    connections = [_connect(lab) for _ in range(30)]
    try:
        for connection in connections:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            target = f"{API}/runs/{run_id}/stream?from=start"
            head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n\r\n"
            connection.sendall(head.encode())
        before = lab.run(run_id)["timestep"]
        until(lambda: lab.run(run_id)["timestep"] > before + 20_000, "the run to go on")
        assert lab.get("/health").status_code == 200
    finally:
        for connection in connections:
            connection.close()
        lab.act(run_id, "stop")
        lab.wait_for(run_id, "stopped")


def _connect(lab: LabServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", lab.port), timeout=20)


def _read_to_end(connection: socket.socket) -> None:
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        return
