"""The steps of the set-up: what each depends on, what it runs, and what to do when it fails."""

import errno
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TORCH_REQUIREMENT = "torch==2.13.0"
MIN_NODE = 20
PACKAGES_BYTES = 6 * 1024**3
WEB_BYTES = 600 * 1024**2
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
NO_SPACE = "no disk space left. Free about 6 GB and run the same command again."
_FULL_BYTES = 4 * 1024**2
_QUIET_S = 30.0
_WEB_SOURCES = (
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
)


class SetupError(Exception):
    """A step cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Step:
    """Something to make once per content of its inputs."""

    name: str
    title: str
    key: str
    """Hash of everything the result depends on."""
    results: tuple[Path, ...]
    """Files that exist when the step was done."""
    action: Callable[[Path], None]
    """Does the work; is given the path of a log file."""
    needs_bytes: int = 0
    """Free disk space it wants."""
    require: Callable[[], None] = field(default=lambda: None)
    """Fails where something is missing that no step installs."""

    def is_current(self, setup_dir: Path) -> bool:
        """Whether the stamp names this very content and the results are there."""
        stamp = setup_dir / f"{self.name}.stamp"
        return (
            stamp.is_file()
            and stamp.read_text(encoding="utf-8").strip() == self.key
            and all(path.exists() for path in self.results)
        )

    def run(self, setup_dir: Path) -> None:
        """Do the work unless it was done already."""
        if self.is_current(setup_dir):
            return
        require_space(setup_dir, self.needs_bytes, self.title)
        stamp = setup_dir / f"{self.name}.stamp"
        stamp.unlink(missing_ok=True)
        say(f"{self.title} ...")
        started = time.monotonic()
        self.action(setup_dir / f"{self.name}.log")
        stamp.write_text(self.key + "\n", encoding="utf-8")
        say(f"{self.title}: done in {time.monotonic() - started:.0f} s")


def say(text: str) -> None:
    """Print one line of progress."""
    sys.stdout.write(f"gymlab: {text}\n")
    sys.stdout.flush()


def require_space(folder: Path, needed: int, title: str) -> None:
    """Fail before the work when the disk cannot hold its result."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SetupError(
            f"{title} needs about {needed / 1e9:.1f} GB of disk, {folder} has {free / 1e9:.1f} GB free. "
            "Free some space or move the project to a larger disk."
        )


def hash_of(parts: Iterable[bytes]) -> str:
    """Return one hash over byte strings, each delimited."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def files_below(root: Path, names: Sequence[str]) -> Iterator[Path]:
    """Yield the named files, and all files of the named folders, in a fixed order."""
    for name in names:
        path = root / name
        if path.is_dir():
            yield from sorted(child for child in path.rglob("*") if child.is_file())
        elif path.is_file():
            yield path


def hash_of_files(root: Path, names: Sequence[str]) -> str:
    """Return one hash over names and contents."""
    parts: list[bytes] = []
    for path in files_below(root, names):
        parts += [path.relative_to(root).as_posix().encode(), path.read_bytes()]
    return hash_of(parts)


def run_logged(command: Sequence[str], log: Path, cwd: Path, failure: str) -> None:
    """Run a command with its output in a log file; say every half minute that it still works.

    Raises:
        SetupError: It failed; the message ends with the last lines of the log.
    """
    with log.open("ab") as output:
        output.write(f"\n$ {shlex.join(command)}\n".encode())
        output.flush()
        process = subprocess.Popen(
            command, cwd=cwd, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
        started = time.monotonic()
        while True:
            try:
                code = process.wait(_QUIET_S)
                break
            except subprocess.TimeoutExpired:
                say(f"  still at it after {time.monotonic() - started:.0f} s: {last_line(log)}")
            except KeyboardInterrupt:
                process.wait()
                raise SetupError("interrupted; run the same command again to continue.") from None
    if code != 0:
        raise SetupError(explain_failure(failure, log))


def last_line(log: Path) -> str:
    """Return the last line of a log that says anything."""
    lines = [line for line in _tail(log).splitlines() if line.strip()]
    return lines[-1].strip()[:110] if lines else ""


def explain_failure(failure: str, log: Path) -> str:
    """Turn the end of a log into what happened and what to do."""
    tail = _tail(log)
    # A full disk may also have swallowed the line that names it.
    is_full = shutil.disk_usage(log.parent).free < _FULL_BYTES
    if is_full or "No space left on device" in tail or "ENOSPC" in tail:
        return NO_SPACE
    if re.search(r"ENOTFOUND|EAI_AGAIN|ETIMEDOUT|NewConnectionError|NameResolutionError", tail):
        return f"{failure}: the package registry cannot be reached. Check the network or proxy. Log: {log}"
    errors = [
        line.strip()
        for line in tail.splitlines()
        if re.match(r"\s*(error|ERROR|npm error|npm ERR)", line)
    ]
    reason = errors[0] if errors else last_line(log)
    return f"{failure}: {reason[:200]} (whole log: {log})"


def explain_os_error(error: OSError) -> str:
    """Say in one line what the system refused and what to do."""
    if error.errno in FULL:
        return NO_SPACE
    place = f" at {error.filename}" if error.filename else ""
    return f"the set-up stopped{place}: {error.strerror or error}. Mend that and run the same command again."


def _tail(log: Path, size: int = 8000) -> str:
    data = log.read_bytes() if log.exists() else b""
    return data[-size:].decode(errors="replace")


# ---- Python packages --------------------------------------------------------------------------


def venv_python(root: Path) -> Path:
    """Return the interpreter of the project's own environment."""
    return root / ".venv" / "bin" / "python"


def torch_arguments(value: str | None) -> list[str] | None:
    """Say what pip is asked for torch: `GYMLAB_TORCH`, else the tested version; None to skip."""
    if value is None or not value.strip():
        return [TORCH_REQUIREMENT]
    return None if value.strip() == "skip" else shlex.split(value)


def install_python_packages(root: Path) -> Step:
    """Describe the step that makes `.venv` with torch first and everything pinned."""
    wanted = os.environ.get("GYMLAB_TORCH")
    inputs = hash_of_files(root, ("pyproject.toml", "requirements"))
    interpreter = f"{sys.version_info.major}.{sys.version_info.minor} {sys.base_prefix}"

    def action(log: Path) -> None:
        log.write_bytes(b"")
        _make_venv(root, log)
        python = str(venv_python(root))
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        constraints = write_constraints(root, log.parent, wanted)
        torch = torch_arguments(wanted)
        if torch is not None:
            run_logged(
                [*pip, "-c", str(constraints), *torch], log, root, "pip could not install torch"
            )
        run_logged(
            [*pip, "-c", str(constraints), "-r", "requirements/dev.txt", "-e", ".[all]"],
            log,
            root,
            "pip could not install the packages",
        )

    return Step(
        name="python",
        title="Python packages in .venv (some minutes, about 6 GB)",
        key=hash_of([
            inputs.encode(),
            interpreter.encode(),
            (wanted or "").encode(),
            str(root).encode(),
        ]),
        results=(venv_python(root),),
        action=action,
        needs_bytes=PACKAGES_BYTES,
    )


def _make_venv(root: Path, log: Path) -> None:
    probe = (
        subprocess.run(
            [str(venv_python(root)), "-m", "pip", "--version"], capture_output=True, check=False
        )
        if venv_python(root).exists()
        else None
    )
    if probe is not None and probe.returncode == 0:
        return
    if probe is not None:
        shutil.rmtree(root / ".venv", ignore_errors=True)
    hint = (
        "Python cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv)"
    )
    run_logged([sys.executable, "-m", "venv", str(root / ".venv")], log, root, hint)


def write_constraints(root: Path, setup_dir: Path, wanted_torch: str | None) -> Path:
    """Return the constraints file; without its torch line when another torch is wanted."""
    path = root / "requirements" / "constraints.txt"
    if torch_arguments(wanted_torch) == [TORCH_REQUIREMENT]:
        return path
    lines = path.read_text(encoding="utf-8").splitlines()
    own = setup_dir / "constraints.txt"
    own.write_text("\n".join(line for line in lines if not line.startswith("torch==")) + "\n")
    return own


def compile_programs(root: Path) -> Step:
    """Describe the step that lets runners compile what every run would otherwise wait for."""
    done = root / ".venv" / "share" / "gymlab" / "prepared"
    folders = ("src/gymlab/runners", "src/gymlab/agents")
    sources = [path for path in files_below(root, folders) if path.suffix in {".py", ".toml"}]
    names = [path.relative_to(root).as_posix() for path in sources]

    def action(log: Path) -> None:
        log.write_bytes(b"")
        command = [str(venv_python(root)), "-m", "gymlab.worker", "prepare"]
        run_logged(command, log, root, "the training programs could not be compiled")
        done.parent.mkdir(parents=True, exist_ok=True)
        done.touch()

    return Step(
        name="programs",
        title="compiled training programs",
        key=hash_of_files(root, ("requirements", *names)),
        results=(done,),
        action=action,
    )


# ---- web app ----------------------------------------------------------------------------------


def require_node() -> None:
    """Fail with one line where Node is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing = "node" if node is None else "npm"
        raise SetupError(
            f"{missing} was not found. Node {MIN_NODE} or newer builds the web app: "
            "install it from https://nodejs.org and run the same command again."
        )
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", answer.stdout.strip())
    if found is None or int(found.group(1)) < MIN_NODE:
        raise SetupError(
            f"Node {MIN_NODE} or newer is needed, {node} is {answer.stdout.strip() or 'unknown'}. "
            "Install a newer one from https://nodejs.org."
        )


def install_web_packages(root: Path) -> Step:
    """Describe the step that installs the packages of `web/package-lock.json`."""
    web = root / "web"

    def action(log: Path) -> None:
        log.write_bytes(b"")
        run_logged(["npm", "ci", "--no-audit", "--no-fund"], log, web, "npm ci failed")

    return Step(
        name="web-packages",
        title="packages of the web app",
        key=hash_of_files(web, ("package.json", "package-lock.json", ".npmrc")),
        results=(web / "node_modules" / ".package-lock.json",),
        action=action,
        needs_bytes=WEB_BYTES,
        require=require_node,
    )


def web_app(root: Path) -> Step:
    """Describe the step that builds the web app and puts it where the server finds it."""
    web, static = root / "web", root / "src" / "gymlab" / "server" / "static"

    def action(log: Path) -> None:
        install_web_packages(root).run(log.parent)
        log.write_bytes(b"")
        run_logged(["npm", "run", "build"], log, web, "the web app could not be built")
        replace_folder(web / "dist", static)

    return Step(
        name="web",
        title="web app",
        key=hash_of_files(web, _WEB_SOURCES),
        results=(static / "index.html",),
        action=action,
        needs_bytes=WEB_BYTES // 4,
        require=require_node,
    )


def replace_folder(source: Path, target: Path) -> None:
    """Put a copy of a folder in place of another, so that no half copy is ever served."""
    if not (source / "index.html").is_file():
        raise SetupError(f"the build left no {source / 'index.html'}.")
    fresh, old = target.with_name(target.name + ".new"), target.with_name(target.name + ".old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, fresh)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


# ---- browser for the tests --------------------------------------------------------------------

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome on this machine."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def install_browser(_root: Path) -> Step:
    """Describe the step that makes sure the browser tests have a Chromium."""

    def action(log: Path) -> None:
        if find_chromium() is not None:
            return
        if getattr(os, "geteuid", lambda: 1)() != 0 or shutil.which("apt-get") is None:
            raise SetupError(
                "the browser tests need Chromium: install it (Debian: sudo apt-get install chromium; "
                "Ubuntu: sudo snap install chromium; macOS: brew install --cask chromium) and run make test again."
            )
        log.write_bytes(b"")
        run_logged(["apt-get", "update", "-q"], log, Path("/"), "apt-get update failed")
        run_logged(
            [
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "install",
                "-y",
                "-q",
                "--no-install-recommends",
                "chromium",
            ],
            log,
            Path("/"),
            "apt-get could not install chromium",
        )

    return Step(
        name="browser",
        title="Chromium for the browser tests",
        key="chromium",
        results=(Path(find_chromium() or "/missing"),),
        action=action,
    )
