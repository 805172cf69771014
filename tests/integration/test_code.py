"""Documents of code, through a real server."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.lab import LabServer

REWARD = "def reward_function(obs, action):\n    return 1.0\n"


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a server without code."""
    with LabServer(tmp_path_factory.mktemp("code")) as made:
        yield made


def create(lab: LabServer, **fields: Any) -> dict[str, Any]:
    """Store a document."""
    answer = lab.post("/code", {"kind": "reward", "name": "Hover", "source": REWARD, **fields})
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_every_version_of_a_document_stays(lab: LabServer) -> None:
    """Changing gives a new version, and the old ones can be read."""
    made = create(lab)
    changed = lab.request(
        "PUT",
        f"/code/{made['id']}",
        json={"source": REWARD + "# better\n"},
        headers={"If-Match": "1"},
    )

    assert changed.status_code == 200, changed.text
    assert (changed.json()["version"], changed.json()["name"]) == (2, "Hover")
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["sha256"] != made["sha256"]
    assert lab.get(f"/code/{made['id']}?version=1").json()["source"] == REWARD
    assert lab.get(f"/code/{made['id']}").json()["version"] == 2
    versions = lab.get(f"/code/{made['id']}/versions").json()["items"]
    assert [item["version"] for item in versions] == [2, 1]
    page = lab.get(f"/code/{made['id']}/versions?limit=1").json()
    rest = lab.get(f"/code/{made['id']}/versions?limit=1&cursor={page['next_cursor']}").json()
    assert [item["version"] for item in rest["items"]] == [1]
    assert rest["next_cursor"] is None


def test_storing_the_same_again_makes_no_version(lab: LabServer) -> None:
    """A save without a change is none."""
    made = create(lab)
    again = lab.request(
        "PUT", f"/code/{made['id']}", json={"source": REWARD}, headers={"If-Match": '"1"'}
    )
    assert again.json()["version"] == 1


def test_the_second_of_two_editors_is_told_and_loses_nothing(lab: LabServer) -> None:
    """Both began with version 1; who comes later reads which version is there by now."""
    made = create(lab)
    path = f"/code/{made['id']}"
    first = lab.request("PUT", path, json={"source": "a = 1\n"}, headers={"If-Match": "1"})
    second = lab.request("PUT", path, json={"source": "b = 1\n"}, headers={"If-Match": "1"})

    assert first.status_code == 200
    assert second.status_code == 412
    error = second.json()["error"]
    assert (error["code"], error["current_version"]) == ("stale_version", 2)
    assert lab.get(path).json()["source"] == "a = 1\n"


@pytest.mark.parametrize("tag", [None, "", "*", "-1", "0x1", "one", "1, 2", '"' * 90])
def test_a_change_says_which_version_it_changed(lab: LabServer, tag: str | None) -> None:
    """Without a version, or with what is none, nothing is stored."""
    made = create(lab)
    headers = {} if tag is None else {"If-Match": tag}
    answer = lab.request("PUT", f"/code/{made['id']}", json={"source": "a = 1"}, headers=headers)
    assert answer.status_code == 412, answer.text
    assert lab.get(f"/code/{made['id']}").json()["version"] == 1


def test_lists_are_filtered_and_come_in_parts(lab: LabServer) -> None:
    """By kind and by words; sources are not in them."""
    ids = [create(lab, kind="evaluation", name=f"Fuel {n} 100%")["id"] for n in range(3)]

    page = lab.get("/code?kind=evaluation&q=fuel 100%&limit=2").json()
    rest = lab.get(f"/code?kind=evaluation&q=fuel&limit=2&cursor={page['next_cursor']}").json()

    assert [item["id"] for item in page["items"] + rest["items"]] == ids[::-1]
    assert "source" not in page["items"][0]
    assert lab.get("/code?q=100_").json()["items"] == []


def test_a_deleted_document_is_gone_with_its_versions(lab: LabServer) -> None:
    """Once; the second time there is none."""
    made = create(lab, kind="environment")
    assert made["env_id"] == f"code/{made['id']}@1"
    assert lab.request("DELETE", f"/code/{made['id']}").status_code == 204
    for answer in (
        lab.get(f"/code/{made['id']}"),
        lab.get(f"/code/{made['id']}?version=1"),
        lab.get(f"/code/{made['id']}/versions"),
        lab.request("DELETE", f"/code/{made['id']}"),
    ):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "code_not_found"


def test_a_check_names_the_place_and_the_fix(lab: LabServer) -> None:
    """Against the observations of the chosen environment too."""
    source = "def reward_function(obs, action):\n    return obs[8] + math.pi\n"
    answer = lab.post(
        "/code/check", {"kind": "reward", "source": source, "env_id": "LunarLander-v3"}
    )
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert not found["ok"]
    assert [(item["code"], item["line"], item["column"]) for item in found["problems"]] == [
        ("no_such_part", 2, 12),
        ("undefined_name", 2, 21),
    ]
    assert found["problems"][1]["hint"] == "Add `import math` at the top."
    assert lab.post("/code/check", {"kind": "reward", "source": REWARD}).json() == {
        "ok": True,
        "problems": [],
    }


def test_formatting_lays_out_and_names_what_is_no_python(lab: LabServer) -> None:
    """Line ends of Windows and a mark at the beginning go."""
    answer = lab.post("/code/format", {"source": "\ufeffx=1\r\nif x :\r\n\ty=2"})
    assert answer.json() == {"source": "x = 1\nif x:\n    y = 2\n"}
    refused = lab.post("/code/format", {"source": "def f(:\n"})
    assert refused.status_code == 422
    assert "Line 1, column 7" in refused.json()["error"]["detail"]


def test_templates_and_what_can_be_used_are_told(lab: LabServer) -> None:
    """For the chosen environment where there is one."""
    kinds = {item["kind"] for item in lab.get("/code/templates").json()["items"]}
    assert kinds == {"reward", "environment", "evaluation"}
    items = lab.get("/code/templates?kind=reward").json()["items"]
    assert {item["kind"] for item in items} == {"reward"}
    scope = lab.get("/code/scope?kind=reward&env_id=LunarLander-v2").json()
    assert [item["name"] for item in scope["arguments"]][:2] == ["obs", "action"]
    assert "Box(8)" in scope["arguments"][0]["doc"]
    assert "numpy" in {item["name"] for item in scope["modules"]}
    assert lab.get("/code/scope?kind=reward&env_id=Nowhere-v1").status_code == 422


def test_trying_a_reward_shows_every_number(lab: LabServer) -> None:
    """In a worker of its own; what is not run is refused by name."""
    source = "print('hello')\ndef reward_function(obs, action):\n    return {'up': float(obs[1])}\n"
    body = {"kind": "reward", "source": source, "env_id": "LunarLander-v2", "seed": 4}
    answer = lab.post("/code/try", body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["kind"] == "reward"
    assert [item["seed"] for item in found["episodes"]] == [4, 5, 6]
    assert set(found["episodes"][0]["terms"]) == {"up"}
    assert "hello" in found["printed"]
    refused = lab.post("/code/try", {**body, "env_id": None})
    assert refused.json()["error"]["fields"][0]["field"] == "env_id"
    assert lab.post("/code/try", {**body, "env_id": "Nowhere-v1"}).status_code == 422


@pytest.mark.parametrize(
    ("source", "code", "word"),
    [
        ("def reward_function(obs, action)\n    return 1", "user_code_failed", "expected"),
        ("import surely_missing", "user_code_failed", "surely_missing"),
        ("import os\nos._exit(0)", "exited", "ended the interpreter"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "", ""),
        ("while True: pass", "user_code_timeout", "still running"),
        ("raise SystemExit", "user_code_failed", "ended the program"),
        ("import ctypes\nctypes.string_at(0)", "crashed", "crashed the interpreter"),
        pytest.param(
            "x = 1\ny = sum(range(10 ** 12))\n", "user_code_timeout", "at <reward>:2",
            marks=pytest.mark.slow,
        ),
    ],
)  # fmt: skip
def test_code_that_ends_its_worker_is_told_so(
    lab: LabServer, source: str, code: str, word: str
) -> None:
    """As a problem, and the server goes on."""
    body = {"kind": "reward", "source": source, "env_id": "CartPole-v1"}
    answer = lab.post("/code/try", body)
    assert answer.status_code == 200, answer.text
    problem = answer.json()["problems"][0]
    assert problem["severity"] == "error"
    assert word in problem["message"], problem
    assert not code or problem["code"] == code, problem
