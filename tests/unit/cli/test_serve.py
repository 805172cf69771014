"""Starting: a folder that cannot be written and a port in use are named before anything starts."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gymlab.cli import data_folder, serve
from gymlab.errors import DataFolderInUseError, UnavailableError
from gymlab.settings import Settings


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A listening socket of this process."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def test_a_port_in_use_names_its_owner_and_another(taken: socket.socket, tmp_path: Path) -> None:
    """The line says which port, which process, and what to type."""
    port = taken.getsockname()[1]
    with pytest.raises(UnavailableError) as caught:
        serve.require_port(Settings(home=tmp_path, port=port))
    assert f"Port {port} cannot be used" in caught.value.detail
    assert f"(process {os.getpid()})" in caught.value.detail
    assert "GYMLAB_PORT=" in str(caught.value.hint)


def test_this_labs_own_server_is_recognised(taken: socket.socket, tmp_path: Path) -> None:
    """A second start says where the lab already is."""
    port = taken.getsockname()[1]
    told = {"pid": os.getpid(), "url": f"http://127.0.0.1:{port}"}
    (tmp_path / "server.json").write_text(json.dumps(told))
    with pytest.raises(DataFolderInUseError, match=f"already served at http://127.0.0.1:{port}"):
        serve.require_port(Settings(home=tmp_path, port=port))


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    """An address this machine does not have is named."""
    with pytest.raises(UnavailableError, match=r"Cannot listen on 192\.0\.2\.1"):
        serve.require_port(Settings(home=tmp_path, host="192.0.2.1", port=8000))


def test_a_host_name_nobody_knows_is_refused_as_a_name(tmp_path: Path) -> None:
    """Another port would not help."""
    with pytest.raises(UnavailableError, match=r"Cannot listen on bad host") as caught:
        serve.require_port(Settings(home=tmp_path, host="bad host", port=8000))
    assert "GYMLAB_HOST=" in str(caught.value.hint)


def test_a_free_port_passes(tmp_path: Path) -> None:
    """Port 0 is always free."""
    serve.require_port(Settings(home=tmp_path, port=0))


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    """The line says which folder and which setting."""
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="Cannot write to the data folder") as caught:
        data_folder.require_home(Settings(home=tmp_path / "file" / "below"))
    assert "GYMLAB_HOME=" in str(caught.value.hint)


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little space stops the start with what is needed."""
    monkeypatch.setattr(data_folder, "MIN_FREE_BYTES", 10**18)
    with pytest.raises(UnavailableError, match=r"No disk space: .* MB free"):
        data_folder.require_home(Settings(home=tmp_path))
