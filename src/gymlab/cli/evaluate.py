"""`gymlab evaluate`: play a trained policy and say how good it is."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn

from gymlab.cli import exit_codes, output
from gymlab.cli.arguments import CheckpointOption, RunId
from gymlab.cli.assignments import parse_checkpoint
from gymlab.cli.code import read_source
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.domain.evaluations import MAX_EPISODES, EvaluationStatus
from gymlab.sdk.client import Client
from gymlab.sdk.evaluation_models import Evaluation, EvaluationOptions

app = typer.Typer()

Episodes = Annotated[
    int, typer.Option("--episodes", "-n", min=1, max=MAX_EPISODES, help="Episodes to play.")
]
Seed = Annotated[
    int | None, typer.Option("--seed", "-s", min=0, help="The same seed gives the same episodes.")
]
Stochastic = Annotated[
    bool, typer.Option("--stochastic", help="Draw actions instead of taking the most likely one.")
]
Code = Annotated[
    str | None,
    typer.Option(
        "--code", help="An own evaluation: a Python file, or the id of a document.", metavar="CODE"
    ),
]
NoVideo = Annotated[bool, typer.Option("--no-video", help="Make no films.")]


@app.command(epilog=exit_codes.epilog())
def evaluate(
    run_id: RunId,
    *,
    episodes: Episodes = 10,
    seed: Seed = None,
    checkpoint: CheckpointOption = "latest",
    stochastic: Stochastic = False,
    no_video: NoVideo = False,
    code: Code = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play a trained policy in fresh environments and say how good it is.

    Uses the server of the data folder, or starts one for this evaluation alone. Ctrl-C cancels.
    """
    options: EvaluationOptions = {
        "num_episodes": episodes,
        "checkpoint": parse_checkpoint(checkpoint, "--checkpoint"),
        "deterministic": not stochastic,
        "record_video": not no_video,
    }
    if seed is not None:
        options["seed"] = seed
    if code is not None:
        options["evaluation_code"] = _code(code)
    with connect(url, home) as client:
        asked = client.evaluate(run_id, **options)
        found = _follow(client, asked)
        if as_json:
            output.print_json(found)
        else:
            print_evaluation(found, client.url)
    if found.status is not EvaluationStatus.COMPLETED:
        raise typer.Exit(exit_codes.RUN_FAILED)


def _code(text: str) -> dict[str, str]:
    """Return what names an own evaluation: a file, or the id of a document."""
    file = Path(text)
    return {"source": read_source(file)} if file.suffix or file.exists() else {"id": text}


def _follow(client: Client, asked: Evaluation) -> Evaluation:
    """Show how far it is until it is over; the first Ctrl-C cancels it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} episodes"),
    )
    is_shown = sys.stderr.isatty()
    with Progress(*columns, console=output.stderr, transient=True, disable=not is_shown) as bar:
        task = bar.add_task("waiting", total=asked.num_episodes)

        def show(now: Evaluation) -> None:
            state = now.phase or now.status.value
            bar.update(task, completed=now.episodes_done, description=state)

        try:
            return client.wait_for_evaluation(asked.run_id, asked.id, on_news=show)
        except KeyboardInterrupt:
            output.stderr.print("cancelling", markup=False)
            client.cancel_evaluation(asked.run_id, asked.id)
            return client.wait_for_evaluation(asked.run_id, asked.id)


def print_evaluation(found: Evaluation, url: str) -> None:
    """Print what was found, as names and values."""
    if found.failure is not None:
        output.stderr.print(f"failed: {found.failure.detail}", markup=False)
        if found.failure.hint:
            output.stderr.print(f"hint: {found.failure.hint}", markup=False)
        return
    if found.status is not EvaluationStatus.COMPLETED:
        output.stderr.print(found.status.value, markup=False)
        return
    ends = ", ".join(f"{reason} {count}" for reason, count in found.terminations.items())
    output.print_pairs([
        ("evaluation", found.id),
        ("policy", f"checkpoint at timestep {found.checkpoint_timestep:,}"),
        ("episodes", f"{len(found.episodes)} with seed {found.seed}, {_manner(found)}"),
        ("mean return", output.number(found.return_mean, 2)),
        ("95 % interval", _interval(found)),
        ("interquartile mean", output.number(found.return_iqm, 2)),
        ("standard deviation", output.number(found.return_std, 2)),
        ("lowest, highest", _range(found)),
        ("mean length", output.number(found.length_mean)),
        ("ended by", ends),
        *((name, output.number(value, 4)) for name, value in found.metrics.items()),
        ("own evaluation", found.metrics_problem),
        *((f"film of {video.kind}", f"{url}{video.url}") for video in found.videos),
        ("no film", found.video_reason),
        *(("note", warning) for warning in found.warnings),
    ])


def _manner(found: Evaluation) -> str:
    return "most likely actions" if found.deterministic else "actions drawn at random"


def _interval(found: Evaluation) -> str:
    if found.return_ci95 is None:
        return ""
    low, high = found.return_ci95
    return f"{output.number(low, 2)} to {output.number(high, 2)}"


def _range(found: Evaluation) -> str:
    if found.return_min is None:
        return ""
    return f"{output.number(found.return_min, 2)}, {output.number(found.return_max, 2)}"
