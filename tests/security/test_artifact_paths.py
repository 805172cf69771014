"""Artifacts never lead out of a run's folder."""

import pytest

from tests.integration.lab import LabServer
from tests.security.requests import artifact_target, error_in, raw_get, refused

CONFIDENTIAL = "only for the server"


@pytest.fixture(name="run_id")
def fixture_run_id(lab: LabServer, finished_run: str) -> str:
    """Return a run with secrets around its folder and links inside it that lead to them."""
    (lab.home / "secret.txt").write_text(CONFIDENTIAL)
    folder = lab.home / "runs" / finished_run
    recordings = folder / "recordings"
    recordings.mkdir(exist_ok=True)
    links = {"out.mp4": lab.home / "secret.txt", "outside": lab.home, "loop": recordings / "loop"}
    for name, target in links.items():
        if not (recordings / name).is_symlink():
            (recordings / name).symlink_to(target)
    return finished_run


@pytest.mark.parametrize(
    "path",
    [
        "../../secret.txt",
        "../../../../../../../../etc/passwd",
        "%2e%2e/%2e%2e/secret.txt",
        "..%2f..%2fsecret.txt",
        "%252e%252e%252f%252e%252e%252fsecret.txt",
        "..%5c..%5csecret.txt",
        "..\\..\\secret.txt",
        "recordings/../../../secret.txt",
        "recordings/./../../../secret.txt",
        "spec.json%00.mp4",
        "%00",
        "/etc/passwd",
        "//etc/passwd",
        "%2fetc%2fpasswd",
        "recordings/out.mp4",
        "recordings/outside/secret.txt",
        "recordings/loop",
        "recordings",
        "recordings/",
        ".",
        "",
        "state.json",
        "lock",
        "attempt-1",
        "%c0%ae%c0%ae/%c0%ae%c0%ae/secret.txt",
        "%ff%fe",
        "x" * 3_000,
        "a/" * 1_000,
        "spec.json/",
        "spec.json/x",
        "CON",
        "file:///etc/passwd",
        "recordings/%2e%2e/%2e%2e/%2e%2e/secret.txt",
        "\uff0e\uff0e/\uff0e\uff0e/secret.txt".encode().decode("latin-1"),
    ],
)
def test_a_path_out_of_the_folder_is_not_found(lab: LabServer, run_id: str, path: str) -> None:
    """Plain, encoded, encoded twice, with backslashes, NUL, links and worse."""
    status, body = raw_get(lab, artifact_target(run_id, path))
    assert CONFIDENTIAL.encode() not in body
    assert b"root:" not in body
    if status == 200:  # the list of the run's artifacts
        assert path == ""
        return
    assert status in {400, 404}
    if status == 404:
        assert error_in(body)["kind"] == "not_found"


def test_links_are_not_listed(lab: LabServer, run_id: str) -> None:
    """What cannot be fetched is not offered."""
    answer = lab.get(f"/runs/{run_id}/artifacts")
    assert answer.status_code == 200
    paths = {item["path"] for item in answer.json()["items"]}
    assert "spec.json" in paths
    assert not any(path.startswith("recordings/") for path in paths)


def test_files_are_downloads(lab: LabServer, run_id: str) -> None:
    """A browser never shows them as a page."""
    answer = lab.get(f"/runs/{run_id}/artifacts/spec.json")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("wanted", "allowed"),
    [
        ("bytes=0-9", {206}),
        ("bytes=-5", {206}),
        ("bytes=999999999-", {416}),
        ("bytes=9-0", {416, 422}),
        ("bytes=-0", {416, 422}),
        ("bytes=--5", {422, 416}),
        ("bytes=a-b", {422, 416}),
        ("bytes=", {422, 416}),
        ("lines=0-5", {422, 200}),
        ("bytes=0-99999999999999999999999999", {422, 206, 416}),
        ("bytes=" + ",".join(["0-1"] * 1_000), {422, 416}),
        ("bytes=" + ",".join(f"{n}-" for n in range(500)), {422, 416}),
        ("x" * 4_000, {422, 200, 416}),
    ],
)
def test_a_range_gives_a_part_or_a_refusal(
    lab: LabServer, run_id: str, wanted: str, allowed: set[int]
) -> None:
    """And never more than the file."""
    whole = lab.get(f"/runs/{run_id}/artifacts/metrics.jsonl").content
    answer = lab.get(f"/runs/{run_id}/artifacts/metrics.jsonl", headers={"range": wanted})
    assert answer.status_code in allowed, answer.text[:300]
    assert len(answer.content) <= max(len(whole), 1_000)
    if answer.status_code == 206:
        assert answer.content in whole
    if answer.status_code in {416, 422}:
        refused(answer, answer.status_code)
