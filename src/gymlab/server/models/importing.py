"""Taking over a model from an uploaded file."""

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import Request
from pydantic import Field

from gymlab.domain.ids import new_run_id
from gymlab.domain.model_files import MAX_FILE_NAME, MAX_MODEL_BYTES
from gymlab.errors import (
    FieldProblem,
    InvalidInputError,
    ModelRefusedError,
    TooLargeError,
    UnavailableError,
)
from gymlab.protocol.model_files import ReadModelFile
from gymlab.server.answers import Input
from gymlab.server.catalogue.catalogue import Catalogue
from gymlab.server.lab import Lab
from gymlab.server.models.schemas import ImportedModel
from gymlab.server.orchestration.adoption import read_folder
from gymlab.server.texts import text_problems
from gymlab.storage.runs import NewRunRow, insert_run

_RUN = "run"
MAX_KWARGS_CHARACTERS = 10_000
KEEP_FREE_BYTES = 64 * 1024 * 1024
TOO_LARGE = f"The file is over {MAX_MODEL_BYTES // 1024**2} MB."


class ImportRequest(Input):
    """What a file is to be read as."""

    env_id: Annotated[str | None, Field(max_length=200)] = None
    """Environment that it acts in; a model downloaded from gymlab says so itself."""
    env_kwargs: Annotated[str | None, Field(max_length=MAX_KWARGS_CHARACTERS)] = None
    """Arguments of the environment, as a JSON object."""
    algorithm: Annotated[str | None, Field(max_length=64)] = None
    """What it must be; without it, as the file says."""
    runner: Annotated[str | None, Field(max_length=64)] = None
    """Backend whose file it is; without it, whichever knows it."""
    name: str | None = None
    """Name of the run that will stand for it."""
    file_name: Annotated[str, Field(max_length=MAX_FILE_NAME)] = "model.zip"
    """What the file is called."""


async def import_model(lab: Lab, wanted: ImportRequest, request: Request) -> ImportedModel:
    """Receive a file, have it read, and store the run that stands for it.

    Raises:
        LabError: It is too large, no model, or does not fit; nothing is kept of it.
    """
    catalogue = await lab.catalogue.ready()
    env_id = _checked(wanted, catalogue)
    work_folder = lab.model_files.new_folder()
    try:
        file = work_folder / "upload"
        await _receive(request, file)
        run_id = new_run_id()
        work = ReadModelFile(
            file=str(file),
            file_name=Path(wanted.file_name).name or "model.zip",
            folder=str(work_folder / run_id),
            run_id=run_id,
            env_id=env_id,
            env_kwargs=_env_kwargs(wanted),
            runner=wanted.runner,
            algorithm=wanted.algorithm,
        )
        result = await lab.model_files.do(work)
        made = work_folder / run_id
        row = await asyncio.to_thread(_row, made, catalogue, wanted.name)
        await asyncio.to_thread(_store, lab, made, row)
    finally:
        await asyncio.to_thread(shutil.rmtree, work_folder, ignore_errors=True)
    lab.ingest.poke(row.id)
    return _view(row, result.notes)


def _checked(wanted: ImportRequest, catalogue: Catalogue) -> str | None:
    """Return the environment that was asked for, under its present id."""
    problems = text_problems(name=wanted.name)
    if problems:
        raise InvalidInputError(problems[0].detail, hint=problems[0].hint, fields=problems)
    if wanted.runner is not None and catalogue.runner(wanted.runner) is None:
        known = ", ".join(catalogue.runner_ids())
        detail = f"There is no runner {wanted.runner!r}."
        problem = FieldProblem("runner", "unknown_runner", detail, f"There are: {known}.")
        raise InvalidInputError(detail, hint=problem.hint, fields=[problem])
    if wanted.env_id is None:
        return None
    environment, _ = catalogue.environment(wanted.env_id)
    if not environment.available:
        reason = environment.unavailable_reason or "Something it needs is missing."
        raise UnavailableError(f"{environment.id} cannot be made: {reason}")
    return environment.id


def _env_kwargs(wanted: ImportRequest) -> dict[str, Any]:
    if wanted.env_kwargs is None:
        return {}
    try:
        document = json.loads(wanted.env_kwargs)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        detail = "env_kwargs is no JSON object."
        raise InvalidInputError(detail, fields=[FieldProblem("env_kwargs", "not_json", detail)])
    return cast("dict[str, Any]", document)


async def _receive(request: Request, file: Path) -> None:
    """Write the body to a file, piece by piece."""
    announced = request.headers.get("content-length", "")
    expected = int(announced) if announced.isdecimal() else MAX_MODEL_BYTES
    if expected > MAX_MODEL_BYTES:
        raise TooLargeError(TOO_LARGE)
    if shutil.disk_usage(file.parent).free < min(expected, MAX_MODEL_BYTES) + KEEP_FREE_BYTES:
        raise UnavailableError("The disk has no room for the file.", hint="Free some space.")
    received = 0
    try:
        with file.open("wb") as target:
            async for chunk in request.stream():
                received += len(chunk)
                if received > MAX_MODEL_BYTES:
                    raise TooLargeError(TOO_LARGE)
                await asyncio.to_thread(target.write, chunk)
    except OSError as error:
        raise UnavailableError(f"The file could not be stored: {error.strerror}.") from error
    if received == 0:
        raise ModelRefusedError("The file is empty.", hint="Choose the file again.")


def _row(made: Path, catalogue: Catalogue, name: str | None) -> NewRunRow:
    """Return what the table will say of the run whose folder was made."""
    row = read_folder(made)
    if row is None:
        raise UnavailableError("The model was read, but what was made of it is not sound.")
    environment, _ = catalogue.environment(row.spec["env_id"])
    runner = catalogue.runner(row.spec["runner"])
    titles = {item.id: item.title for item in runner.algorithms} if runner is not None else {}
    algorithm = titles.get(row.spec["algorithm"], row.spec["algorithm"])
    return replace(
        row,
        name=(name or "").strip() or f"{algorithm} on {environment.title} (imported)",
        env_title=environment.title,
    )


def _store(lab: Lab, made: Path, row: NewRunRow) -> None:
    folder = lab.settings.runs_dir / row.id
    made.replace(folder)
    try:
        with lab.database.writing(durable=True) as writer:
            insert_run(writer, row)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _view(row: NewRunRow, notes: list[str]) -> ImportedModel:
    imported = row.spec["imported"]
    return ImportedModel(
        run_id=row.id,
        name=row.name,
        env_id=row.spec["env_id"],
        env_title=row.env_title,
        runner=row.spec["runner"],
        algorithm=row.spec["algorithm"],
        timestep=row.state.timestep if row.state is not None else 0,
        format=imported["format"],
        sha256=imported["sha256"],
        notes=notes,
    )
