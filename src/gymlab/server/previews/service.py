"""Opening previews: what may be shown, and whose policy acts."""

import asyncio
import secrets
from typing import Annotated, Any

import msgspec

from gymlab.domain.code import SourceCode
from gymlab.domain.environments import EnvironmentInfo
from gymlab.domain.ids import is_run_id, new_run_id
from gymlab.domain.runs import MAX_SEED
from gymlab.errors import (
    EnvironmentMismatchError,
    EnvironmentNotFoundError,
    FieldProblem,
    InvalidInputError,
    RunNotFoundError,
)
from gymlab.protocol.previews import CommandKind, PreviewCommand, StartPreview
from gymlab.server.lab import Lab
from gymlab.server.own_environments import PREFIX
from gymlab.server.previews.schemas import NewPreview, Preview
from gymlab.server.run_lookup import existing_run
from gymlab.storage.runs import StoredRun
from gymlab.supervisor.checkpoint_choice import open_checkpoint
from gymlab.supervisor.resuming import Descriptors

POLICIES = frozenset({"checkpoint", "hybrid"})
MAX_KEYS, MAX_KEY = 16, 32
MAX_NESTING = 8
MAX_INT = MAX_ID = 2**53 - 1
"""Larger whole numbers cannot travel on."""


class _Command(msgspec.Struct):
    """What a viewer sends; further fields are those of every live view."""

    type: CommandKind
    count: float | None = None
    timestep: float | None = None
    seed: float | None = None
    speed: float | None = None
    action: Any = None
    down: list[str] = []
    id: Annotated[int, msgspec.Meta(ge=0, le=MAX_ID)] | None = None


async def open_preview(lab: Lab, body: NewPreview) -> Preview:
    """Start to show an environment.

    Raises:
        InvalidInputError: The environment or the run is not possible.
        EnvironmentMismatchError: The run was trained in another environment.
        SandboxUnavailableError: It needs code of a user, which does not run here.
        LabError: The checkpoint is not there, or too many previews are open.
    """
    info, code, run = await _chosen(lab, body)
    if code is not None or (run is not None and run.spec.get("environment_code")):
        await lab.sandbox.require()
    seed = body.seed if body.seed is not None else secrets.randbelow(MAX_SEED + 1)
    message = StartPreview(
        env_id=info.id,
        env_kwargs=body.env_kwargs,
        seed=seed,
        controller=body.controller,
        environment_code=code.model_dump(mode="json") if code is not None else None,
        meanings=[item.meaning for item in info.action_meanings],
    )
    files = Descriptors()
    if run is not None:
        # In a thread: every file is hashed.
        folder = lab.settings.runs_dir / run.id
        opened = await asyncio.to_thread(open_checkpoint, folder, body.checkpoint)
        files = opened.files
        message = msgspec.structs.replace(
            message,
            spec=run.spec,
            timestep=opened.stored.manifest.timestep,
            members=opened.members,
        )
    preview_id = new_run_id()
    await lab.previews.open(preview_id, message, files)
    path = f"/api/v1/previews/{preview_id}/ws"
    return Preview(id=preview_id, ws_url=path, env_id=info.id, seed=seed)


def command_of(content: str | bytes) -> PreviewCommand | None:
    """Return what a viewer wants of a preview; None where it is something else or nothing."""
    try:
        said = msgspec.json.decode(content, type=_Command)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    numbers = {
        "step": said.count,
        "seek": said.timestep,
        "reset": said.seed,
        "speed": said.speed,
    }
    return PreviewCommand(
        kind=said.type,
        number=numbers.get(said.type),
        action=said.action if _is_flat(said.action) else None,
        keys=[key[:MAX_KEY] for key in said.down[:MAX_KEYS]],
        id=said.id,
    )


def _is_flat(value: Any, depth: int = 0) -> bool:
    """Tell whether a value is a number or lists of them, not nested without end."""
    if isinstance(value, list):
        return depth < MAX_NESTING and all(_is_flat(part, depth + 1) for part in value)  # pyright: ignore[reportUnknownVariableType]
    return isinstance(value, float) or (isinstance(value, int) and abs(value) <= MAX_INT)


async def _chosen(
    lab: Lab, body: NewPreview
) -> tuple[EnvironmentInfo, SourceCode | None, StoredRun | None]:
    if body.controller not in POLICIES:
        if body.run_id is not None:
            raise _refused("run_id", "not_needed", "Only checkpoint and hybrid have a run act.")
        info, code = await _environment(lab, body.env_id)
        return info, code, None
    if body.run_id is None:
        detail = f"The controller {body.controller} needs the run whose policy acts."
        raise _refused("run_id", "missing", detail)
    if not is_run_id(body.run_id):
        raise RunNotFoundError(body.run_id[:64])
    run = await asyncio.to_thread(_run, lab, body.run_id)
    catalogue = await lab.own_environments.joined(await lab.catalogue.ready(), run.spec)
    info, _ = catalogue.environment(run.env_id)
    asked = body.env_id
    if asked != run.env_id and asked not in info.aliases:
        raise EnvironmentMismatchError(
            f"The run was trained in {run.env_id}; {asked[:200]} is chosen.",
            hint=f"Switch environment to {run.env_id}.",
        )
    _require_available(info)
    return info, None, run


async def _environment(lab: Lab, env_id: str) -> tuple[EnvironmentInfo, SourceCode | None]:
    try:
        if env_id.startswith(PREFIX):
            own = await lab.own_environments.find(env_id)
            info, code = own.info, own.code
        else:
            info, _ = (await lab.catalogue.ready()).environment(env_id)
            code = None
    except EnvironmentNotFoundError as error:
        raise _refused("env_id", "unknown_environment", error.detail, error.hint) from error
    _require_available(info)
    return info, code


def _require_available(info: EnvironmentInfo) -> None:
    if not info.available:
        reason = info.unavailable_reason or "Something it needs is missing."
        detail = f"{info.id} cannot be made: {reason}"
        raise _refused("env_id", "environment_unavailable", detail)


def _run(lab: Lab, run_id: str) -> StoredRun:
    with lab.database.reading() as connection:
        return existing_run(connection, run_id)


def _refused(field: str, code: str, detail: str, hint: str | None = None) -> InvalidInputError:
    return InvalidInputError(detail, hint=hint, fields=[FieldProblem(field, code, detail, hint)])
