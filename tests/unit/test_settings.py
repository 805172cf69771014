"""Settings come from flags, variables and a file, in that order."""

from pathlib import Path

import pytest

from gymlab.errors import InvalidInputError
from gymlab.settings import PASSED_ON_TO_WORKERS, load_settings, passed_on_environment


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_flags_win_over_variables_over_the_file(tmp_path: Path) -> None:
    """The nearest to the person decides."""
    (tmp_path / "gymlab.toml").write_text("port = 1\nmax_runs = 1\nwarm_workers = 3\n")
    environ = {"GYMLAB_PORT": "2", "GYMLAB_MAX_RUNS": "2"}
    settings = load_settings({"port": 3, "host": None}, environ)
    assert (settings.port, settings.max_runs, settings.warm_workers) == (3, 2, 3)
    assert settings.host == "127.0.0.1"


def test_the_file_of_the_data_folder_is_read_too(tmp_path: Path) -> None:
    """A data folder can carry its settings along."""
    home = tmp_path / "data"
    home.mkdir()
    (home / "gymlab.toml").write_text("log_level = 'debug'\n")
    assert load_settings({"home": home}, {}).log_level == "debug"


def test_the_welcome_run_is_switched_off_by_zero() -> None:
    """`GYMLAB_WELCOME_RUN=0` means none."""
    assert load_settings({}, {}).welcome_run
    assert not load_settings({}, {"GYMLAB_WELCOME_RUN": "0"}).welcome_run


def test_force_device_has_its_own_variable() -> None:
    """The variable other tools use is honoured."""
    assert load_settings({}, {"FORCE_DEVICE": "cpu"}).force_device == "cpu"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"GYMLAB_PORT": "70000"}, "GYMLAB_PORT"),
        ({"GYMLAB_PORT": "eight"}, "GYMLAB_PORT"),
        ({"GYMLAB_MAX_RUNS": "0"}, "GYMLAB_MAX_RUNS"),
        ({"GYMLAB_DEVICE": "tpu"}, "GYMLAB_DEVICE"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(environ: dict[str, str], named: str) -> None:
    """The message says which variable to correct."""
    with pytest.raises(InvalidInputError, match=named):
        load_settings({}, environ)


@pytest.mark.parametrize("text", ["port = ", "\x00", "colour = 'red'"])
def test_a_broken_file_is_a_clear_error(tmp_path: Path, text: str) -> None:
    """No traceback for a typing error in a file."""
    (tmp_path / "gymlab.toml").write_text(text)
    with pytest.raises(InvalidInputError):
        load_settings({}, {})


def test_workers_see_listed_variables_only() -> None:
    """Secrets of the server's environment stay there."""
    environ = {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x", "GYMLAB_HOME": "y"}
    assert passed_on_environment(environ) == {"PATH": "/bin"}
    assert "HOME" not in PASSED_ON_TO_WORKERS
