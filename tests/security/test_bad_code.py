"""Code that makes no sense or means harm: refused by name, or told about, and never run by the server."""

from typing import Any

import pytest

from gymlab.domain.code import MAX_SOURCE_BYTES
from tests.integration.lab import LabServer
from tests.security.requests import fields_of, refused

NEW = {"kind": "reward", "name": "a", "source": "a = 1"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "virus"}, "kind"),
        ({"kind": None}, "kind"),
        ({"name": ""}, "name"),
        ({"name": " \t"}, "name"),
        ({"name": "a" * 10_000}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": 3}, "name"),
        ({"source": ""}, "source"),
        ({"source": " \n"}, "source"),
        ({"source": None}, "source"),
        ({"source": ["a"]}, "source"),
        ({"source": "a\0b"}, "source"),
        ({"source": "a = 1\n# ---- file: ../a.py ----\n"}, "source"),
        ({"source": "a = 1\n# ---- file: numpy.py ----\n"}, "source"),
        ({"source": "a = 1\n# ---- file: main.py ----\n"}, "source"),
        ({"source": "".join(f"\n# ---- file: a{n}.py ----\n" for n in range(30))}, "source"),
        ({"source": "ä" * (MAX_SOURCE_BYTES // 2 + 1)}, None),
        ({"owner": "me"}, "owner"),
        ({"version": 7}, "version"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused(
    lab: LabServer, change: dict[str, Any], field: str | None
) -> None:
    """By the name of what is wrong; nothing is stored."""
    answer = lab.post("/code", {**NEW, **change})
    if field is None:
        # Over the limit of a body, or over that of a source.
        assert answer.status_code in {413, 422}
        return
    assert field in fields_of(refused(answer, 422))


@pytest.mark.parametrize("source", [b"\\ud800", b"a\\udfff", b"\xff\xfe", b"\xc3"])
def test_what_is_no_text_is_refused(lab: LabServer, source: bytes) -> None:
    """Halves of surrogate pairs, and bytes that are no UTF-8."""
    others = {"/code": b'"kind": "reward", "name": "a", ', "/code/format": b""}
    for path in ("/code", "/code/check", "/code/format", "/code/try"):
        other = others.get(path, b'"kind": "reward", ')
        content = b"{" + other + b'"source": "' + source + b'"}'
        headers = {"content-type": "application/json"}
        refused(lab.request("POST", path, content=content, headers=headers), 422)


def test_the_longest_source_is_stored(lab: LabServer) -> None:
    """A byte more is not."""
    source = "#" * MAX_SOURCE_BYTES
    assert lab.post("/code", {**NEW, "source": source}).status_code == 201
    assert "source" in fields_of(refused(lab.post("/code", {**NEW, "source": source + "#"}), 422))


@pytest.mark.parametrize(
    "name", ["..%2f..%2fgymlab.db", "%00", "a" * 5000, "*", "0" * 11, "0" * 12]
)
def test_what_is_no_document_is_not_found(lab: LabServer, name: str) -> None:
    """Whatever is asked of it."""
    for answer in (
        lab.get(f"/code/{name}"),
        lab.get(f"/code/{name}/versions"),
        lab.request("PUT", f"/code/{name}", json={"source": "a"}, headers={"If-Match": "1"}),
        lab.request("DELETE", f"/code/{name}"),
    ):
        assert answer.status_code in {404, 405, 422}, answer.text


@pytest.mark.parametrize("version", [0, -1, 2**31, 10**30, "x", "1.5"])
def test_what_is_no_version_is_refused(lab: LabServer, version: Any) -> None:
    """And not looked up."""
    assert lab.get(f"/code/{'0' * 12}?version={version}").status_code in {404, 422}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "cursor=%00", "cursor=x", "kind=all", "q=" + "a" * 300]
)
def test_a_list_that_makes_no_sense_is_refused(lab: LabServer, query: str) -> None:
    """Wrong bounds and cursors."""
    refused(lab.get(f"/code?{query}"), 422)


@pytest.mark.parametrize(
    "source",
    [
        "x=" + "(" * 100_000,
        "x=" + "-" * 300_000 + "1",
        "x=" + "not " * 100_000 + "1",
        "x=a" + ".b" * 200_000,
        "x=" + "+".join(["a"] * 200_000),
        "x=" + "lambda:" * 100_000 + "1",
        "if a:pass\n" + "elif a:pass\n" * 50_000,
        "x=" + "[" * 100_000 + "]" * 100_000,
        "x='" + "a" * 900_000,
        "x=" + "9" * 900_000,
        "x = 10 ** 10 ** 9",
        "x = 'a' * 10 ** 10",
        "import os; os._exit(0)",
        "__import__('os').system('touch /tmp/gymlab-was-here')",
        "\u202e" * 1000,
        "@a\n" * 100_000 + "def f(): pass",
    ],
    ids=range(16),
)
def test_no_source_stops_the_check(lab: LabServer, source: str) -> None:
    """It is answered, and the next one too."""
    for path in ("/code/check", "/code/format"):
        body = (
            {"source": source} if path.endswith("format") else {"kind": "reward", "source": source}
        )
        assert lab.post(path, body).status_code in {200, 413, 422, 503}
    simple = {"kind": "reward", "source": "def reward_function(obs, action):\n    return 1\n"}
    assert lab.post("/code/check", simple).json()["ok"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "nothing"}, "kind"),
        ({"env_id": None}, "env_id"),
        ({"env_id": "Nowhere-v1"}, "env_id"),
        ({"env_id": "os:system"}, "env_id"),
        ({"env_id": "code/000000000000@1"}, "env_id"),
        ({"num_episodes": 0}, "num_episodes"),
        ({"num_episodes": 10**6}, "num_episodes"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"env_kwargs": []}, "env_kwargs"),
        ({"source": ""}, "source"),
    ],
)
def test_a_trial_that_makes_no_sense_is_refused(
    lab: LabServer, change: dict[str, Any], field: str
) -> None:
    """Before any worker is asked."""
    body = {"kind": "reward", "source": "a = 1", "env_id": "CartPole-v1", **change}
    assert field in fields_of(refused(lab.post("/code/try", body), 422))


FORGED = """
import os, sys
for number in range(3, 64):
    try:
        os.write(number, b"\\xff" * 64)
    except OSError:
        pass
def reward_function(obs, action):
    return 1.0
"""


@pytest.mark.parametrize(
    "source",
    [
        FORGED,
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): return f()\nf()\n",
        "import threading\n[threading.Thread(target=lambda: 1).start() for _ in range(5000)]\n",
        "x = bytearray(10 ** 12)\n",
        "print('x' * 10 ** 7)\nraise ValueError('y' * 10 ** 6)\n",
        "class E(Exception):\n    def __str__(self): raise E\nraise E\n",
        "import os\nos.close(1); os.close(2)\n",
    ],
    ids=["forged", "recursion", "threads", "memory", "output", "nasty-error", "closed"],
)
def test_hostile_code_ends_its_trial_and_nothing_else(lab: LabServer, source: str) -> None:
    """The answer is one of ours, capped, and the server goes on."""
    body = {"kind": "reward", "source": source, "env_id": "CartPole-v1", "num_episodes": 1}
    answer = lab.post("/code/try", body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["printed"]) <= 20_000
    assert all(len(problem["message"]) < 3_000 for problem in found["problems"])
    assert lab.get("/health").status_code == 200
