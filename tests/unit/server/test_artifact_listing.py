"""Listing files never stumbles over a damaged manifest."""

from pathlib import Path

import pytest

from gymlab.server.artifacts.service import known_hashes


@pytest.mark.parametrize("content", [b"", b"{", b'{"members": 5}', b'{"members"\xe3: {}}', b"\xff"])
def test_a_damaged_manifest_tells_no_hashes(tmp_path: Path, content: bytes) -> None:
    """The file is listed without a hash, and that is all."""
    folder = tmp_path / "checkpoints" / "100"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(content)
    assert known_hashes(tmp_path) == {}
