"""A command uses the server of its data folder and no other one."""

import json
from pathlib import Path

import pytest

from gymlab.cli.running_server import running_server
from gymlab.settings import Settings
from tests.unit.sdk.conftest import ScriptedServer


@pytest.mark.parametrize(("instance", "is_found"), [("mine", True), ("of another lab", False)])
def test_a_server_is_known_by_its_instance(
    tmp_path: Path, server: ScriptedServer, instance: str, is_found: bool
) -> None:
    """After this lab's server died, another one may have taken its port."""
    told = {"pid": 1, "url": server.url, "instance": "mine"}
    (tmp_path / "server.json").write_text(json.dumps(told))
    server.on("GET /health", {"status": "ok", "version": "1", "uptime_s": 1, "instance": instance})
    client = running_server(Settings(home=tmp_path))
    assert (client is not None) is is_found
    if client is not None:
        client.close()
