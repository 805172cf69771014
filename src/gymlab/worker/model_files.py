"""Reading a policy from a file of elsewhere, and writing one: the only work of a worker."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays

from gymlab.domain.ids import new_run_id
from gymlab.domain.model_files import (
    MANIFEST_FILE,
    NATIVE_FORMAT,
    ModelManifest,
    PolicyDescription,
)
from gymlab.domain.runs import RunSpec
from gymlab.errors import LabError, ModelRefusedError
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.worker import (
    Failed,
    Finished,
    Heartbeat,
    ModelRead,
    ModelWritten,
    ReadModel,
    ToWorker,
    WriteModel,
)
from gymlab.runner_api.archives import ArchiveRules, member_names, read_archive
from gymlab.runner_api.model_files import ForeignModel, ModelFiles
from gymlab.runner_api.runner import Members
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.discovery import discover_runners, find_runner
from gymlab.worker.failures import failure_of
from gymlab.worker.outbox import Outbox

ARRAYS_SUFFIX = ".safetensors"
NUM_TRIED_TIMESTEPS = 16
MAX_NOTES = 20
_PICKLE = b"\x80"
_UNKNOWN_HINT = "Choose a .zip that Stable-Baselines3 saved, or a model downloaded from gymlab."


@dataclass(frozen=True, slots=True)
class _Found:
    """What a file was read as."""

    model_format: str
    policy: PolicyDescription
    members: Members
    timestep: int
    episodes: int
    mean_return: float | None
    versions: Mapping[str, str]
    notes: tuple[str, ...]


class _ModelFileService:
    """Has no commands and no progress."""

    def handle(self, message: ToWorker, descriptors: list[int]) -> None:  # noqa: ARG002 - part of the interface
        """Refuse every command."""
        raise ProtocolError(f"{type(message).__name__} is no command for a model file")

    def heartbeat(self) -> Heartbeat:
        """Say nothing but that the process lives."""
        return Heartbeat(0, 0, 0, 0.0)


class ModelReadingService(_ModelFileService):
    """Reads one file, builds its policy and lets it act for a moment."""

    def __init__(
        self, request: ReadModel, content: bytes | memoryview, outbox: Outbox, blobs: BlobWriter
    ) -> None:
        """Prepare.

        Args:
            request: What the file must be.
            content: The file.
            outbox: Where the answer goes.
            blobs: Where the policy's files go.
        """
        self._request = request
        self._content = content
        self._outbox = outbox
        self._blobs = blobs

    def run(self) -> Finished | Failed:
        """Read it and hand its policy over, or say why not."""
        try:
            found = self._read()
            _require_finite(found.members)
            _try_out(found.policy.spec(new_run_id(), found.timestep), found.members)
        except LabError as error:
            # What a file is wrong in is an answer, and nothing for a log.
            return failure_of(error)
        self._outbox.post(
            ModelRead(
                format=found.model_format,
                policy=found.policy.model_dump(mode="json"),
                timestep=found.timestep,
                episodes=found.episodes,
                members=self._blobs.members(found.members),
                mean_return=found.mean_return,
                versions=dict(found.versions),
                notes=list(found.notes[:MAX_NOTES]),
            )
        )
        return Finished("completed", 0, 0, 0.0)

    def _read(self) -> _Found:
        if MANIFEST_FILE in member_names(self._content):
            return self._read_native()
        for folder in discover_runners()[0]:
            if not folder.manifest.model_formats or folder.unavailable_reason is not None:
                continue
            runner = folder.load()
            known = runner.recognises(self._content) if isinstance(runner, ModelFiles) else None
            if known is not None and isinstance(runner, ModelFiles):
                return self._read_foreign(folder.manifest.id, known, runner)
        if bytes(self._content[:1]) == _PICKLE:
            raise ModelRefusedError(
                "The file is a pickle, which runs code when it is opened; it was not opened.",
                hint=_UNKNOWN_HINT,
            )
        raise ModelRefusedError("The file is no model that is known here.", hint=_UNKNOWN_HINT)

    # ---- our own form -----------------------------------------------------------------------

    def _read_native(self) -> _Found:
        files = read_archive(self._content, ArchiveRules(_is_native_name))
        try:
            manifest = ModelManifest.model_validate_json(files[MANIFEST_FILE])
        except (ValidationError, RecursionError) as error:
            raise ModelRefusedError(
                f"{MANIFEST_FILE} is not what a model downloaded from gymlab has.",
                hint="Download the model again.",
            ) from error
        members = {name: files[name] for name in files if name != MANIFEST_FILE}
        _require_hashes(manifest, members)
        self._require_same(manifest.runner, manifest.algorithm)
        described = {name: getattr(manifest, name) for name in PolicyDescription.model_fields}
        policy = PolicyDescription.model_validate(self._in_environment(described))
        return _Found(
            NATIVE_FORMAT,
            policy,
            members,
            timestep=manifest.timestep,
            episodes=manifest.episodes,
            mean_return=manifest.mean_return,
            versions=manifest.versions,
            notes=_other_environment(manifest.env_id, policy.env_id),
        )

    # ---- a backend's own form -----------------------------------------------------------------

    def _read_foreign(self, runner_id: str, model_format: str, runner: ModelFiles) -> _Found:
        model: ForeignModel = runner.describe_model(self._content)
        self._require_same(runner_id, model.algorithm)
        env_id = self._request.env_id or model.env_id
        if env_id is None:
            raise ModelRefusedError(
                "The file does not say which environment the policy acts in.",
                hint="Choose the environment that it was trained in.",
            )
        policy = PolicyDescription.model_validate(
            self._in_environment({
                "env_id": model.env_id or env_id,
                "env_kwargs": dict(model.env_kwargs),
                "runner": runner_id,
                "algorithm": model.algorithm,
                "hyperparameters": dict(model.hyperparameters),
            })
        )
        members = runner.read_model(policy.spec(new_run_id(), model.timestep), self._content)
        return _Found(
            model_format,
            policy,
            members,
            timestep=model.timestep,
            episodes=0,
            mean_return=None,
            versions=model.versions,
            notes=(*model.notes, *_other_environment(model.env_id, policy.env_id)),
        )

    def _in_environment(self, described: dict[str, Any]) -> dict[str, Any]:
        """Put the environment in that was asked for."""
        request = self._request
        if request.env_id is None or request.env_id == described["env_id"]:
            return {**described, "env_kwargs": request.env_kwargs or described["env_kwargs"]}
        return {**described, "env_id": request.env_id, "env_kwargs": request.env_kwargs}

    def _require_same(self, runner: str, algorithm: str) -> None:
        request = self._request
        if request.algorithm is not None and request.algorithm != algorithm:
            raise ModelRefusedError(
                f"The file holds a policy of {algorithm[:64]}, not of {request.algorithm[:64]}.",
                hint=f"Choose the algorithm {algorithm[:64]}, or none: the file says it itself.",
            )
        if request.runner is not None and request.runner != runner:
            raise ModelRefusedError(
                f"The file comes from the backend {runner[:64]}, not from {request.runner[:64]}."
            )


class ModelWritingService(_ModelFileService):
    """Writes one policy as a file of its backend's own form."""

    def __init__(
        self, request: WriteModel, members: Members, outbox: Outbox, blobs: BlobWriter
    ) -> None:
        """Prepare.

        Args:
            request: What to write.
            members: The policy's files.
            outbox: Where the answer goes.
            blobs: Where the file goes.
        """
        self._request = request
        self._members = members
        self._outbox = outbox
        self._blobs = blobs

    def run(self) -> Finished:
        """Write it and hand it over."""
        spec = RunSpec.model_validate(self._request.spec)
        runner = find_runner(spec.runner).load()
        if not isinstance(runner, ModelFiles):
            raise ModelRefusedError(f"{spec.runner} writes no files of its own form.")
        content = runner.write_model(
            spec,
            self._members,
            model_format=self._request.format,
            timestep=self._request.timestep,
        )
        (member,) = self._blobs.members({"model.zip": content})
        self._outbox.post(ModelWritten(member))
        return Finished("completed", 0, 0, 0.0)


def _is_native_name(name: str) -> bool:
    return name == MANIFEST_FILE or (
        name.endswith(ARRAYS_SUFFIX) and name.removesuffix(ARRAYS_SUFFIX).isidentifier()
    )


def _require_hashes(manifest: ModelManifest, members: Mapping[str, bytes]) -> None:
    if set(members) != set(manifest.members):
        raise ModelRefusedError("The files are not those that its manifest lists.")
    for name, content in members.items():
        if hashlib.sha256(content).hexdigest() != manifest.members[name].sha256:
            raise ModelRefusedError(
                f"{name} does not have the hash that the manifest says: the file was damaged or "
                "changed.",
                hint="Download the model again.",
            )


def _require_finite(members: Members) -> None:
    for name, content in members.items():
        if not name.endswith(ARRAYS_SUFFIX):
            continue
        try:
            arrays = load_arrays(bytes(content))
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelRefusedError(f"{name} cannot be read: {str(error)[:200]}") from error
        for key, array in arrays.items():
            if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
                raise ModelRefusedError(
                    f"{key[:100]} in {name} holds numbers that are infinite or NaN.",
                    hint="Its training diverged; take an earlier model.",
                )


def _try_out(spec: RunSpec, members: Members) -> None:
    """Let the policy act as it will act later: what does not fit shows now."""
    runner = find_runner(spec.runner).load()
    try:
        actor = runner.load_actor(spec, members)
        env = runner.make_env(spec, render_mode=None)
        try:
            observation, _ = env.reset(seed=0)
            actor.reset()
            for _ in range(NUM_TRIED_TIMESTEPS):
                action = actor.act(observation, deterministic=True)
                observation, _, terminated, truncated, _ = env.step(action)
                if terminated or truncated:
                    return
        finally:
            env.close()
    except LabError as error:
        raise ModelRefusedError(error.detail, hint=error.hint) from error
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError,
            ValueError) as error:  # fmt: skip
        raise ModelRefusedError(
            f"The policy cannot act in {spec.env_id}: {type(error).__name__}: {str(error)[:200]}"
        ) from error


def _other_environment(trained_in: str | None, env_id: str) -> tuple[str, ...]:
    if trained_in is None or trained_in == env_id:
        return ()
    return (f"It was trained in {json.dumps(trained_in[:100])}, not in {env_id}.",)
