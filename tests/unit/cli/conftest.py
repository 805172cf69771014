"""Runs the command line in this process against a scripted server."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from gymlab.cli.main import main
from tests.unit.sdk.conftest import run_answer, server

__all__ = ["run_answer", "server"]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def gymlab(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs `gymlab ARGUMENTS...`."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["gymlab", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        said = capsys.readouterr()
        return Ended(int(caught.value.code or 0), said.out, said.err)

    return run
