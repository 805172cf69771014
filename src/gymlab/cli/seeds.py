"""Waiting for the runs of an experiment that was created on the command line."""

import time

import typer

from gymlab.cli import exit_codes, output
from gymlab.cli.experiments import print_experiment
from gymlab.domain.runs import RunStatus
from gymlab.sdk.client import Client
from gymlab.sdk.history_models import ExperimentWithRuns

_POLL_S = 0.5


def finish_experiment(client: Client, made: ExperimentWithRuns, *, as_json: bool) -> None:
    """Wait until every run has ended, then print all of them.

    Raises:
        Exit: A run failed or was interrupted.
    """
    url = f"{client.url}/runs?experiment={made.experiment.id}"
    output.stderr.print(f"experiment {made.experiment.id}: {url}", markup=False)
    finished = _follow(client, made)
    if as_json:
        output.print_json(finished)
    else:
        print_experiment(finished)
    if any(run.status in {RunStatus.FAILED, RunStatus.INTERRUPTED} for run in finished.runs):
        raise typer.Exit(exit_codes.RUN_FAILED)


def _follow(client: Client, made: ExperimentWithRuns) -> ExperimentWithRuns:
    """Tell of every run that ends. Ctrl-C stops all; a second one leaves at once."""
    found, told = made, set[str]()
    is_stopping = False
    while True:
        try:
            for run in found.runs:
                if run.is_finished and run.id not in told:
                    told.add(run.id)
                    line = f"seed {run.seed}: {run.status.value} at {run.timestep:,} timesteps"
                    output.stderr.print(line, markup=False)
            if all(run.is_finished for run in found.runs):
                return found
            time.sleep(_POLL_S)
            found = client.experiment(made.experiment.id)
        except KeyboardInterrupt:
            if is_stopping:
                raise
            is_stopping = True
            output.stderr.print("stopping all; press Ctrl-C again to leave at once", markup=False)
            found = client.stop_experiment(made.experiment.id)
