"""What a server writes of itself can be used by commands on the same machine."""

from pathlib import Path

import pytest

from gymlab.cli.server_file import read_server_file
from gymlab.server.orchestration.server_file import Address, write_server_file


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - compared, not bound
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("lab.example", "http://lab.example:8000"),
    ],
)
def test_the_address_can_be_opened(tmp_path: Path, host: str, url: str) -> None:
    """A server that listens everywhere is reached at this machine's own address."""
    write_server_file(tmp_path, Address(host, 8000, tmp_path / "server.sock", "a1"))
    told = read_server_file(tmp_path)
    assert told is not None
    assert (told.url, told.instance) == (url, "a1")
