"""Handing out trained policies as files."""

import asyncio
import hashlib
import re
import secrets
import shutil
import zipfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from gymlab.domain.evaluations import CheckpointChoice
from gymlab.domain.model_files import (
    MANIFEST_FILE,
    NATIVE_FORMAT,
    ModelManifest,
    ModelMember,
    PolicyDescription,
)
from gymlab.domain.runs import MAX_TOTAL_TIMESTEPS, RunSpec
from gymlab.errors import CheckpointCorruptError, FieldProblem, InvalidInputError
from gymlab.protocol.model_files import WriteModelFile
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.storage.runs import StoredRun
from gymlab.supervisor.checkpoint_choice import POLICY, choose_checkpoint
from gymlab.supervisor.checkpoint_store import StoredCheckpoint

_ARRAYS = ".safetensors"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_CHUNK_BYTES = 1024 * 1024
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def parsed_choice(text: str) -> CheckpointChoice:
    """Return which checkpoint a text means.

    Raises:
        InvalidInputError: None.
    """
    if text in {"latest", "best"}:
        return "latest" if text == "latest" else "best"
    if text.isdecimal() and int(text) <= MAX_TOTAL_TIMESTEPS:
        return int(text)
    detail = f"checkpoint is {text!r}; allowed: latest, best or a number of timesteps."
    raise InvalidInputError(detail, fields=[FieldProblem("checkpoint", "unknown", detail)])


async def model_file(
    lab: Lab, run_id: str, *, model_format: str, checkpoint: CheckpointChoice
) -> FileResponse:
    """Write a policy as a file and return it; the file is removed once it was sent.

    Raises:
        LabError: There is no such format or checkpoint, or the checkpoint is damaged.
    """
    run = await asyncio.to_thread(_run, lab, run_id)
    suffix = await _suffix(lab, run, model_format)
    chosen = await asyncio.to_thread(choose_checkpoint, lab.settings.runs_dir / run_id, checkpoint)
    timestep = chosen.manifest.timestep
    folder = lab.model_files.new_folder()
    try:
        file = folder / f"{secrets.token_hex(8)}{suffix}"
        if model_format == NATIVE_FORMAT:
            await asyncio.to_thread(write_native, file, run, chosen)
        else:
            work = WriteModelFile(
                run_folder=str(lab.settings.runs_dir / run_id),
                spec=run.spec,
                checkpoint=timestep,
                format=model_format,
                file=str(file),
            )
            await lab.model_files.do(work)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        file,
        media_type="application/zip",
        filename=_file_name(run, timestep, suffix),
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


def write_native(file: Path, run: StoredRun, checkpoint: StoredCheckpoint) -> None:
    """Write a checkpoint's arrays and the document that says what they are.

    Raises:
        CheckpointCorruptError: A file is missing or does not have its hash.
    """
    stored = checkpoint.manifest
    names = [name for name in stored.members if name.endswith(_ARRAYS)]
    if POLICY not in names:
        raise CheckpointCorruptError("The checkpoint has no policy that could be downloaded.")
    manifest = _manifest(run, checkpoint, names)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(
            zipfile.ZipInfo(MANIFEST_FILE, _FIXED_TIME), manifest.model_dump_json(indent=2)
        )
        for name in names:
            digest = _append(archive, name, checkpoint.folder / name)
            if digest != stored.members[name].sha256:
                raise CheckpointCorruptError(f"{name} does not have the hash stored with it.")


def _append(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    digest = hashlib.sha256()
    info = zipfile.ZipInfo(name, _FIXED_TIME)
    info.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w") as target:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _manifest(run: StoredRun, checkpoint: StoredCheckpoint, names: list[str]) -> ModelManifest:
    spec = RunSpec.model_validate(run.spec)
    stored = checkpoint.manifest
    described = {name: getattr(spec, name) for name in PolicyDescription.model_fields}
    return ModelManifest(
        **described,
        run_id=run.id,
        seed=spec.seed,
        spec_sha256=run.spec_sha256,
        timestep=stored.timestep,
        episodes=stored.episodes,
        mean_return=stored.mean_return,
        evaluation_return=stored.evaluation_return,
        versions=stored.versions or spec.versions,
        created_at=stored.created_at,
        members={
            name: ModelMember(
                sha256=stored.members[name].sha256, size_bytes=stored.members[name].size_bytes
            )
            for name in names
        },
    )


async def _suffix(lab: Lab, run: StoredRun, model_format: str) -> str:
    if model_format == NATIVE_FORMAT:
        return ".gymlab.zip"
    runner = (await lab.catalogue.ready()).runner(run.runner)
    formats = runner.manifest.model_formats if runner is not None else []
    for item in formats:
        if item.id == model_format:
            return item.suffix
    known = ", ".join([NATIVE_FORMAT, *(item.id for item in formats)])
    detail = f"format is {model_format!r}; allowed for this run: {known}."
    raise InvalidInputError(detail, fields=[FieldProblem("format", "unknown", detail)])


def _file_name(run: StoredRun, timestep: int, suffix: str) -> str:
    env = _NOT_PLAIN.sub("-", run.env_id.rsplit("/", 1)[-1])[:60]
    return f"{run.algorithm}-{env}-{run.id}-{timestep}{suffix}"


def _run(lab: Lab, run_id: str) -> StoredRun:
    with lab.database.reading() as connection:
        return existing_run(connection, run_id)
