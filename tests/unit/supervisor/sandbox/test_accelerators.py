"""A GPU is shown to the worker of a run that asks for one, and to no other."""

import stat
from pathlib import Path
from typing import Any

import pytest

from gymlab.supervisor.sandbox import accelerators
from gymlab.supervisor.sandbox.accelerators import (
    Accelerator,
    accelerator_of,
    asks_for_cuda,
    cuda_accelerator,
)
from gymlab.supervisor.sandbox.bubblewrap import Mounts, bubblewrap_arguments
from gymlab.supervisor.sandbox.mechanism import Mechanism
from gymlab.supervisor.sandbox.tiers import Tier
from gymlab.supervisor.sandbox.wrapping import wrap

GPU = Accelerator(("/dev/null", "/dev/zero"), ("/sys/devices", "/proc/devices"))
"""Stands for a card: what matters is that all of it, and nothing else, is handed on."""
CONFINED = Mechanism(Tier.ISOLATED, program="/usr/bin/bwrap", confines=True)


@pytest.fixture(name="machine")
def fixture_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the root of a machine whose files below dev count as devices."""
    (tmp_path / "dev/nvidia-caps").mkdir(parents=True)
    (tmp_path / "sys/module/nvidia").mkdir(parents=True)
    (tmp_path / "sys/devices/pci0000:00").mkdir(parents=True)
    (tmp_path / "proc/driver/nvidia").mkdir(parents=True)
    monkeypatch.setattr(Path, "is_char_device", lambda self: "dev" in self.parts)
    return tmp_path


def test_a_machine_with_a_card_gives_its_nodes_and_what_the_driver_reads(machine: Path) -> None:
    """And no node of anybody else's."""
    names = ("nvidiactl", "nvidia0", "nvidia12", "nvidia-uvm", "nvidia-caps/nvidia-cap1", "sda")
    for name in (*names, "nvidia-uvm-tools", "nvidia-modeset"):
        (machine / "dev" / name).touch()
    found = cuda_accelerator(machine)
    assert found == Accelerator(
        (
            "/dev/nvidiactl",
            "/dev/nvidia0",
            "/dev/nvidia12",
            "/dev/nvidia-uvm",
            "/dev/nvidia-caps/nvidia-cap1",
        ),
        ("/sys/module/nvidia", "/sys/devices/pci0000:00", "/proc/driver/nvidia"),
    )


@pytest.mark.parametrize("names", [(), ("nvidiactl", "nvidia-uvm"), ("nvidiax",)])
def test_without_a_card_there_is_nothing_to_show(machine: Path, names: tuple[str, ...]) -> None:
    """A driver alone computes nothing."""
    for name in names:
        (machine / "dev" / name).touch()
    assert cuda_accelerator(machine) is None


def test_what_only_has_the_name_of_a_device_is_none(tmp_path: Path) -> None:
    """An ordinary file is not handed to a worker as one."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/nvidia0").touch()
    assert not stat.S_ISCHR((tmp_path / "dev/nvidia0").stat().st_mode)
    assert cuda_accelerator(tmp_path) is None


def test_only_a_run_that_asks_for_cuda_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or one that left the device open and gains from a card."""
    monkeypatch.setattr(accelerators, "cuda_accelerator", lambda: GPU)
    assert asks_for_cuda({"device": "cuda"})
    assert accelerator_of({"device": "cuda"}) is GPU
    assert accelerator_of({"device": "auto", "may_use_card": True}) is GPU
    no_card: tuple[dict[str, Any], ...] = (
        {}, {"device": "auto"}, {"device": "auto", "may_use_card": False},
        {"device": "cpu", "may_use_card": True},
    )  # fmt: skip
    for spec in no_card:
        assert not asks_for_cuda(spec)
        assert accelerator_of(spec) is None


def test_the_worker_is_given_the_nodes_and_nothing_else_changes(tmp_path: Path) -> None:
    """Around it as mounts, in it as rights."""
    plain = wrap(CONFINED, scratch=tmp_path, memory_bytes=1)
    with_gpu = wrap(CONFINED, scratch=tmp_path, memory_bytes=1, accelerator=GPU)
    bound = ["--ro-bind", "/sys/devices", "/sys/devices"]
    assert not _has(plain.prefix, bound)
    assert _has(with_gpu.prefix, bound)
    arguments = bubblewrap_arguments(
        "bwrap",
        Mounts(("/usr",), "/scratch", ("/dev/tty",)),
        is_root=False,
    )
    at = arguments.index("/dev/tty")
    assert arguments[at - 1 : at + 2] == ["--dev-bind", "/dev/tty", "/dev/tty"]
    told_plain, told_gpu = (wrapped.suffix[1] for wrapped in (plain, with_gpu))
    for part in ("profile", "max_files", "max_threads", "shares_uid"):
        assert told_plain.split(f'"{part}":')[1][:8] == told_gpu.split(f'"{part}":')[1][:8]
    assert "/sys/devices" in told_gpu
    assert ('"has_card":true' in told_plain, '"has_card":true' in told_gpu) == (False, True)
    assert '"/proc/devices"' in told_gpu
    assert "/proc/devices" not in with_gpu.prefix, "it has a /proc of its own"


def _has(words: list[str], wanted: list[str]) -> bool:
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words)))
