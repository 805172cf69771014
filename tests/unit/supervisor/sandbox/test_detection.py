"""The tier is what was tried, not what is installed."""

import os
from pathlib import Path

import pytest

from gymlab.supervisor.sandbox.detection import judge
from gymlab.supervisor.sandbox.mechanism import Mechanism, best_mechanism, closed_folder
from gymlab.supervisor.sandbox.self_test import run_self_test
from gymlab.supervisor.sandbox.tiers import Tier


def test_strengths_are_ordered() -> None:
    """Isolated is the strongest."""
    assert sorted(Tier, key=lambda tier: tier.strength, reverse=True) == list(Tier)


def test_attacks_are_never_tried_without_a_sandbox(tmp_path: Path) -> None:
    """They would hurt the server itself."""
    with pytest.raises(ValueError, match="without a sandbox"):
        run_self_test(Mechanism(Tier.NONE), tmp_path)


def test_this_machine_is_what_it_says(tmp_path: Path) -> None:
    """Its best mechanism holds against its own attacks."""
    mechanism = best_mechanism()
    verdict = judge(mechanism, tmp_path)
    assert verdict.tier is mechanism.tier
    assert verdict.is_isolated == (verdict.fix is None and mechanism.problem is None)
    assert list(tmp_path.iterdir()) == []


def test_a_sandbox_that_does_not_start_is_none(tmp_path: Path) -> None:
    """What is reported is that nothing can run."""
    if not best_mechanism().confines:
        return
    broken = Mechanism(Tier.ISOLATED, program="/bin/false", confines=True)
    verdict = judge(broken, tmp_path)
    assert verdict.tier is Tier.NONE
    assert "start" in verdict.detail


def test_a_data_folder_among_readable_files_lowers_the_tier() -> None:
    """The fix is another folder."""
    if not best_mechanism().confines:
        return
    verdict = judge(best_mechanism(), Path(os.__file__).parent / "lab")
    assert verdict.tier is Tier.SINGLE_USER
    assert verdict.fix is not None
    assert "GYMLAB_HOME" in verdict.fix


def test_a_folder_that_takes_no_file_is_said(tmp_path: Path) -> None:
    """In one line with what to do; nothing that was not tried is called safe."""
    if not best_mechanism().confines:
        return
    verdict = judge(best_mechanism(), Path("/proc"))
    assert verdict.tier is Tier.NONE
    assert "cannot be tried in /proc" in verdict.detail
    assert verdict.fix is not None
    assert "GYMLAB_HOME" in verdict.fix


def test_a_closed_folder_above_python_is_named(tmp_path: Path) -> None:
    """Another user could not even start it."""
    inner = tmp_path / "home" / "python"
    inner.mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    found = closed_folder([str(inner)])
    assert found is not None
    assert Path(found) in {tmp_path / "home", *tmp_path.parents}
