"""The run that an empty data folder begins with, so that the first page shows learning."""

import logging

from gymlab.errors import LabError
from gymlab.server.catalogue.catalogue import TUNED, Catalogue, find_preset
from gymlab.server.lab import Lab
from gymlab.server.runs.creating import RunCreation
from gymlab.server.runs.schemas import NewRun
from gymlab.storage.runs import known_run_ids

ENV_ID = "CartPole-v1"
ALGORITHM = "ppo"
LOGGER = logging.getLogger(__name__)


def is_empty(lab: Lab) -> bool:
    """Tell whether the data folder never had a run."""
    with lab.database.reading() as connection:
        return not known_run_ids(connection)


async def start_welcome_run(lab: Lab) -> None:
    """Train a tuned agent on an easy environment, where a runner for it is there."""
    try:
        catalogue = await lab.catalogue.ready()
        runner = _tuned_runner(catalogue)
        if runner is None:
            LOGGER.info("no welcome run: no runner has a tuned preset for %s", ENV_ID)
            return
        body = NewRun(
            env_id=ENV_ID,
            runner=runner,
            algorithm=ALGORITHM,
            preset=TUNED,
            name="Welcome: learning to balance a pole",
            tags=["welcome"],
        )
        await RunCreation(lab).create(body)
    except LabError as error:
        LOGGER.warning("no welcome run: %s", error.detail)


def _tuned_runner(catalogue: Catalogue) -> str | None:
    """Return the first available runner with the tuned preset: no runner is named in code."""
    for runner in catalogue.runners_with(ALGORITHM):
        for algorithm in runner.algorithms:
            preset = find_preset(algorithm, TUNED, ENV_ID)
            if algorithm.id == ALGORITHM and preset is not None and preset.env_id == ENV_ID:
                return runner.manifest.id
    return None
