"""The wheel carries the page: installed elsewhere, it serves without this repository."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from gymlab.cli.server_file import read_server_file
from tests.integration.lab_process import PATIENCE_S, clean_environment, is_healthy


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_installed_wheel_serves_page_and_api(tmp_path: Path) -> None:
    """Build, install into an empty folder, start from there: the page and /health answer."""
    subprocess.run([sys.executable, "scripts/build_wheel.py"], check=True, timeout=300)
    [wheel] = Path("dist").glob("gymlab-*.whl")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target"]
    subprocess.run([*pip, str(tmp_path / "site"), str(wheel)], check=True, timeout=200)

    home = tmp_path / "home"
    command = [sys.executable, "-m", "gymlab", "serve", "--port", "0", "--home", str(home)]
    process = subprocess.Popen(
        [*command, "--no-welcome-run", "--warm-workers", "0"],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(tmp_path / "site")),
    )
    try:
        url = _wait_for_server(process, home)
        assert "<title>" in httpx.get(url, timeout=10).text
    finally:
        process.terminate()
        process.wait(10)


def _wait_for_server(process: subprocess.Popen[bytes], home: Path) -> str:
    for _ in range(int(PATIENCE_S)):
        told = read_server_file(home)
        if told is not None and told.pid == process.pid and is_healthy(told.url):
            return told.url
        try:
            raise AssertionError(f"the server ended with {process.wait(1)}")
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("the server did not become healthy")
