"""Who holds a port, as far as the system tells."""

import psutil


def owner_of_port(port: int) -> str | None:
    """Return `used by NAME (process PID)`, or None when it cannot be known."""
    try:
        connections = psutil.net_connections("tcp")
    except (psutil.Error, OSError):
        return None
    for connection in connections:
        is_listening = connection.status == psutil.CONN_LISTEN
        if is_listening and connection.laddr and connection.laddr.port == port:
            return _describe(connection.pid)
    return None


def _describe(pid: int | None) -> str | None:
    if pid is None:
        return "used by a process of another user"
    try:
        return f"used by {psutil.Process(pid).name()} (process {pid})"
    except psutil.Error:
        return f"used by process {pid}"
