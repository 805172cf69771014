"""What a worker sees, and how it is mounted."""

import os
from pathlib import Path

import pytest

from gymlab.supervisor.sandbox import apparmor
from gymlab.supervisor.sandbox.accounts import unique_uid
from gymlab.supervisor.sandbox.bubblewrap import (
    Mounts,
    UnsafeBubblewrapError,
    bubblewrap_arguments,
    find_bubblewrap,
)
from gymlab.supervisor.sandbox.inside import worker_returncode
from gymlab.supervisor.sandbox.view import containing_root, python_roots, readable_roots

MOUNTS = Mounts(("/usr", "/opt/python/3.11"), "/tmp")  # noqa: S108


def test_roots_hold_the_interpreter_and_nothing_above_it() -> None:
    """No root is a home folder or the whole machine."""
    roots = readable_roots()
    assert any(os.__file__.startswith(root + "/") for root in roots)
    assert not {"/", "/root", "/home", "/etc", str(Path.home())} & set(roots)
    assert set(python_roots()) <= set(roots) | {"/usr"} or all(
        containing_root(Path(root)) for root in python_roots()
    )


def test_a_data_folder_that_workers_could_read_is_found(tmp_path: Path) -> None:
    """A folder in the installation is; one elsewhere is not."""
    assert containing_root(Path(os.__file__).parent / "lab") is not None
    assert containing_root(Path("/srv/lab")) is None


def test_parents_are_made_open_before_anything_is_mounted_below_them(tmp_path: Path) -> None:
    """A closed parent would hide Python from the worker's own user."""
    python = tmp_path / "python" / "3.11"
    python.mkdir(parents=True)
    mounts = Mounts(("/usr", str(python)), "/scratch")
    text = " ".join(bubblewrap_arguments("bwrap", mounts, is_root=True))
    assert f"--perms 0755 --dir {python.parent}" in text
    assert text.index(f"--dir {python.parent}") < text.index(f"--ro-bind {python}")


def test_the_only_writable_place_is_small_and_in_memory() -> None:
    """Everything else is read-only in the end."""
    arguments = bubblewrap_arguments("bwrap", MOUNTS, is_root=False)
    assert "--bind" not in arguments
    at = arguments.index("--tmpfs")
    assert arguments[at - 4 : at] == ["--perms", "1777", "--size", str(48 * 1024 * 1024)]
    assert arguments[-5:] == ["--remount-ro", "/", "--chdir", "/tmp", "--"]  # noqa: S108


def test_root_keeps_two_capabilities_and_others_none() -> None:
    """They end when the worker becomes somebody else."""
    as_root = bubblewrap_arguments("bwrap", MOUNTS, is_root=True)
    as_user = bubblewrap_arguments("bwrap", MOUNTS, is_root=False)
    added = [as_root[at + 1] for at, word in enumerate(as_root) if word == "--cap-add"]
    assert added == ["CAP_SETUID", "CAP_SETGID"]
    assert "--unshare-user" not in as_root
    assert "--cap-add" not in as_user
    assert "--unshare-user" in as_user
    for arguments in (as_root, as_user):
        assert {"--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent"} <= set(
            arguments
        )


def test_a_setuid_bubblewrap_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs as root for everybody."""
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    program.chmod(0o755)
    assert find_bubblewrap() == str(program)
    program.chmod(0o4755)
    with pytest.raises(UnsafeBubblewrapError, match="setuid"):
        find_bubblewrap()
    program.chmod(0o757)
    with pytest.raises(UnsafeBubblewrapError, match="changed by others"):
        find_bubblewrap()


def test_two_sandboxes_have_two_users() -> None:
    """Neither is an account of the machine."""
    uids = {unique_uid() for _ in range(10)}
    assert len(uids) == 10
    assert min(uids) >= 40_000


@pytest.mark.parametrize(
    ("returncode", "expected"), [(0, 0), (3, 3), (137, -9), (139, -11), (255, 255)]
)
def test_the_signal_behind_a_wrapper_is_named(returncode: int, expected: int) -> None:
    """A plain exit code stays what it is."""
    assert worker_returncode(returncode, is_wrapped=True) == expected
    assert worker_returncode(returncode, is_wrapped=False) == returncode


def test_the_profile_allows_one_program_and_nothing_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ubuntu's restriction stays for every other program."""
    switch = tmp_path / "switch"
    switch.write_text("1\n")
    none = str(tmp_path / "none")
    monkeypatch.setattr(apparmor, "_SWITCHES", ((str(switch), "1"), (none, "0"), (none, "0")))
    fix = apparmor.start_fix("/usr/bin/bwrap")
    assert "profile gymlab-bwrap /usr/bin/bwrap" in fix
    assert "userns," in fix
    assert "apparmor_restrict" not in fix
