"""Training a run's specification once more, to see whether the numbers are the same."""

import asyncio

from gymlab.domain.runs import MAX_NAME_LENGTH, Origin, Relation, RunSpec
from gymlab.errors import NotReproducibleError
from gymlab.server.code_lookup import CodeReference
from gymlab.server.hand_changes import hand_changes
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.creating import RunCreation
from gymlab.server.runs.schemas import NewRun, Run, StartPoint, WrapperChoice
from gymlab.storage.runs import StoredRun


async def reproduce(lab: Lab, creation: RunCreation, run_id: str) -> Run:
    """Create a run of the same specification and queue it.

    Raises:
        NotReproducibleError: The run was changed by hand while it trained.
        InvalidInputError: This machine cannot train it any more.
    """
    run = await asyncio.to_thread(_reproducible, lab, run_id)
    spec = RunSpec.model_validate(run.spec)
    start = spec.start_from
    body = NewRun(
        env_id=spec.env_id,
        env_kwargs=spec.env_kwargs,
        runner=spec.runner,
        algorithm=spec.algorithm,
        hyperparameters=spec.hyperparameters,
        total_timesteps=spec.total_timesteps,
        max_episodes=spec.max_episodes,
        seed=spec.seed,
        device=spec.device,
        name=f"Reproduction of {run.name}"[:MAX_NAME_LENGTH],
        tags=run.tags,
        reward_code=None
        if spec.reward_code is None
        else CodeReference(source=spec.reward_code.source),
        reward_formula=spec.reward_formula,
        wrappers=[WrapperChoice(id=link.id, kwargs=link.kwargs) for link in spec.wrappers],
        start_from=None
        if start is None
        else StartPoint(run_id=start.run_id, checkpoint=start.timestep, mode=start.mode),
    )
    # The document of its environment may be gone; the run still holds the source.
    body = body.model_copy(update={"duplicate_of": run_id})
    origin = Origin(run_id=run_id, relation=Relation.REPRODUCTION)
    return await creation.create(body, exactly=spec, origin=origin)


def _reproducible(lab: Lab, run_id: str) -> StoredRun:
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
        by_hand = hand_changes(connection, run_id)
    if run.spec.get("imported") is not None:
        raise NotReproducibleError(
            "The model was imported: no training of this lab could be repeated.",
            hint="Evaluate it, or begin a new run with its policy.",
        )
    if by_hand:
        more = f" and {len(by_hand) - 1} more" if len(by_hand) > 1 else ""
        raise NotReproducibleError(
            f"The run was changed by hand while it trained: {by_hand[0]}{more}.",
            hint="Its specification alone does not give these numbers again.",
        )
    return run
