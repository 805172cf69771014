"""`gymlab train`: create a run, show how it learns, stop it with Ctrl-C."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer

from gymlab.cli import exit_codes, output
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.cli.progress import RunView, new_display
from gymlab.domain.runs import Device, RunStatus
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.sdk.client import Client
from gymlab.sdk.models import Run, RunOptions, StartPoint
from gymlab.sdk.streams import EventLogged, MetricRows, Rewound, RunChanged, Stream, StreamMessage

app = typer.Typer()
MAX_DIGITS = 15

EnvId = Annotated[str, typer.Argument(help="Environment, for example CartPole-v1.", metavar="ENV")]
Algorithm = Annotated[str, typer.Option("--algorithm", "-a", help="Learning algorithm.")]
Runner = Annotated[
    str | None, typer.Option(help="Training backend; default: the first with the algorithm.")
]
Preset = Annotated[
    str | None,
    typer.Option(help="fast, stable, high_score or tuned; default: tuned where it exists."),
]
Timesteps = Annotated[
    int | None, typer.Option("--timesteps", "-n", help="Budget; default: the preset's.")
]
Episodes = Annotated[int | None, typer.Option("--max-episodes", help="End after so many episodes.")]
CheckpointEvery = Annotated[
    int | None, typer.Option(help="Timesteps between checkpoints, beside one every 30 s.")
]
Seed = Annotated[int | None, typer.Option("--seed", "-s", help="Seed of everything random.")]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", help="Set a hyperparameter; repeatable.", metavar="KEY=VALUE"),
]
EnvAssignments = Annotated[
    list[str] | None,
    typer.Option("--env-set", help="Set an argument of the environment.", metavar="KEY=VALUE"),
]
DeviceChoice = Annotated[Device | None, typer.Option(help="Where the networks are computed.")]
StartFromChoice = Annotated[
    str | None,
    typer.Option(
        "--start-from",
        help="Begin with the policy of another run's checkpoint: RUN, RUN:best or RUN:TIMESTEP.",
        metavar="RUN[:CHECKPOINT]",
    ),
]
Name = Annotated[str | None, typer.Option(help="Name of the run.")]


@app.command(epilog=exit_codes.epilog())
def train(
    env_id: EnvId,
    *,
    algorithm: Algorithm = "ppo",
    runner: Runner = None,
    preset: Preset = None,
    timesteps: Timesteps = None,
    max_episodes: Episodes = None,
    checkpoint_every: CheckpointEvery = None,
    seed: Seed = None,
    assignments: Assignments = None,
    env_assignments: EnvAssignments = None,
    device: DeviceChoice = None,
    start_from: StartFromChoice = None,
    name: Name = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train an agent and watch its return grow.

    Uses the server of the data folder, or starts one for this run alone. Ctrl-C stops the run
    and keeps its checkpoint; a second Ctrl-C leaves at once.
    """
    wanted = {
        "algorithm": algorithm,
        "runner": runner,
        "preset": preset,
        "total_timesteps": timesteps,
        "max_episodes": max_episodes,
        "checkpoint_every_timesteps": checkpoint_every,
        "seed": seed,
        "hyperparameters": parse_assignments(assignments or [], "--set") or None,
        "env_kwargs": parse_assignments(env_assignments or [], "--env-set") or None,
        "device": None if device is None else device.value,
        "name": name,
        "start_from": None if start_from is None else parse_start(start_from),
    }
    options: RunOptions = {key: value for key, value in wanted.items() if value is not None}  # pyright: ignore[reportAssignmentType]
    with connect(url, home) as client:
        run = client.create(env_id, **options)
        output.stderr.print(f"run {run.id}: {client.url}/runs/{run.id}", markup=False)
        view = RunView(run)
        finished = follow(client, view)
    if as_json:
        output.print_json(finished)
    else:
        output.stdout.print(view.summary(), markup=False)
    if finished.status in {RunStatus.FAILED, RunStatus.INTERRUPTED}:
        raise typer.Exit(exit_codes.RUN_FAILED)


def parse_assignments(texts: Sequence[str], option: str) -> dict[str, Any]:
    """Return `key=value` texts as a mapping; values are JSON where they can be.

    Raises:
        InvalidInputError: A text has no `=` or no key.
    """
    values: dict[str, Any] = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if not separator or not key.strip():
            raise InvalidInputError(
                f"{option} {text!r} is not KEY=VALUE.",
                hint=f"For example: {option} learning_rate=0.0003",
                fields=[FieldProblem(option, "malformed", f"{text!r} has no '='.")],
            )
        try:
            values[key.strip()] = json.loads(value)
        except ValueError:
            values[key.strip()] = value
    return values


def parse_start(text: str) -> StartPoint:
    """Return `run`, `run:best` or `run:timestep` as what the API takes.

    Raises:
        InvalidInputError: What follows the colon is neither.
    """
    run_id, _, choice = text.partition(":")
    return {"run_id": run_id, "checkpoint": parse_checkpoint(choice or "latest", "--start-from")}


def parse_checkpoint(text: str, option: str) -> Literal["latest", "best"] | int:
    """Return a checkpoint's name or timestep.

    Raises:
        InvalidInputError: It is neither.
    """
    plain = text.replace(",", "").replace("_", "")
    if text == "latest" or text == "best":  # noqa: PLR1714 - narrows the type
        return text
    if plain.isascii() and plain.isdecimal() and len(plain) <= MAX_DIGITS:
        return int(plain)
    raise InvalidInputError(
        f"{option} {text!r} names no checkpoint.",
        hint="Use latest, best or a number of timesteps.",
        fields=[FieldProblem(option, "malformed", f"{text!r} is no checkpoint.")],
    )


def follow(client: Client, view: RunView) -> Run:
    """Show a run until it has ended; return it as it ended.

    The first Ctrl-C stops the run and waits for its end, the second is raised.
    """
    is_stopping = False
    with client.stream(view.run.id, kinds=("metrics", "events"), from_="start") as stream:
        while not view.run.is_finished:
            try:
                with new_display(view) as display:
                    for message in stream:
                        _take(client, view, message, stream)
                        display.refresh()
            except KeyboardInterrupt:
                if is_stopping:
                    raise
                is_stopping = True
                output.stderr.print("stopping; press Ctrl-C again to leave at once", markup=False)
                _stop(client, view)
    return view.run


def _take(client: Client, view: RunView, message: StreamMessage, stream: Stream) -> None:
    if message.run_id != view.run.id:
        return
    if isinstance(message, MetricRows):
        view.add_rows(message.rows)
    elif isinstance(message, Rewound):
        view.rewind()
    elif isinstance(message, RunChanged):
        view.update(message.run)
    elif isinstance(message, EventLogged):
        # The run may have ended before the stream began: then only the event log tells.
        view.update(client.get(view.run.id))
    if view.run.is_finished:
        stream.close()


def _stop(client: Client, view: RunView) -> None:
    run = client.get(view.run.id)
    view.update(run if run.is_finished else client.stop(run.id))
