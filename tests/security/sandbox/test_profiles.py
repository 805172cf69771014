"""The profile for runners that talk to services of their own: sockets, but nobody outside to reach."""

import subprocess
import tempfile
from pathlib import Path

import pytest

from gymlab.protocol.confinement import Profile
from gymlab.supervisor.sandbox.command import worker_command
from gymlab.supervisor.sandbox.self_test import SNIPPET_MODULE
from tests.security.sandbox.world import World

TALK = """
import socket
listening = socket.create_server(("127.0.0.1", 0))
calling = socket.create_connection(listening.getsockname())
calling.sendall(b"hello")
print(listening.accept()[0].recv(5).decode())
"""


def _say(text: str, profile: Profile) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        command = worker_command([], scratch=Path(scratch), profile=profile, module=SNIPPET_MODULE)
        answer = subprocess.run(
            command.arguments,
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=command.environment,
            cwd=scratch,
            timeout=60,
            check=False,
        )
    return answer.stdout.decode()


needs_namespaces = pytest.mark.needs("namespaces")


@needs_namespaces
def test_a_worker_talks_to_itself_in_the_loopback_profile() -> None:
    """In the strict one there is no socket at all."""
    assert _say(TALK, "loopback").strip() == "hello"
    assert "PermissionError" in _say(TALK, "strict")


@needs_namespaces
def test_nobody_outside_is_reached_in_the_loopback_profile(tmp_path: Path) -> None:
    """The loopback is the sandbox's own: the same port outside hears nothing."""
    with World(tmp_path / "world") as world:
        targets = world.targets()
        text = f"""
import socket
for address in [("127.0.0.1", {targets["tcp"]}), ("192.0.2.1", 80), ("::1", {targets["tcp"]})]:
    try:
        socket.create_connection(address, 0.5)
    except OSError as error:
        print("held", error)
for name in ({targets["unix"]!r}, {targets["abstract"]!r}):
    try:
        socket.socket(socket.AF_UNIX).connect(name)
    except OSError as error:
        print("held", error)
"""
        assert _say(text, "loopback").count("held") == 5
        assert world.damages() == []
