"""Write the reference pages that follow from the code: settings, commands, endpoints and more.

`python scripts/generate_docs.py` writes them, `--check` fails where one is out of date.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from gymlab.cli import exit_codes
from gymlab.cli.main import COMMANDS, build_app
from gymlab.domain.metrics import METRICS
from gymlab.server.api import bare_application
from gymlab.settings import VARIABLES, Settings
from gymlab.worker.discovery import discover_runners

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTE = "<!-- Made by scripts/generate_docs.py; change the code and run it again. -->"
MACHINE_DEPENDENT = {"max_runs": "number of cores", "warm_workers": "1; 0 below 4 GB of memory"}
METHODS = ("get", "post", "put", "patch", "delete")
STREAM_NOTES = (
    (
        "`WS /runs/{id}/frames`",
        "Live pictures, see the [guide](guide/watching.md#frames).",
        "`fps`, `source`, `speed`, `format`, `tiles`",
    ),
    (
        "`WS /previews/{id}/ws`",
        "An environment that plays and obeys, see the [guide](guide/play.md).",
        "`fps`, `format`",
    ),
)


def settings_page() -> str:
    """Return the page of every setting."""
    variables = {field: variable for variable, field in VARIABLES.items()}
    lines = [
        "# Settings",
        "",
        NOTE,
        "",
        "Flags of `gymlab serve` win over environment variables, those over `gymlab.toml` (in the",
        "working directory, else in the data folder), those over the defaults. In `gymlab.toml` the",
        "name is the one in the first column, for example `port = 8080`.",
        "",
        "| name | variable | flag | default | effect |",
        "|---|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = MACHINE_DEPENDENT.get(name) or _default_text(field.get_default())
        flag = name.replace("_", "-")
        flags = f"`--{flag}` / `--no-{flag}`" if field.annotation is bool else f"`--{flag}`"
        effect = " ".join((field.description or "").split())
        lines.append(f"| `{name}` | `{variables[name]}` | {flags} | {default} | {effect} |")
    return "\n".join([*lines, "", _SETUP_VARIABLES])


_SETUP_VARIABLES = """## Variables of the set-up

`make` reads these before gymlab itself is installed.

| variable | default | effect |
|---|---|---|
| `PYTHON` | the first of `python3`, `python3.14` ... `python3.11` that is 3.11 or newer | Interpreter for `.venv`: `make PYTHON=/opt/python3.12/bin/python3 setup` |
| `GYMLAB_TORCH` | `torch==2.13.0` | What pip is asked for torch, options included, or `skip` to leave the torch that is in `.venv`: `GYMLAB_TORCH='torch==2.13.0 --index-url https://download.pytorch.org/whl/cu126' make setup` |
"""


def _default_text(value: object) -> str:
    if value is None:
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def metrics_page() -> str:
    """Return the page of every house metric."""
    lines = [
        "# Metrics",
        "",
        NOTE,
        "",
        "House names are the same for every runner; a runner's own names are kept beside them in the",
        "rows (`native`). `GET /api/v1/metric-names` answers this table.",
        "",
        "| name | title | unit | better | meaning |",
        "|---|---|---|---|---|",
    ]
    for metric in METRICS.values():
        better = metric.better.value if metric.better else ""
        lines.append(
            f"| `{metric.name}` | {metric.title} | {metric.unit} | {better} | {metric.meaning} |"
        )
    return "\n".join([*lines, "", _ROWS])


_ROWS = """## Rows

`metrics.jsonl`, the metric stream and `GET /runs/{id}/metrics?tail=N` carry one object per row.
`seq` counts the rows of a run from 1 without gaps.

| row | fields |
|---|---|
| both | `seq`, `attempt`, `kind`, `timestep`, `timestamp`, `wall_time_s`, `loss` (the algorithm's main loss, as last known), `fps` (`time/timesteps_per_second`, as last known) |
| `kind: episode` | `episode`, `env_index`, `episode_return`, `reward` (the same), `episode_length`, `terminated`, `truncated` |
| `kind: learner` | `gradient_steps`, `metrics` (house names), `native` (the runner's own), `nonfinite` (names whose value was NaN or infinite and is null) |
| marker | `rewind_to_seq`, `attempt`, `timestamp`: rows of older attempts behind that number are superseded; they stay in the file and are never returned or drawn |
"""


def commands_page() -> str:
    """Return the page of every command, option and exit code."""
    lines = [
        "# Command line",
        "",
        NOTE,
        "",
        "`gymlab` is `.venv/bin/gymlab` after `make setup`. Commands use the server of the data folder; where",
        "none runs they start one for their own time, and runs go on without it. `--url` names another server.",
        "Errors are one line with a hint; `gymlab --install-completion` sets up the shell.",
        "",
    ]
    for name, command in _commands():
        lines += _command_section(name, command)
    lines += ["## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in exit_codes.MEANINGS.items()]
    return "\n".join([*lines, ""])


def _commands() -> Iterator[tuple[str, Any]]:
    root: Any = typer.main.get_command(build_app([]))
    for name in COMMANDS:
        command = root.commands[name]
        nested: Mapping[str, Any] = getattr(command, "commands", {})
        if nested:
            yield from ((f"{name} {child}", nested[child]) for child in nested)
        else:
            yield name, command


def _command_section(name: str, command: Any) -> list[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([f"gymlab {name}", *(p.metavar or p.name.upper() for p in arguments)])
    text = " ".join((command.help or "").split())
    lines = [f"## gymlab {name}", "", text, "", f"    {usage} [OPTIONS]", ""]
    if options:
        lines += ["| option | effect |", "|---|---|"]
        lines += [f"| {_option_names(option)} | {option.help or ''} |" for option in options]
        lines.append("")
    return lines


def _option_names(option: Any) -> str:
    return ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))


def api_page() -> str:
    """Return the page of every endpoint."""
    description = bare_application().openapi()
    lines = [
        "# HTTP API",
        "",
        NOTE,
        "",
        "Base path `/api/v1`; the machine-readable description is at `/api/v1/openapi.json`. JSON in and out,",
        "times in RFC 3339 UTC. Lists answer `{items, next_cursor}`; pass `next_cursor` back as `cursor`.",
        "",
        'Errors: `{"error": {"kind", "code", "detail", "hint", "fields"?}}` with kind `invalid` (422),',
        "`unauthenticated` (401), `forbidden` (403), `not_found` (404), `conflict` (409), `too_large` (413),",
        "`rate_limited` (429) or `unavailable` (503). Examples for `curl`, streams and WebSocket:",
        "[training](guide/training.md) and [watching](guide/watching.md).",
        "",
        "| method and path | what it does | query |",
        "|---|---|---|",
    ]
    lines += [_endpoint_row(*endpoint) for endpoint in endpoints(description)]
    lines += [f"| {path} | {text} | {parameters} |" for path, text, parameters in STREAM_NOTES]
    return "\n".join([*lines, ""])


def endpoints(description: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield method, path below the base and operation of an OpenAPI description."""
    for path, operations in description["paths"].items():
        for method in METHODS:
            if method in operations:
                yield method.upper(), path.removeprefix("/api/v1"), operations[method]


def _endpoint_row(method: str, path: str, operation: Mapping[str, Any]) -> str:
    first_line = (operation.get("description") or operation.get("summary") or "").split("\n")[0]
    query = [f"`{p['name']}`" for p in operation.get("parameters", []) if p["in"] == "query"]
    short = re.sub(
        r"\{(\w+_id|run_id)\}", lambda found: "{id}" if found[1] == "run_id" else found[0], path
    )
    return f"| {method} `{short}` | {first_line} | {', '.join(query)} |"


def runners_page() -> str:
    """Return the page of every listed runner and its algorithms."""
    folders, _ = discover_runners()
    lines = ["# Runners and algorithms", "", NOTE, ""]
    for folder in folders:
        manifest = folder.manifest
        if not manifest.is_listed:
            continue
        readme = f"../src/gymlab/runners/{manifest.id}/README.md"
        lines += [
            f"## {manifest.title}",
            "",
            f"`{manifest.id}`: {manifest.summary} [More]({readme}).",
            "",
        ]
        lines += ["| algorithm | what it is | actions | presets | paper |", "|---|---|---|---|---|"]
        presets = folder.presets()
        for algorithm in manifest.algorithms:
            tuned = [preset.env_id for preset in presets.get(algorithm.id, []) if preset.env_id]
            lines.append(
                f"| `{algorithm.id}` {algorithm.title} | {algorithm.summary} | "
                f"{', '.join(algorithm.action_spaces)} | {', '.join(tuned)} | {algorithm.paper or ''} |"
            )
        lines.append("")
    return "\n".join(lines)


PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "metrics.md": metrics_page,
    "cli.md": commands_page,
    "api.md": api_page,
    "runners.md": runners_page,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where a page is out of date")
    options = parser.parse_args(arguments)
    stale = [
        name
        for name, make in PAGES.items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != make()
    ]
    if options.check:
        sys.stdout.write("".join(f"docs/{name} is out of date\n" for name in stale))
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
        sys.stdout.write(f"wrote docs/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
