"""The process that reads or writes one model file for the server.

`python -m gymlab.supervisor.model_work` takes the work that stands on stdin and answers on stdout.
What it reads becomes the folder of a run that was never trained here.
"""

import asyncio
import hashlib
import logging
import os
import sys
import time
from pathlib import Path

import msgspec

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.model_files import MAX_FILE_NAME, MAX_MODEL_BYTES, PolicyDescription
from gymlab.domain.runs import ImportedFrom, RunSpec, RunStatus
from gymlab.domain.timestamps import rfc3339
from gymlab.errors import LabError, ModelRefusedError
from gymlab.protocol.model_files import (
    ModelFileResult,
    ModelFileWork,
    ReadModelFile,
    WriteModelFile,
)
from gymlab.protocol.parts import Member
from gymlab.protocol.shim import RunState
from gymlab.protocol.worker import ModelRead, ModelWritten, ReadModel, WriteModel
from gymlab.supervisor.blobs import BlobTable, read_chunks
from gymlab.supervisor.checkpoint_choice import POLICY, choose_checkpoint
from gymlab.supervisor.checkpoint_store import CheckpointStore, new_manifest
from gymlab.supervisor.detached import prepare_detached
from gymlab.supervisor.model_session import Answer, ModelSession, finite
from gymlab.supervisor.resuming import open_members
from gymlab.supervisor.run_folder import RunFolder
from gymlab.supervisor.worker_process import NO_RUNNER, WorkerProcess

MEAN_RETURN = "train/mean_return"
MAX_NOTE_CHARACTERS = 1000
NICENESS = 5
"""Training goes first."""
LOGGER = logging.getLogger(__name__)


async def do(work: ModelFileWork) -> ModelFileResult:
    """Do it and say what came of it; a failure is an answer like any other."""
    try:
        if isinstance(work, ReadModelFile):
            return await _read(work)
        return await _write(work)
    except LabError as error:
        failure = {"code": error.code, "detail": error.detail, "hint": error.hint}
    except OSError as error:
        LOGGER.warning("the model file failed: %s", error)
        failure = {"code": "disk", "detail": f"{error.strerror or error}.", "hint": None}
    return ModelFileResult(failure=failure)


# ---- reading ----------------------------------------------------------------------------------


async def _read(work: ReadModelFile) -> ModelFileResult:
    notes: list[str] = []

    def keep(message: Answer, blobs: BlobTable) -> None:
        assert isinstance(message, ModelRead)  # noqa: S101 - the session compares
        notes.extend(note[:MAX_NOTE_CHARACTERS] for note in message.notes)
        _store(work, message, blobs)

    descriptor = os.open(work.file, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        message = ReadModel(
            file=Member("model", os.fstat(descriptor).st_size),
            env_id=work.env_id,
            env_kwargs=work.env_kwargs,
            runner=work.runner,
            algorithm=work.algorithm,
        )
        worker = WorkerProcess("model", niceness=NICENESS, runner=NO_RUNNER)
        session = ModelSession(worker, message, [descriptor], keep=keep)
        await session.run()
    finally:
        os.close(descriptor)
    return ModelFileResult(failure=session.failure, notes=notes)


def _store(work: ReadModelFile, model: ModelRead, blobs: BlobTable) -> None:
    """Make the run's folder of what a worker read; it is believed nothing that can be checked."""
    spec = _specification(work, model)
    if sum(member.size for member in model.members) > MAX_MODEL_BYTES:
        raise ModelRefusedError("The policy is too large.")
    if POLICY not in {member.name for member in model.members}:
        raise ModelRefusedError("The file holds no policy.")
    folder = RunFolder(Path(work.folder), attempt=1)
    try:
        folder.write_spec(spec.model_dump(mode="json"))
        mean_return = finite(model.mean_return)
        manifest = new_manifest({
            "run_id": work.run_id,
            "spec_sha256": spec.sha256(),
            "attempt": 1,
            "timestep": model.timestep,
            "episodes": model.episodes,
            "gradient_steps": 0,
            "wall_time_s": 0.0,
            "mean_return": mean_return,
            "seq": 0,
            "versions": model.versions,
        })
        CheckpointStore(folder.path).save(manifest, model.members, blobs)
        folder.events.append(_events(spec, model))
        folder.write_state(_state(model, folder, mean_return), durable=True)
    finally:
        folder.close()


def _specification(work: ReadModelFile, model: ModelRead) -> RunSpec:
    policy = PolicyDescription.model_validate(model.policy)
    imported = ImportedFrom(
        file_name=work.file_name[:MAX_FILE_NAME],
        format=model.format[:64],
        sha256=_sha256(Path(work.file)),
    )
    spec = policy.spec(work.run_id, model.timestep)
    return spec.model_copy(update={"imported": imported, "versions": dict(model.versions)})


def _state(model: ModelRead, folder: RunFolder, mean_return: float | None) -> RunState:
    now = time.time()
    return RunState(
        status=RunStatus.COMPLETED.value,
        attempt=1,
        timestep=model.timestep,
        episodes=model.episodes,
        metrics={} if mean_return is None else {MEAN_RETURN: mean_return},
        event_seq=1 + len(model.notes),
        events_bytes=folder.events.size_bytes,
        checkpoints_version=1,
        finished_at=now,
        updated_at=now,
    )


def _events(spec: RunSpec, model: ModelRead) -> list[dict[str, object]]:
    source = spec.imported
    name = source.file_name if source is not None else ""
    text = (
        f"Imported from {name}: a policy of {model.timestep:,} timesteps. Nothing was trained here."
    )
    lines = [(EventType.RUN_CREATED, EventLevel.INFO, text)]
    lines += [
        (EventType.WARNING, EventLevel.WARNING, note[:MAX_NOTE_CHARACTERS]) for note in model.notes
    ]
    return [
        {
            "seq": seq,
            "timestamp": rfc3339(time.time()),
            "event_type": event_type.value,
            "level": level.value,
            "message": text,
            "data": {"timestep": model.timestep},
        }
        for seq, (event_type, level, text) in enumerate(lines, start=1)
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---- writing ----------------------------------------------------------------------------------


async def _write(work: WriteModelFile) -> ModelFileResult:
    checkpoint = choose_checkpoint(Path(work.run_folder), work.checkpoint)

    def keep(message: Answer, blobs: BlobTable) -> None:
        assert isinstance(message, ModelWritten)  # noqa: S101 - the session compares
        with blobs.taken(message.file) as descriptor, Path(work.file).open("wb") as file:
            file.writelines(read_chunks(descriptor, message.file.size))

    members, opened = open_members(checkpoint, with_transient=False)
    try:
        message = WriteModel(
            spec=work.spec,
            format=work.format,
            timestep=checkpoint.manifest.timestep,
            members=members,
        )
        worker = WorkerProcess("model", niceness=NICENESS, runner=NO_RUNNER)
        session = ModelSession(worker, message, opened.descriptors, keep=keep)
        await session.run()
    finally:
        opened.close()
    return ModelFileResult(failure=session.failure)


def main() -> None:
    """Do the work that stands on stdin."""
    prepare_detached("model file")
    work = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=ModelFileWork)
    result = asyncio.run(do(work))
    sys.stdout.buffer.write(msgspec.msgpack.encode(result))


if __name__ == "__main__":
    main()
