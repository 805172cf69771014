"""Beginning a run with the checkpoint of another one: what fits, and what differs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from gymlab.domain.environments import EnvironmentInfo
from gymlab.domain.ids import is_run_id
from gymlab.domain.networks import is_network, network_text
from gymlab.domain.runs import FIXED_BY, WARM_START_CAPABILITY, StartFrom, WrapperSpec
from gymlab.errors import (
    EnvironmentNotFoundError,
    FieldProblem,
    InvalidInputError,
    LabError,
    StillNeededError,
)
from gymlab.server.catalogue.catalogue import Catalogue
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.schemas import Check, ForkRequest, NewRun, StartPoint, WrapperChoice
from gymlab.storage.lineage import children_not_begun
from gymlab.storage.runs import StoredRun
from gymlab.supervisor.checkpoint_choice import choose_checkpoint
from gymlab.supervisor.checkpoint_store import StoredCheckpoint, is_sound, missing_transient
from gymlab.supervisor.origin import has_origin, pin, unpin

FIELD = "start_from"
SWITCH = "Switch environment to {env_id}, or choose another checkpoint."


@dataclass(slots=True)
class Start:
    """The other run and its checkpoint, and what a person should know before it begins."""

    parent: StoredRun
    checkpoint: StoredCheckpoint
    mode: Literal["policy", "state"]
    notes: list[str] = field(default_factory=list[str])

    @property
    def timestep(self) -> int:
        """Timesteps that the checkpoint had done."""
        return self.checkpoint.manifest.timestep

    @property
    def spec(self) -> StartFrom:
        """What the new run's specification says of it."""
        return StartFrom(run_id=self.parent.id, timestep=self.timestep, mode=self.mode)


def find_start(lab: Lab, point: StartPoint) -> Start | FieldProblem:
    """Return what a request wants to begin from, or why it cannot be had."""
    try:
        if not is_run_id(point.run_id):
            return FieldProblem(FIELD, "unknown_run", f"There is no run {point.run_id!r}.")
        with lab.database.reading() as connection:
            parent = existing_run(connection, point.run_id)
        checkpoint = choose_checkpoint(lab.settings.runs_dir / parent.id, point.checkpoint)
    except LabError as error:
        return FieldProblem(FIELD, error.code, error.detail, error.hint)
    return Start(parent, checkpoint, point.mode)


def with_defaults_of_parent(body: NewRun, start: Start) -> NewRun:
    """Return the request with what it leaves open taken from the other run."""
    spec = start.parent.spec
    changes: dict[str, Any] = {}
    if body.runner is None:
        changes["runner"] = start.parent.runner
    if "env_kwargs" not in body.model_fields_set and body.env_id == start.parent.env_id:
        changes["env_kwargs"] = spec["env_kwargs"]
    if body.preset is None and body.algorithm == start.parent.algorithm:
        changes["hyperparameters"] = {**_inherited(body, spec), **(body.hyperparameters or {})}
    if "wrappers" not in body.model_fields_set:
        changes["wrappers"] = [WrapperChoice(**link) for link in spec.get("wrappers", ())]
    is_open = not {"reward_code", "reward_formula"} & body.model_fields_set
    if is_open and body.env_id == start.parent.env_id:
        changes["reward_formula"] = spec.get("reward_formula")
    if body.total_timesteps is None:
        changes["total_timesteps"] = start.parent.total_timesteps
    if body.seed is None and start.mode == "state":
        changes["seed"] = spec["seed"]
    return body.model_copy(update=changes)


def _inherited(body: NewRun, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the other run's hyperparameters, without its network where another one is wished."""
    earlier: dict[str, Any] = spec["hyperparameters"]
    if body.network is None:
        return earlier
    return {name: value for name, value in earlier.items() if not is_network(value)}


def check_start(draft: Draft, body: NewRun, start: Start, catalogue: Catalogue) -> None:
    """Note everything that keeps a draft from beginning there."""
    draft.start_from = start.spec
    _check_runner(draft, start)
    if draft.env is not None:
        _check_environment(draft, draft.env, body, start, catalogue)
    if draft.algorithm is not None and draft.algorithm.id == start.parent.algorithm:
        _check_hyperparameters(draft, draft.algorithm.schema_, start)
    if start.mode == "state" and start.parent.spec.get("imported") is not None:
        draft.refuse(
            FIELD,
            "no_state",
            "The model was imported: it has a policy, but no state that training could continue.",
            "Begin a new run with its policy instead.",
        )
    if start.mode == "state":
        draft.first_timestep = start.timestep
        _check_budget(draft, start)
        _note_missing_members(start)


def start_check(draft: Draft, start: Start | None) -> Check:
    """Return the line of the preflight."""
    problem = next((item for item in draft.problems if item.field == FIELD), None)
    if problem is not None or start is None:
        detail = problem.detail if problem is not None else "There is no such checkpoint."
        hint = problem.hint if problem is not None else None
        return Check(id=FIELD, status="error", detail=detail, hint=hint)
    what = "The policy" if start.mode == "policy" else "The complete state"
    detail = f"{what} of “{start.parent.name}” at timestep {start.timestep:,} fits."
    if start.notes:
        return Check(id=FIELD, status="warning", detail=detail, hint=" ".join(start.notes))
    return Check(id=FIELD, status="ok", detail=detail)


def secure(runs_dir: Path, start: Start, child_id: str) -> None:
    """Check the hashes, and keep the checkpoint until the child has its copy.

    Raises:
        InvalidInputError: It is corrupt or gone.
    """
    detail = f"The checkpoint at timestep {start.timestep:,} of run {start.parent.id} is corrupt."
    hint = "Choose another checkpoint of this run."
    try:
        pin(runs_dir, start.spec, child_id)
        if is_sound(start.checkpoint):
            return
        unpin(runs_dir, start.spec, child_id)
    except OSError:
        detail = f"The checkpoint at timestep {start.timestep:,} is gone."
    raise InvalidInputError(
        detail, hint=hint, fields=[FieldProblem(FIELD, "corrupt_checkpoint", detail, hint)]
    )


def require_not_needed(connection: Connection, runs_dir: Path, run_id: str) -> None:
    """Refuse to delete a run while another one has yet to copy its checkpoint.

    Raises:
        StillNeededError: There is such a run.
    """
    waiting = [
        child
        for child in children_not_begun(connection, run_id)
        if not has_origin(runs_dir / child.id)
    ]
    if waiting:
        names = ", ".join(f"“{child.name}” ({child.id})" for child in waiting[:5])
        raise StillNeededError(
            f"{names} will begin from a checkpoint of this run.",
            hint="Wait until it has begun, or delete it first.",
        )


def fork_body(parent: StoredRun, request: ForkRequest) -> NewRun:
    """Return the request that a fork stands for."""
    spec = parent.spec
    return NewRun(
        env_id=parent.env_id,
        env_kwargs=spec["env_kwargs"],
        runner=parent.runner,
        algorithm=parent.algorithm,
        hyperparameters=request.hyperparameters,
        total_timesteps=request.total_timesteps,
        device=spec["device"],
        name=request.name or f"{parent.name[:180]} (fork)",
        tags=parent.tags,
        checkpoint_every_timesteps=spec.get("checkpoint_every_timesteps"),
        start_from=StartPoint(run_id=parent.id, checkpoint=request.checkpoint, mode="state"),
    )


# ---- inside ---------------------------------------------------------------------------------


def _check_runner(draft: Draft, start: Start) -> None:
    runner, algorithm = draft.runner, draft.algorithm
    if runner is not None and runner.manifest.id != start.parent.runner:
        draft.refuse(
            FIELD,
            "other_runner",
            f"The checkpoint was trained by {start.parent.runner}; this run by {runner.manifest.id}.",
            f"Choose the runner {start.parent.runner}.",
        )
    elif runner is not None and WARM_START_CAPABILITY not in runner.manifest.capabilities:
        detail = f"{runner.manifest.title} cannot begin from a checkpoint of another run."
        draft.refuse(FIELD, "no_warm_start", detail)
    if algorithm is not None and algorithm.id != start.parent.algorithm:
        draft.refuse(
            FIELD,
            "other_algorithm",
            f"The checkpoint holds the networks of {start.parent.algorithm}; this run trains "
            f"{algorithm.id}.",
            f"Choose the algorithm {start.parent.algorithm}.",
        )


def _check_environment(
    draft: Draft, env: EnvironmentInfo, body: NewRun, start: Start, catalogue: Catalogue
) -> None:
    parent = start.parent
    hint = SWITCH.format(env_id=parent.env_id)
    is_same = env.id == parent.env_id and body.env_kwargs == parent.spec["env_kwargs"]
    if _check_wrappers(draft, start) and is_same:
        return
    if start.mode == "state":
        detail = (
            f"The checkpoint's state is one of {parent.env_id}"
            f"{_arguments(parent.spec['env_kwargs'])}; this run is to train in {env.id}"
            f"{_arguments(body.env_kwargs)}."
        )
        draft.refuse(FIELD, "other_environment", detail, hint)
        return
    try:
        other, _ = catalogue.environment(parent.env_id)
    except EnvironmentNotFoundError:
        detail = f"{parent.env_id}, which the checkpoint was trained in, is gone."
        draft.refuse(FIELD, "other_environment", detail)
        return
    difference = _space_difference(env, other)
    if difference is not None:
        draft.refuse(FIELD, "other_spaces", difference, hint)
    elif env.id != parent.env_id:
        start.notes.append(f"It was trained in {parent.env_id}, which has the same spaces.")
    else:
        start.notes.append("The environment's arguments differ; shapes are compared at the start.")


def _check_wrappers(draft: Draft, start: Start) -> bool:
    """Refuse another chain than the one that the checkpoint was trained through."""
    links = start.parent.spec.get("wrappers", ())
    earlier = tuple(WrapperSpec.model_validate(link) for link in links)
    if draft.wrappers == earlier:
        return True
    named = ", ".join(link.id for link in earlier) or "no wrappers"
    detail = f"The checkpoint was trained with {named}; this run has other wrappers or settings."
    draft.refuse(FIELD, "other_wrappers", detail, "Take the wrappers of that run.")
    return False


def _space_difference(env: EnvironmentInfo, other: EnvironmentInfo) -> str | None:
    for what, here, there in (
        ("actions", env.action_space, other.action_space),
        ("observations", env.observation_space, other.observation_space),
    ):
        if here != there:
            texts = [space.text if space is not None else "unknown" for space in (here, there)]
            return f"{env.id} has {what} {texts[0]}; the checkpoint was trained with {texts[1]}."
    return None


def _arguments(env_kwargs: dict[str, Any]) -> str:
    return f" with {env_kwargs}" if env_kwargs else ""


def _check_hyperparameters(draft: Draft, schema: dict[str, Any], start: Start) -> None:
    earlier = start.parent.spec["hyperparameters"]
    for name, declared in schema.get("properties", {}).items():
        fixed_by = declared.get(FIXED_BY)
        if fixed_by is None or (fixed_by == "state" and start.mode == "policy"):
            continue
        here = draft.hyperparameters.get(name)
        there = earlier.get(name, declared.get("default"))
        if here != there:
            what = "network" if fixed_by == "policy" else "state"
            draft.refuse(
                FIELD,
                f"other_{what}",
                f"{name} is {_shown(here)}; the checkpoint's {what} was made with {_shown(there)}.",
                f"Leave {name} out: the checkpoint's is taken then."
                if is_network(there)
                else f"Set {name} to {_shown(there)}.",
            )


def _shown(value: Any) -> str:
    if is_network(value):
        return _shortened(network_text(value), 300)
    return _shortened("empty" if value is None else str(value), 80)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _check_budget(draft: Draft, start: Start) -> None:
    if draft.total_timesteps <= start.timestep:
        draft.refuse(
            "total_timesteps",
            "below_checkpoint",
            f"total_timesteps is {draft.total_timesteps:,}; the checkpoint has done "
            f"{start.timestep:,} of them already.",
            "A fork counts on: its budget includes what the checkpoint has done.",
        )


def _note_missing_members(start: Start) -> None:
    dropped = missing_transient(start.checkpoint)
    if dropped:
        names = ", ".join(dropped)
        start.notes.append(f"Only the latest checkpoints keep {names}; it is filled anew.")
