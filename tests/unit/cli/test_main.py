"""The entry: help, versions, errors as lines and exit codes."""

import subprocess
import sys

import pytest

import gymlab as package
from gymlab.cli import exit_codes
from gymlab.cli.main import COMMANDS, SUMMARIES, build_app
from gymlab.errors import ErrorKind
from tests.unit.cli.conftest import Command
from tests.unit.sdk.conftest import ScriptedServer, error_reply


def test_help_lists_every_command_and_the_exit_codes(gymlab: Command) -> None:
    """A newcomer sees what there is; a script author sees what the codes mean."""
    ended = gymlab("--help")
    assert ended.code == 0
    assert all(f" {name} " in ended.out for name in COMMANDS)
    assert "Exit codes: 0 done" in ended.out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_short_help_is_the_commands_own(gymlab: Command, name: str) -> None:
    """The list that imports no command says what each command says of itself."""
    assert SUMMARIES[name].split(":")[0] in " ".join(gymlab(name, "--help").out.split())


def test_help_imports_neither_server_nor_client() -> None:
    """`gymlab --help` stays fast because it loads next to nothing."""
    code = (
        "import sys; sys.argv = ['gymlab', '--help']\n"
        "from gymlab.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'httpx', 'pydantic', 'fastapi', 'sqlalchemy', 'torch', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


def test_the_version_is_the_packages(gymlab: Command) -> None:
    """`--version` prints one line."""
    assert gymlab("--version").out.strip() == f"gymlab {package.__version__}"


def test_every_kind_of_error_has_an_exit_code() -> None:
    """Codes are distinct, documented and never 0 or 1."""
    assert set(exit_codes.BY_KIND) == set(ErrorKind)
    assert len(set(exit_codes.BY_KIND.values())) == len(ErrorKind)
    assert set(exit_codes.BY_KIND.values()) | {0, 1, 10, 11, 12, 129, 130, 143} == set(
        exit_codes.MEANINGS
    )


@pytest.mark.parametrize(
    ("status", "kind"), [(404, "not_found"), (409, "conflict"), (422, "invalid")]
)
def test_an_error_is_a_line_a_hint_and_a_code(
    gymlab: Command, server: ScriptedServer, status: int, kind: str
) -> None:
    """No traceback: what happened, what to do, and the kind as exit code."""
    server.on("GET /health", {"status": "ok", "version": "1", "uptime_s": 1})
    server.on("GET /runs/x", error_reply(status, kind, "It [bold]went wrong.", hint="Do this."))
    ended = gymlab("runs", "show", "x", "--url", server.url)
    assert ended.code == exit_codes.BY_KIND[ErrorKind(kind)]
    assert ended.err.splitlines() == ["error: It [bold]went wrong.", "hint: Do this."]
    assert ended.out == ""


def test_an_address_without_a_server_is_unavailable(gymlab: Command) -> None:
    """An explicit address never starts a server."""
    ended = gymlab("runs", "list", "--url", "http://127.0.0.1:9")
    assert ended.code == 5
    assert "No gymlab server answers at http://127.0.0.1:9" in ended.err


def test_an_unknown_command_is_a_usage_error(gymlab: Command) -> None:
    """Typing errors end with 2."""
    ended = gymlab("trian")
    assert ended.code == 2
    assert "trian" in ended.err


def test_completion_knows_nested_commands() -> None:
    """The application of an empty command line has every command, as completion needs."""
    app = build_app([])
    assert {group.name for group in app.registered_groups if group.name} == {
        "runs",
        "experiments",
        "bin",
        "code",
        "models",
        "envs",
        "runners",
    }
