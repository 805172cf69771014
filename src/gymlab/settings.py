"""Settings: the only reader of environment variables and of `gymlab.toml`.

Order of precedence: flags of the command, environment variables, `gymlab.toml`
(in the working directory, else in the data folder), defaults.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gymlab import documenting
from gymlab.errors import FieldProblem, InvalidInputError

CONFIG_FILE = "gymlab.toml"
_LOW_MEMORY_BYTES = 4 * 1024**3


def _default_max_runs() -> int:
    return os.cpu_count() or 1


def _default_warm_workers() -> int:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 1
    return 0 if total < _LOW_MEMORY_BYTES else 1


class Settings(BaseModel):
    """Everything that can be set from outside."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    home: Path = Path(".gymlab")
    """Data folder: database, runs, cache and logs live here."""
    host: str = "127.0.0.1"
    """Address the server listens on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port the server listens on; 0 takes a free one."""
    max_runs: Annotated[int, Field(ge=1, le=1024)] = Field(default_factory=_default_max_runs)
    """Runs that train at the same time; the rest queue. Default: number of cores. A paused run
    gives up its place and goes on at once when resumed, even if that makes one more."""
    max_evaluations: Annotated[int, Field(ge=1, le=64)] = 1
    """Evaluations that play at the same time, beside the runs that train; the rest queue."""
    keep_videos: Annotated[int, Field(ge=0, le=1000)] = 3
    """Evaluations of a run that keep their films; those of older ones are deleted."""
    warm_workers: Annotated[int, Field(ge=0, le=16)] = Field(default_factory=_default_warm_workers)
    """Idle workers kept ready, each about 300 MB. Default: 1, or 0 below 4 GB of memory."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Device of runs that ask for `auto`; `FORCE_DEVICE` is the same and also overrides runs."""
    force_device: Literal["cpu", "cuda", "mps"] | None = None
    """Device of every run, whatever it asks for. Variable `FORCE_DEVICE`."""
    auto_calibration: bool = True
    """Let the web app measure new settings for a few seconds while the machine is idle, so that the
    estimate before a start is more than a guess. Measuring on demand works either way."""
    welcome_run: bool = True
    """Start a CartPole run on an empty data folder, so that the first page shows learning."""
    bin_days: Annotated[float, Field(ge=0, le=3650)] = 7
    """Days that a deleted run can be restored, then it is removed for good; 0 removes at once."""
    allow_unsandboxed_code: bool = False
    """Run code of users even where other machines reach the server and the sandbox is weaker than
    `isolated`. Whoever can open the page can then read and change everything that the server's
    user can; the page says so on every screen."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe message that the server logs."""

    @property
    def database_path(self) -> Path:
        """File of the SQLite database."""
        return self.home / "gymlab.db"

    @property
    def runs_dir(self) -> Path:
        """Folder with one folder per run."""
        return self.home / "runs"

    @property
    def cache_dir(self) -> Path:
        """Folder whose content can be made again."""
        return self.home / "cache"


VARIABLES: Mapping[str, str] = {
    **{f"GYMLAB_{name.upper()}": name for name in Settings.model_fields if name != "force_device"},
    "FORCE_DEVICE": "force_device",
}
"""Environment variable -> field."""


PASSED_ON_TO_WORKERS = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "PYTORCH_ENABLE_MPS_FALLBACK",
)
"""The only variables of the server's environment that a worker sees."""


def passed_on_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the part of the environment that a worker may see."""
    environ = os.environ if environ is None else environ
    return {name: environ[name] for name in PASSED_ON_TO_WORKERS if name in environ}


def load_settings(
    overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Build the settings from flags, environment and file.

    Args:
        overrides: Flags that were given; None values count as not given.
        environ: Environment variables; the process's own by default.

    Raises:
        InvalidInputError: A value is not allowed, or the file is not TOML or has unknown keys.
    """
    environ = os.environ if environ is None else environ
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    from_environ = {
        field: environ[name] for name, field in VARIABLES.items() if environ.get(name, "") != ""
    }
    home = Path(
        given.get("home") or from_environ.get("home") or Settings.model_fields["home"].default
    )
    merged = {**_read_file(home), **from_environ, **given}
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise _settings_error(error) from error
    return settings.model_copy(update={"home": settings.home.expanduser().absolute()})


def _read_file(home: Path) -> dict[str, Any]:
    for path in (Path(CONFIG_FILE), home.expanduser() / CONFIG_FILE):
        if path.is_file():
            try:
                return tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
                raise InvalidInputError(
                    f"Cannot read {path}: {error}", hint="Correct the file or move it away."
                ) from error
    return {}


def _settings_error(error: ValidationError) -> InvalidInputError:
    names = {field: variable for variable, field in VARIABLES.items()}
    problems = [
        FieldProblem(
            field=str(problem["loc"][0]),
            code=problem["type"],
            detail=f"{names.get(str(problem['loc'][0]), problem['loc'][0])}="
            f"{problem['input']!r}: {problem['msg']}",
        )
        for problem in error.errors()
    ]
    return InvalidInputError(
        "; ".join(problem.detail for problem in problems),
        hint="`gymlab serve --help` lists the settings.",
        fields=problems,
    )
