"""`gymlab experiments`: runs with the same settings and different seeds."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.acting import act_on_each
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption
from gymlab.sdk.client import Client
from gymlab.sdk.history_models import Experiment, ExperimentWithRuns, Spread

app = typer.Typer(
    no_args_is_help=True, help="List, show, stop and remove experiments: runs that differ by seed."
)

Ids = Annotated[list[str], typer.Argument(help="Ids of experiments.", metavar="EXPERIMENT...")]
Id = Annotated[str, typer.Argument(help="Id of an experiment.", metavar="EXPERIMENT")]
RETURN = "train/mean_return"


@app.command("list")
def list_experiments(
    *, url: UrlOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List experiments, newest first."""
    with connect(url, home) as client:
        found = list(client.experiments())
    output.print_found(
        found,
        ("ID", "DONE", "ENVIRONMENT", "ALGORITHM", "RETURN", "EVALUATED", "NAME"),
        [_row(experiment) for experiment in found],
        empty="No experiments. `gymlab train CartPole-v1 --seeds 5` makes one.",
        as_json=as_json,
    )


def _row(experiment: Experiment) -> tuple[object, ...]:
    return (
        experiment.id,
        f"{experiment.num_done}/{experiment.num_runs}",
        experiment.env_id,
        experiment.algorithm,
        spread_text(experiment.mean_return),
        spread_text(experiment.evaluation_return),
        experiment.name,
    )


def spread_text(spread: Spread | None) -> str:
    """Return mean and standard deviation over runs, as `475.2 ± 12.3 (n=5)`."""
    if spread is None:
        return ""
    return f"{output.number(spread.mean)} ± {output.number(spread.std)} (n={spread.num_runs})"


@app.command()
def show(
    experiment_id: Id,
    *,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an experiment with its runs."""
    with connect(url, home) as client:
        found = client.experiment(experiment_id)
    if as_json:
        output.print_json(found)
        return
    print_experiment(found)


def print_experiment(found: ExperimentWithRuns) -> None:
    """Print the summary and a table of the runs."""
    experiment = found.experiment
    output.print_pairs([
        ("id", experiment.id),
        ("name", experiment.name),
        ("done", f"{experiment.num_done} of {experiment.num_runs}"),
        ("return", spread_text(experiment.mean_return)),
        ("evaluated", spread_text(experiment.evaluation_return)),
    ])
    output.print_table(
        ("ID", "SEED", "STATUS", "TIMESTEP", "RETURN", "EVALUATED"),
        [
            (
                run.id,
                run.seed,
                run.status.value,
                f"{run.timestep:,}/{run.total_timesteps:,}",
                output.number(run.metrics.get(RETURN)),
                output.number(run.evaluation_return),
            )
            for run in found.runs
        ],
        empty="No runs.",
    )


@app.command()
def rename(
    experiment_id: Id,
    name: Annotated[str, typer.Argument(help="New name.")],
    *,
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Rename an experiment."""
    with connect(url, home) as client:
        found = client.rename_experiment(experiment_id, name)
    output.stdout.print(f"{found.id}: {found.name}", markup=False)


@app.command()
def stop(experiment_ids: Ids, *, url: UrlOption = None, home: HomeOption = None) -> None:
    """Stop every run of experiments."""

    def stop_all(client: Client, experiment_id: str) -> str:
        runs = client.stop_experiment(experiment_id).runs
        return ", ".join(f"{run.id} {run.status.value}" for run in runs)

    act_on_each(experiment_ids, stop_all, url, home)


@app.command()
def delete(
    experiment_ids: Ids,
    *,
    with_runs: Annotated[
        bool, typer.Option("--with-runs", help="Move the runs into the bin too.")
    ] = False,
    url: UrlOption = None,
    home: HomeOption = None,
) -> None:
    """Remove the grouping of experiments; their runs stay unless --with-runs is given."""

    def remove(client: Client, experiment_id: str) -> str:
        client.delete_experiment(experiment_id, with_runs=with_runs)
        return "moved into the bin" if with_runs else "ungrouped"

    act_on_each(experiment_ids, remove, url, home)
