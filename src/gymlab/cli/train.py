"""`gymlab train`: create a run, show how it learns, stop it with Ctrl-C."""

from typing import Annotated

import typer

from gymlab.cli import exit_codes, output, preflight
from gymlab.cli.assignments import parse_assignments, parse_start
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.cli.progress import RunView, new_display
from gymlab.cli.seeds import finish_experiment
from gymlab.domain.evaluations import MAX_EPISODES
from gymlab.domain.runs import Device, RunStatus
from gymlab.errors import ErrorKind, InvalidInputError
from gymlab.sdk.client import Client
from gymlab.sdk.models import PeriodicEvaluationOptions, Run, RunOptions
from gymlab.sdk.streams import EventLogged, MetricRows, Rewound, RunChanged, Stream, StreamMessage

app = typer.Typer()

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
EvaluateEvery = Annotated[
    int | None, typer.Option(min=1, help="Evaluate the policy every so many timesteps.")
]
EvaluateEpisodes = Annotated[
    int, typer.Option(min=1, max=MAX_EPISODES, help="Episodes of each such evaluation.")
]
StopAtReturn = Annotated[
    float | None,
    typer.Option(help="End early once the mean return of such an evaluation reaches this."),
]
Seed = Annotated[int | None, typer.Option("--seed", "-s", help="Seed of everything random.")]
Seeds = Annotated[
    int | None,
    typer.Option(
        "--seeds", min=1, help="So many consecutive seeds, from --seed on, as one experiment."
    ),
]
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
Check = Annotated[
    bool, typer.Option("--check", help="Only say what it would take and whether it could start.")
]
Measure = Annotated[
    bool, typer.Option("--measure", help="Measure the speed here for a few seconds before.")
]


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
    evaluate_every: EvaluateEvery = None,
    evaluate_episodes: EvaluateEpisodes = 5,
    stop_at_return: StopAtReturn = None,
    seed: Seed = None,
    seeds: Seeds = None,
    assignments: Assignments = None,
    env_assignments: EnvAssignments = None,
    device: DeviceChoice = None,
    start_from: StartFromChoice = None,
    name: Name = None,
    check: Check = False,
    measure: Measure = False,
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
        "evaluation": _plan(evaluate_every, evaluate_episodes, stop_at_return),
        "seed": seed,
        "hyperparameters": parse_assignments(assignments or [], "--set") or None,
        "env_kwargs": parse_assignments(env_assignments or [], "--env-set") or None,
        "device": None if device is None else device.value,
        "name": name,
        "start_from": None if start_from is None else parse_start(start_from),
    }
    options: RunOptions = {k: v for k, v in wanted.items() if v is not None}  # pyright: ignore[reportAssignmentType]
    with connect(url, home) as client:
        if measure:
            preflight.measure(client, env_id, options)
        if check:
            is_ok = preflight.check(client, env_id, options, as_json=as_json)
            raise typer.Exit(0 if is_ok else exit_codes.BY_KIND[ErrorKind.INVALID])
        if seeds is not None:
            made = client.create_experiment(env_id, seeds=seeds, **options)
            finish_experiment(client, made, as_json=as_json)
            return
        _train_one(client, env_id, options, as_json=as_json)


def _train_one(client: Client, env_id: str, options: RunOptions, *, as_json: bool) -> None:
    preflight.announce(client, env_id, options)
    preferred = preflight.preferred_engine(client, env_id, options)
    run = client.create(env_id, **options)
    if run.env_id != env_id and "@" not in run.env_id:  # versions of own code are no replacement
        replaced = f"{env_id} was replaced by {run.env_id}; returns may differ from older results"
        output.stderr.print(replaced, markup=False)
    output.stderr.print(preflight.engine_words(run.runner, preferred), markup=False)
    output.stderr.print(f"run {run.id}: {client.url}/runs/{run.id}", markup=False)
    view = RunView(run)
    finished = follow(client, view)
    if as_json:
        output.print_json(finished)
    else:
        output.stdout.print(view.summary(), markup=False)
    if finished.status in {RunStatus.FAILED, RunStatus.INTERRUPTED}:
        raise typer.Exit(exit_codes.RUN_FAILED)


def _plan(
    every: int | None, episodes: int, stop_at_return: float | None
) -> PeriodicEvaluationOptions | None:
    if every is None:
        if stop_at_return is not None:
            raise InvalidInputError(
                "--stop-at-return needs evaluations.", hint="Add for example --evaluate-every 5000."
            )
        return None
    plan: PeriodicEvaluationOptions = {"every_timesteps": every, "num_episodes": episodes}
    if stop_at_return is not None:
        plan["stop_at_return"] = stop_at_return
    return plan


def follow(client: Client, view: RunView) -> Run:
    """Show a run until it has ended; return it as it ended.

    The first Ctrl-C stops the run and waits for its end, the second is raised.
    """
    try:
        return _follow(client, view)
    except KeyboardInterrupt:
        output.stderr.print(_left(view.run), markup=False)
        raise


def _left(run: Run) -> str:
    if run.is_finished or run.status is RunStatus.STOPPING:
        return f"left; run {run.id} is stopping"
    return f"left; run {run.id} goes on: `gymlab runs stop {run.id}` ends it"


def _follow(client: Client, view: RunView) -> Run:
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
