"""Deploying a checkpoint and saying what became of it."""

import asyncio

from gymlab.domain.timestamps import rfc3339
from gymlab.errors import EnvironmentMismatchError, UnavailableError
from gymlab.server.deployments.schemas import Deployment, NewDeployment
from gymlab.server.lab import Lab
from gymlab.server.orchestration.stages import Deployment as Deployed
from gymlab.server.run_lookup import existing_run
from gymlab.storage.runs import StoredRun
from gymlab.supervisor.checkpoint_choice import choose_checkpoint


async def deploy(lab: Lab, run_id: str, body: NewDeployment) -> Deployment:
    """Deploy a checkpoint; a refusal leaves what plays as it is.

    Raises:
        EnvironmentMismatchError: Another environment is chosen than the one it plays in.
        UnavailableError: The environment is gone or has no pictures.
        LabError: There is no such checkpoint, or it is corrupt.
    """
    run = await asyncio.to_thread(_run, lab, run_id)
    if body.env_id is not None and body.env_id != run.env_id:
        raise EnvironmentMismatchError(
            f"The checkpoint plays {run.env_id}; {body.env_id} is chosen.",
            hint=f"Switch environment to {run.env_id}.",
        )
    catalogue = await lab.own_environments.joined(await lab.catalogue.ready(), run.spec)
    environment, _ = catalogue.environment(run.env_id)
    if not environment.available:
        reason = environment.unavailable_reason or "Something it needs is missing."
        raise UnavailableError(f"{run.env_id} cannot be made: {reason}")
    if run.state is not None and run.state.can_render is False:
        raise UnavailableError(run.state.no_render_reason or f"{run.env_id} has no pictures.")
    # In a thread: every file is hashed.
    folder = lab.settings.runs_dir / run_id
    checkpoint = await asyncio.to_thread(choose_checkpoint, folder, body.checkpoint)
    deployed = Deployed(
        run_id=run_id, env_id=run.env_id, spec=run.spec, timestep=checkpoint.manifest.timestep
    )
    lab.stages.deploy(deployed)
    return _view(deployed)


async def current(lab: Lab, run_id: str) -> Deployment | None:
    """Return what is deployed."""
    await asyncio.to_thread(_run, lab, run_id)
    deployed = lab.stages.of_run(run_id)
    return _view(deployed) if deployed is not None else None


async def end(lab: Lab, run_id: str) -> None:
    """Deploy nothing any more."""
    await asyncio.to_thread(_run, lab, run_id)
    lab.stages.undeploy(run_id)


def _run(lab: Lab, run_id: str) -> StoredRun:
    with lab.database.reading() as connection:
        return existing_run(connection, run_id)


def _view(deployed: Deployed) -> Deployment:
    return Deployment(
        run_id=deployed.run_id,
        env_id=deployed.env_id,
        timestep=deployed.timestep,
        status=deployed.status,
        playing_timestep=deployed.playing_timestep,
        detail=deployed.detail,
        deployed_at=rfc3339(deployed.deployed_at),
    )
