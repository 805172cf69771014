"""`gymlab models`: trained policies, as a list and as files."""

from pathlib import Path
from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.arguments import CheckpointOption, RunId
from gymlab.cli.assignments import parse_assignments, parse_checkpoint
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.sdk.lineage import StoredModel

app = typer.Typer(no_args_is_help=True, help="List trained models, download them, import others.")


@app.command("list")
def list_models(
    *,
    env: Annotated[str | None, typer.Option(help="Only of this environment.")] = None,
    algorithm: Annotated[str | None, typer.Option(help="Only of this algorithm.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, newest first.")] = 50,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List runs that have checkpoints, newest first."""
    with connect(url, home) as client:
        models = client.models(env_id=env, algorithm=algorithm)
        found = [model for model, _ in zip(models, range(limit), strict=False)]
    output.print_found(
        found,
        ("RUN", "ENVIRONMENT", "ALGORITHM", "RETURN", "CHECKPOINTS", "SIZE", "ORIGIN", "NAME"),
        [_row(model) for model in found],
        empty="No models yet. `gymlab train` makes one, `gymlab models import` takes one over.",
        as_json=as_json,
    )


def _row(model: StoredModel) -> tuple[object, ...]:
    return (
        model.run_id,
        model.env_id,
        model.algorithm,
        output.number(model.return_value),
        len(model.checkpoints),
        output.size(model.size_bytes),
        "trained here" if model.imported is None else "imported",
        model.run_name,
    )


@app.command("import")
def import_model(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            metavar="FILE",
            help="A model downloaded from gymlab, or a zip that Stable-Baselines3 saved.",
        ),
    ],
    *,
    env: Annotated[
        str | None,
        typer.Option("--env", help="Environment it acts in; a model from gymlab says so itself."),
    ] = None,
    algorithm: Annotated[
        str | None, typer.Option(help="What it must be; default: as the file says.")
    ] = None,
    env_kwargs: Annotated[
        list[str] | None,
        typer.Option(
            "--env-kwarg", help="Argument of the environment; repeatable.", metavar="KEY=VALUE"
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What it will be called.")] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take over a model from a file; nothing in it is executed and no pickle is opened."""
    given = parse_assignments(env_kwargs, "--env-kwarg") if env_kwargs else None
    with connect(url, home) as client:
        imported = client.import_model(
            file, env_id=env, algorithm=algorithm, env_kwargs=given, name=name
        )
    if as_json:
        output.print_json(imported)
        return
    output.stdout.print(
        f"{imported.run_id}: {imported.algorithm} on {imported.env_id}, "
        f"{imported.timestep:,} timesteps, imported",
        markup=False,
    )
    for note in imported.notes:
        output.stderr.print(f"note: {note}", markup=False)


@app.command()
def download(
    run_id: RunId,
    file: Annotated[Path, typer.Argument(help="File to write.", metavar="FILE")],
    *,
    model_format: Annotated[
        str,
        typer.Option("--format", help="safetensors, or a format of the run's backend: sb3-zip."),
    ] = "safetensors",
    checkpoint: CheckpointOption = "latest",
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Write the trained policy of a run to a file."""
    choice = parse_checkpoint(checkpoint, "--checkpoint")
    with connect(url, home) as client:
        written = client.download_model(run_id, file, model_format=model_format, checkpoint=choice)
    output.stdout.print(f"{written}: {output.size(written.stat().st_size)}", markup=False)
