"""`gymlab serve`: start the lab's server in this process."""

import errno
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

import gymlab
from gymlab.cli import exit_codes
from gymlab.cli.data_folder import require_home
from gymlab.cli.output import stdout
from gymlab.cli.port_owner import owner_of_port
from gymlab.cli.server_file import read_server_file
from gymlab.errors import DataFolderInUseError, UnavailableError
from gymlab.settings import Settings, load_settings

app = typer.Typer()
_POLL_S = 0.02
_VIEW_AFTER_S = 0.1


Home = Annotated[Path | None, typer.Option(help="Data folder (GYMLAB_HOME).")]
Host = Annotated[str | None, typer.Option(help="Address to listen on (GYMLAB_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port; 0 takes a free one (GYMLAB_PORT).")]
MaxRuns = Annotated[int | None, typer.Option(help="Runs at the same time (GYMLAB_MAX_RUNS).")]
MaxEvaluations = Annotated[
    int | None, typer.Option(help="Evaluations at the same time (GYMLAB_MAX_EVALUATIONS).")
]
KeepVideos = Annotated[
    int | None, typer.Option(help="Evaluations of a run that keep films (GYMLAB_KEEP_VIDEOS).")
]
WarmWorkers = Annotated[
    int | None, typer.Option(help="Idle workers kept ready (GYMLAB_WARM_WORKERS).")
]
Device = Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps (GYMLAB_DEVICE).")]
ForceDevice = Annotated[str | None, typer.Option(help="Device of every run (FORCE_DEVICE).")]
AutoCalibration = Annotated[
    bool | None,
    typer.Option(
        "--auto-calibration/--no-auto-calibration",
        help="Let the page measure new settings while nothing trains (GYMLAB_AUTO_CALIBRATION).",
    ),
]
WelcomeRun = Annotated[
    bool | None,
    typer.Option(
        "--welcome-run/--no-welcome-run",
        help="Train CartPole on an empty data folder (GYMLAB_WELCOME_RUN).",
    ),
]
BinDays = Annotated[
    float | None, typer.Option(help="Days that deleted runs can be restored (GYMLAB_BIN_DAYS).")
]
AllowUnsandboxedCode = Annotated[
    bool | None,
    typer.Option(
        "--allow-unsandboxed-code/--no-allow-unsandboxed-code",
        help="Run users' code where no sandbox holds it (GYMLAB_ALLOW_UNSANDBOXED_CODE).",
    ),
]
LogLevel = Annotated[
    str | None, typer.Option(help="debug, info, warning or error (GYMLAB_LOG_LEVEL).")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print the address only.")]


@app.command(epilog=exit_codes.epilog())
def serve(
    *,
    home: Home = None,
    host: Host = None,
    port: Port = None,
    max_runs: MaxRuns = None,
    max_evaluations: MaxEvaluations = None,
    keep_videos: KeepVideos = None,
    warm_workers: WarmWorkers = None,
    device: Device = None,
    force_device: ForceDevice = None,
    auto_calibration: AutoCalibration = None,
    welcome_run: WelcomeRun = None,
    bin_days: BinDays = None,
    allow_unsandboxed_code: AllowUnsandboxedCode = None,
    log_level: LogLevel = None,
    quiet: Quiet = False,
) -> None:
    """Start the lab: the page and the API on one port, data in one folder.

    Ctrl-C or SIGTERM ends the server within seconds; runs go on without it and are found again.
    Every option can also be set as a variable or in gymlab.toml.
    """
    settings = load_settings({
        "home": home,
        "host": host,
        "port": port,
        "max_runs": max_runs,
        "max_evaluations": max_evaluations,
        "keep_videos": keep_videos,
        "warm_workers": warm_workers,
        "device": device,
        "force_device": force_device,
        "auto_calibration": auto_calibration,
        "welcome_run": welcome_run,
        "bin_days": bin_days,
        "allow_unsandboxed_code": allow_unsandboxed_code,
        "log_level": log_level,
    })
    require_home(settings)
    require_port(settings)
    _run_until_ended(settings, quiet=quiet)


def _run_until_ended(settings: Settings, *, quiet: bool) -> None:
    is_ending = threading.Event()
    threading.Thread(
        target=_show, args=(settings, is_ending, quiet), name="terminal", daemon=True
    ).start()
    # What imports make lives as long as the process: looking for garbage among it takes a
    # seventh of the start. The server switches the collector on again once it listens.
    gc.disable()
    # The server and the libraries behind it are loaded for this command alone: `gymlab --help`
    # and the doctor stay fast and work where one of them is missing.
    # SIGTERM is raised once more after a graceful end: like Ctrl-C it ends the command normally.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run_server: Callable[[Settings], None] = import_module("gymlab.server.main").serve
        run_server(settings)
    except KeyboardInterrupt:
        pass
    except DataFolderInUseError as error:
        raise _already_served(settings, error) from error
    finally:
        gc.enable()
        is_ending.set()
    stdout.print("gymlab ended; runs go on and are found again by the next start", markup=False)


def _already_served(settings: Settings, error: DataFolderInUseError) -> DataFolderInUseError:
    """Return the error with the address of the page, where the other server told one."""
    told = read_server_file(settings.home)
    if told is None or f"process {told.pid}." not in error.detail:
        return error
    return DataFolderInUseError(
        f"This lab is already served at {told.url} (process {told.pid}).",
        hint="Open that address. One that a command started for itself ends with the command; "
        "another server needs its own GYMLAB_HOME.",
    )


def require_port(settings: Settings) -> None:
    """Fail with one line where the port cannot be used, naming who has it."""
    if settings.port == 0:
        return
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise _port_error(settings, error) from error


def _port_error(settings: Settings, error: OSError) -> Exception:
    owner = owner_of_port(settings.port)
    told = read_server_file(settings.home)
    if told is not None and owner is not None and f"process {told.pid})" in f"{owner})":
        return DataFolderInUseError(
            f"This lab is already served at {told.url} (process {told.pid}).",
            hint="Open that address, or give another server its own GYMLAB_HOME and GYMLAB_PORT.",
        )
    reason = owner or (error.strerror or str(error)).lower()
    free = f"GYMLAB_PORT={settings.port + 1 if settings.port < 65535 else 8080}"
    is_unknown_name = isinstance(error, socket.gaierror)
    if is_unknown_name or error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return UnavailableError(
            f"Cannot listen on {settings.host}: {reason}.", hint="Set GYMLAB_HOST=127.0.0.1."
        )
    return UnavailableError(
        f"Port {settings.port} cannot be used: {reason}.",
        hint=f"Choose another port, for example: {free} make run",
    )


def _show(settings: Settings, is_ending: threading.Event, quiet: bool) -> None:  # noqa: FBT001
    """Print the address of this very process as soon as it is known, then show its runs."""
    while not is_ending.wait(_POLL_S):
        told = read_server_file(settings.home)
        if told is not None and told.pid == os.getpid():
            stdout.print(f"gymlab {gymlab.__version__} is at {told.url}", markup=False)
            if quiet:
                return
            where = f"data in {settings.home}; Ctrl-C ends the server, runs go on"
            stdout.print(where, markup=False)
            # Loading the view would slow down the answers that the first page waits for.
            if not is_ending.wait(_VIEW_AFTER_S):
                import_module("gymlab.cli.serve_view").show_runs(told.url, is_ending)
            return
