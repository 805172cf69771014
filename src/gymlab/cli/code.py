"""`gymlab code`: rewards, environments and evaluations of your own."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gymlab.cli import exit_codes, output
from gymlab.cli.acting import act_on_each
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.domain.code import MAX_SOURCE_BYTES, CodeKind
from gymlab.domain.code_files import MAIN, join_files
from gymlab.errors import InvalidInputError
from gymlab.sdk.client import Client
from gymlab.sdk.code import CodeDocument, CodeProblem

app = typer.Typer(
    no_args_is_help=True,
    help="List, show, check, store, try and delete rewards, environments and evaluations.",
)

Id = Annotated[str, typer.Argument(help="Id of a document.", metavar="CODE")]
Ids = Annotated[list[str], typer.Argument(help="Ids of documents.", metavar="CODE...")]
File = Annotated[
    Path,
    typer.Argument(
        help="Python file, or a folder of several with main.py; - reads standard input.",
        metavar="FILE",
    ),
]
Kind = Annotated[
    CodeKind | None, typer.Option("--kind", help="What it is for; by default as it looks.")
]
Env = Annotated[str | None, typer.Option("--env", help="Environment that it is for.")]


@app.command("list")
def list_code(
    *,
    kind: Annotated[CodeKind | None, typer.Option("--kind", help="Only code for this.")] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List documents, the last changed first."""
    with connect(url, home) as client:
        found = list(client.code_documents(kind=kind))
    output.print_found(
        found,
        ("ID", "KIND", "VERSION", "CHANGED", "NAME"),
        [
            (item.id, item.kind.value, item.version, f"{item.updated_at:%Y-%m-%d %H:%M}", item.name)
            for item in found
        ],
        empty="No code. `gymlab code push FILE` stores some.",
        as_json=as_json,
    )


@app.command()
def show(
    code_id: Id,
    *,
    version: Annotated[int | None, typer.Option(min=1, help="By default the current one.")] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the source of a document."""
    with connect(url, home) as client:
        found = client.code(code_id, version)
    if as_json:
        output.print_json(found)
        return
    sys.stdout.write(found.source)


@app.command(epilog=exit_codes.epilog())
def check(
    file: File,
    *,
    kind: Kind = None,
    env: Env = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with a file without running it; ends with 2 where there are errors."""
    source = read_source(file)
    with connect(url, home) as client:
        found = client.check_code(kind or _looks_like(source), source, env_id=env)
    if as_json:
        output.print_json(found)
    else:
        for problem in found.problems:
            _print_problem(file, problem)
        if not found.problems:
            output.stdout.print("Nothing is wrong.", markup=False)
    if not found.ok:
        raise typer.Exit(2)


@app.command()
def push(
    file: File,
    *,
    kind: Kind = None,
    name: Annotated[str | None, typer.Option(help="By default the name of the file.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Store a newer version of this document.")
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(min=1, help="With --to: the version that was changed; default: the newest."),
    ] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Store a file as a new document, or as a newer version of one."""
    source = read_source(file)
    with connect(url, home) as client:
        if to is None:
            stored = client.create_code(kind or _looks_like(source), name or file.stem, source)
        else:
            stored = _change(client, to, source, version, name)
    if as_json:
        output.print_json(stored)
        return
    output.print_pairs([
        ("id", stored.id),
        ("kind", stored.kind.value),
        ("name", stored.name),
        ("version", stored.version),
        ("environment", stored.env_id),
    ])


@app.command("try", epilog=exit_codes.epilog())
def try_code(
    file: File,
    *,
    kind: Kind = None,
    env: Env = None,
    seed: Annotated[
        int | None, typer.Option("--seed", "-s", min=0, help="Of all episodes.")
    ] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a file for a moment in the sandbox and say what it did; ends with 2 where it fails."""
    source = read_source(file)
    what = kind or _looks_like(source)
    with connect(url, home) as client:
        found = client.try_code(what, source, env_id=env, seed=seed)
    findings = [*found.get("findings", ()), *found.get("problems", ())]
    if as_json:
        output.print_json(found)
    else:
        for item in findings:
            line = f":{item['line']}" if item.get("line") else ""
            status = item.get("status") or item["severity"]
            hint = f" {item['hint']}" if item.get("hint") else ""
            where = _shown(file, item.get("file"))
            text = f"{where}{line}: {status}: {item['message']}{hint}"
            output.stdout.print(text, markup=False)
        _print_numbers(found)
    if any("error" in {item.get("status"), item.get("severity")} for item in findings):
        raise typer.Exit(2)


@app.command()
def delete(code_ids: Ids, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Delete documents with their versions; runs that use one keep its source."""

    def remove(client: Client, code_id: str) -> str:
        client.delete_code(code_id)
        return "deleted"

    act_on_each(code_ids, remove, url, home)


def _change(
    client: Client, code_id: str, source: str, version: int | None, name: str | None
) -> CodeDocument:
    if version is None:
        version = client.code(code_id).version
    return client.change_code(code_id, source, version=version, name=name)


def _print_problem(file: Path, problem: CodeProblem) -> None:
    hint = f" {problem.hint}" if problem.hint else ""
    place = f"{_shown(file, problem.file)}:{problem.line}:{problem.column}"
    output.stdout.print(f"{place}: {problem.severity}: {problem.message}{hint}", markup=False)


def _shown(file: Path, part: str | None) -> str:
    return str(file / (part or MAIN)) if file.is_dir() else f"{file}/{part}" if part else str(file)


def _print_numbers(found: dict[str, object]) -> None:
    metrics = found.get("metrics")
    pairs: list[tuple[str, object]] = []
    if isinstance(metrics, dict):
        pairs += [(str(name), value) for name, value in metrics.items()]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    for name in ("minimum", "maximum", "not_finite"):
        if name in found:
            pairs.append((name, found[name]))
    for name in ("batched", "potential"):
        told = found.get(name)
        if isinstance(told, dict):
            pairs.append((name, told.get("detail")))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
    output.print_pairs(pairs)


def read_source(file: Path) -> str:
    """Return the text of a Python file, or of all files of a folder, `main.py` first.

    Raises:
        InvalidInputError: One cannot be read, is too long, or is no UTF-8.
    """
    if not file.is_dir():
        return _read_file(file)
    if not (file / MAIN).is_file():
        detail = f"The folder {file} has no {MAIN}, which is loaded first."
        raise InvalidInputError(detail, hint=f"Name one of its files {MAIN}.")
    found = sorted(path for path in file.glob("*.py") if path.name != MAIN)
    return join_files({path.name: _read_file(path) for path in (file / MAIN, *found)})


def _read_file(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}.") from error
    if len(content) > MAX_SOURCE_BYTES:
        detail = f"{file} has {len(content):,} bytes; at most {MAX_SOURCE_BYTES:,} are allowed."
        raise InvalidInputError(detail)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidInputError(
            f"{file} is no UTF-8: line {line} has the byte 0x{content[error.start]:02x}.",
            hint="Save it as UTF-8.",
        ) from error


def _looks_like(source: str) -> CodeKind:
    if "def reward_function" in source or "reward_function =" in source:
        return CodeKind.REWARD
    if "def evaluate(" in source or "evaluate =" in source:
        return CodeKind.EVALUATION
    if "class " in source or not source.strip():
        return CodeKind.ENVIRONMENT
    raise InvalidInputError(
        "The file has neither a function `reward_function` or `evaluate` nor a class.",
        hint="Name what is in it so, or say with --kind what it is for.",
    )
