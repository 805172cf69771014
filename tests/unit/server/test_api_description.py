"""The API's description as a running server gives it."""

import asyncio
import json
import sys

import pytest

from gymlab.errors import UnavailableError
from gymlab.server.api import bare_application
from gymlab.server.http import description
from gymlab.server.http.description import ApiDescription


def test_the_description_is_whole_and_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts under fields are in it, though the server itself has none."""
    made = ApiDescription()

    async def three_at_once() -> list[bytes]:
        return await asyncio.gather(made.content(), made.content(), made.content())

    first, *others = asyncio.run(three_at_once())
    assert json.loads(first) == json.loads(json.dumps(bare_application().openapi()))
    assert all(other is first for other in others)
    text = json.loads(first)["components"]["schemas"]["ErrorBody"]["properties"]["hint"]
    assert text["description"] == "What to do about it."
    monkeypatch.setattr(description, "COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    assert asyncio.run(made.content()) is first


@pytest.mark.parametrize(
    ("program", "timeout_s"), [("raise SystemExit(3)", 60.0), ("import time; time.sleep(60)", 0.2)]
)
def test_a_failure_is_said_and_the_next_asker_tries_again(
    monkeypatch: pytest.MonkeyPatch, program: str, timeout_s: float
) -> None:
    """Nothing half made is kept."""
    made = ApiDescription()
    monkeypatch.setattr(description, "COMMAND", (sys.executable, "-c", program))
    monkeypatch.setattr(description, "TIMEOUT_S", timeout_s)
    with pytest.raises(UnavailableError):
        asyncio.run(made.content())
    monkeypatch.setattr(description, "COMMAND", (sys.executable, "-c", "print('{}')"))
    monkeypatch.setattr(description, "TIMEOUT_S", 60.0)
    assert asyncio.run(made.content()).strip() == b"{}"
