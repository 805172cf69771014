"""The doctor says ok, warning or error for each thing, with the fix."""

import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from gymlab.cli import doctor_checks
from gymlab.cli.doctor_checks import CHECKS, Verdict
from gymlab.settings import Settings
from gymlab.supervisor.sandbox.accelerators import Accelerator
from gymlab.supervisor.sandbox.command import WorkerCommand
from gymlab.supervisor.sandbox.tiers import Tier
from tests.unit.cli.conftest import Command


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty folder and a free port."""
    return Settings(home=tmp_path, port=0)


def test_a_missing_torch_is_an_error_with_a_fix() -> None:
    """The import is tried in a process of its own and its last line is told."""
    found = doctor_checks.probe_torch("/bin/false")
    assert isinstance(found, str)
    assert "code 1" in found


def test_the_page_is_looked_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a build there is an API but no page, and the fix is `make setup`."""
    monkeypatch.setattr(doctor_checks, "STATIC_PAGE", tmp_path / "index.html")
    missing = doctor_checks.check_page(settings)
    (tmp_path / "index.html").touch()
    assert (missing.verdict, doctor_checks.check_page(settings).verdict) == (
        Verdict.ERROR,
        Verdict.OK,
    )
    assert "make setup" in str(missing.fix)


@pytest.mark.parametrize(
    ("version", "verdict"), [((3, 40, 1), Verdict.WARNING), ((3, 51, 3), Verdict.OK)]
)
def test_old_sqlite_is_warned_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], verdict: Verdict
) -> None:
    """Versions below 3.51.3 have the WAL-reset bug."""
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    assert doctor_checks.check_sqlite(settings).verdict is verdict


def test_the_sandbox_is_tried_and_not_just_claimed(settings: Settings) -> None:
    """The tier comes first; anything but the strongest says what to do."""
    finding = doctor_checks.check_sandbox(settings)
    tier = finding.detail.partition(":")[0]
    assert tier in set(Tier)
    assert (finding.verdict is Verdict.OK) == (tier == "isolated")
    assert (finding.fix is None) == (tier == "isolated")


def test_a_folder_that_cannot_be_used_is_told_and_breaks_no_check() -> None:
    """The doctor is asked when something is wrong: every line comes, with its fix."""
    settings = Settings(home=Path("/proc/self"))  # not even root writes there
    for check in (doctor_checks.check_sandbox, doctor_checks.check_disk):
        finding = check(settings)
        assert finding.verdict is not Verdict.OK
        assert "/proc/self" in finding.detail
        assert "GYMLAB_HOME=" in str(finding.fix)


def test_a_device_that_torch_lacks_is_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking for cuda on a machine without it is told before a run fails."""
    monkeypatch.setattr(
        doctor_checks, "probe_torch", lambda: {"version": "2", "device": "cpu", "name": ""}
    )
    asked = settings.model_copy(update={"force_device": "cuda"})
    assert doctor_checks.check_device(asked).verdict is Verdict.ERROR
    assert doctor_checks.check_device(settings).verdict is Verdict.OK


def test_a_port_in_use_is_an_error(settings: Settings) -> None:
    """It names the owner and the setting."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = settings.model_copy(update={"port": taken.getsockname()[1]})
        finding = doctor_checks.check_port(busy)
    assert finding.verdict is Verdict.ERROR
    assert "used by" in finding.detail
    assert "GYMLAB_PORT" in str(finding.fix)


def test_little_disk_is_a_warning_and_none_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both name the folder and the way out."""
    monkeypatch.setattr(doctor_checks, "LOW_DISK_BYTES", 10**18)
    low = doctor_checks.check_disk(settings)
    monkeypatch.setattr(doctor_checks, "NO_DISK_BYTES", 10**18)
    none = doctor_checks.check_disk(settings)
    assert (low.verdict, none.verdict) == (Verdict.WARNING, Verdict.ERROR)
    assert "GYMLAB_HOME" in str(none.fix)


def test_the_whole_report_is_json(
    gymlab: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every check reports; errors give the exit code of `unavailable`."""
    monkeypatch.setattr(doctor_checks, "STATIC_PAGE", tmp_path / "missing.html")
    ended = gymlab("doctor", "--json", "--home", str(tmp_path))
    report = json.loads(ended.out)
    assert len(report) == len(CHECKS)
    assert {"name", "verdict", "detail", "fix"} == set(report[0])
    assert ended.code == 5


@pytest.mark.parametrize("inside", ["cuda", "cpu"])
def test_a_device_that_workers_cannot_reach_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """Torch outside of the sandbox does not decide."""
    seen = {"version": "2", "name": "A card"}
    monkeypatch.setattr(doctor_checks, "probe_torch", lambda: {**seen, "device": "cuda"})
    monkeypatch.setattr(doctor_checks, "probe_torch_confined", lambda: {**seen, "device": inside})
    finding = doctor_checks.check_device(settings)
    assert (finding.verdict is Verdict.OK) == (inside == "cuda")
    assert ("torch sees cpu there" in finding.detail) == (inside == "cpu")


def test_the_sandbox_that_is_tried_is_that_of_a_run_on_the_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another would never see one."""
    card = Accelerator(("/dev/null",), ())

    def told(*words: Any, accelerator: Accelerator | None = None, **options: Any) -> WorkerCommand:
        found = "card" if accelerator is card else "none"
        text = json.dumps({"device": found})
        return WorkerCommand([sys.executable, "-c", f"print({text!r})"], {}, is_wrapped=False)

    monkeypatch.setattr(doctor_checks, "cuda_accelerator", lambda: card)
    monkeypatch.setattr(doctor_checks, "worker_command", told)
    assert doctor_checks.probe_torch_confined() == {"device": "card"}


def test_torch_works_in_the_sandbox() -> None:
    """The probe is the one that is used outside."""
    found = doctor_checks.probe_torch_confined()
    assert isinstance(found, dict), found
    assert found["version"]
