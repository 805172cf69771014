"""Environments that users wrote: found by id, described by a worker, remembered by source."""

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from pydantic import ValidationError

from gymlab.domain.code import CodeKind, SourceCode
from gymlab.domain.environments import EnvironmentInfo
from gymlab.errors import ArtifactNotFoundError, EnvironmentNotFoundError, LabError
from gymlab.protocol.worker import StartTrial
from gymlab.server.catalogue.catalogue import Catalogue
from gymlab.server.sandbox_gate import SandboxGate
from gymlab.storage.code import CodeFilter, StoredCode, describe_version, get_code, list_code
from gymlab.storage.database import Database
from gymlab.supervisor.trial import TrialOutcome, TrialWorkers

FAMILY = "yours"
PREFIX = "code/"
MAX_LISTED = 500
MAX_REMEMBERED = 200
_ID = re.compile(r"code/([0-9a-z]{12})(?:@([1-9][0-9]{0,8}))?")
_NOT_YET = "It has not been tried yet: open it to see whether it works."
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnEnvironment:
    """A user's environment in one version."""

    info: EnvironmentInfo
    code: SourceCode


def env_id_of(code_id: str, version: int) -> str:
    """Return what runs name a version by."""
    return f"{PREFIX}{code_id}@{version}"


class OwnEnvironments:
    """The catalogue's entries that are documents of code."""

    def __init__(self, database: Database, trials: TrialWorkers, sandbox: SandboxGate) -> None:
        """Find documents in this database and describe them with these workers."""
        self._database = database
        self._trials = trials
        self._sandbox = sandbox
        self._described: dict[tuple[str, str], EnvironmentInfo] = {}
        """Hash of the source and id -> entry, those that cannot be made included."""
        self._drawn: dict[str, dict[str, bytes]] = {}
        """Hash of the source -> its pictures; none where it cannot be drawn."""
        self._drawing = asyncio.Lock()
        self._tasks: set[asyncio.Task[object]] = set()

    async def close(self) -> None:
        """Stop describing."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def find(self, env_id: str, carried: SourceCode | None = None) -> OwnEnvironment:
        """Return an environment by its id; without a version, the current one.

        Args:
            env_id: `code/<id>` or `code/<id>@<version>`.
            carried: The source that another run holds of it, for a document that was deleted.

        Raises:
            EnvironmentNotFoundError: There is no such document.
            SandboxUnavailableError: It would have to be run, which is not allowed here.
        """
        named = _ID.fullmatch(env_id)
        stored = await asyncio.to_thread(self._stored, named) if named is not None else None
        if stored is None and carried is not None:
            return OwnEnvironment(await self._describe(carried, env_id, None), carried)
        if stored is None:
            raise EnvironmentNotFoundError(env_id[:200])
        code = stored.as_source_code()
        env_id = env_id_of(stored.id, stored.version)
        return OwnEnvironment(await self._describe(code, env_id, stored), code)

    async def joined(self, catalogue: Catalogue, spec: Mapping[str, Any]) -> Catalogue:
        """Return the catalogue with the environment of a run's specification in it."""
        code = spec.get("environment_code")
        if not code:
            return catalogue
        own = await self.find(spec["env_id"], SourceCode.model_validate(code))
        return catalogue.with_environments([own.info.model_copy(update={"id": spec["env_id"]})])

    async def picture(self, env_id: str, kind: Literal["thumbnail", "animation"]) -> bytes:
        """Return a JPEG picture or an animated WebP.

        Raises:
            EnvironmentNotFoundError: There is no such document.
            ArtifactNotFoundError: It cannot be drawn.
        """
        own = await self.find(env_id)
        key = own.code.sha256
        async with self._drawing:
            if key not in self._drawn:
                await self._sandbox.require()
                message = StartTrial("pictures", own.code.model_dump(mode="json"), env_id)
                if len(self._drawn) >= MAX_REMEMBERED:
                    self._drawn.pop(next(iter(self._drawn)))
                self._drawn[key] = _pictures_of(await self._trials.run(message))
        found = self._drawn[key].get(kind, b"")
        if not found:
            raise ArtifactNotFoundError(f"{env_id} cannot be drawn here.")
        return found

    async def listed(self) -> list[EnvironmentInfo]:
        """Return every document that is an environment, in its current version; runs none."""
        return await asyncio.to_thread(self._listed)

    def describe_soon(self, env_id: str) -> None:
        """Describe an environment in the background, so that the list can show it."""
        task: asyncio.Task[object] = asyncio.create_task(self._describe_quietly(env_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _describe_quietly(self, env_id: str) -> None:
        try:
            await self.find(env_id)
        except LabError as error:
            LOGGER.info("%s is not described: %s", env_id, error.detail)

    def _stored(self, named: re.Match[str]) -> StoredCode | None:
        version = int(named[2]) if named[2] else None
        with self._database.reading() as connection:
            stored = get_code(connection, named[1], version)
        return stored if stored is not None and stored.kind is CodeKind.ENVIRONMENT else None

    def _listed(self) -> list[EnvironmentInfo]:
        with self._database.reading() as connection:
            wanted = CodeFilter(CodeKind.ENVIRONMENT)
            found, _ = list_code(connection, wanted, limit=MAX_LISTED, cursor=None)
        return [self._as_known(stored) for stored in found]

    def _as_known(self, stored: StoredCode) -> EnvironmentInfo:
        env_id = env_id_of(stored.id, stored.version)
        known = _remembered(stored) or self._described.get((stored.sha256, env_id))
        return known or _unavailable(env_id, stored.name, _NOT_YET)

    async def _describe(
        self, code: SourceCode, env_id: str, stored: StoredCode | None
    ) -> EnvironmentInfo:
        known = _remembered(stored) if stored is not None else None
        known = known or self._described.get((code.sha256, env_id))
        if known is not None:
            return known
        await self._sandbox.require()
        message = StartTrial("describe", code.model_dump(mode="json"), env_id)
        outcome = await self._trials.run(message)
        info = _info_of(outcome, env_id, code.name)
        if len(self._described) >= MAX_REMEMBERED:
            self._described.pop(next(iter(self._described)))
        self._described[code.sha256, env_id] = info
        if stored is not None and info.available:
            await asyncio.to_thread(self._remember, stored, info)
        return info

    def _remember(self, stored: StoredCode, info: EnvironmentInfo) -> None:
        with self._database.writing() as writer:
            describe_version(writer, stored.id, stored.version, info.model_dump(mode="json"))


def _remembered(stored: StoredCode) -> EnvironmentInfo | None:
    if stored.description is None:
        return None
    try:
        return EnvironmentInfo.model_validate(stored.description)
    except ValidationError:
        # An older version of gymlab wrote it in another form.
        return None


def _info_of(outcome: TrialOutcome, env_id: str, name: str) -> EnvironmentInfo:
    """Read what a worker said; it is hostile input."""
    if outcome.failure is not None:
        hint = f" {outcome.failure.hint}" if outcome.failure.hint else ""
        return _unavailable(env_id, name, f"{outcome.failure.detail}{hint}")
    try:
        info = EnvironmentInfo.model_validate_json(outcome.result or b"")
    except ValidationError:
        return _unavailable(env_id, name, "What it says of itself cannot be understood.")
    return info.model_copy(update={"id": env_id, "family": FAMILY, "aliases": []})


def _pictures_of(outcome: TrialOutcome) -> dict[str, bytes]:
    """Read what a worker drew; it is hostile input, and shown as a picture whatever it is."""
    try:
        found = msgspec.json.decode(outcome.result or b"", type=dict[str, bytes])
    except msgspec.MsgspecError:
        return {}
    beginnings = {"thumbnail": b"\xff\xd8\xff", "animation": b"RIFF"}
    return {
        kind: found[kind]
        for kind, beginning in beginnings.items()
        if found.get(kind, b"").startswith(beginning)
    }


def _unavailable(env_id: str, name: str, reason: str) -> EnvironmentInfo:
    return EnvironmentInfo(
        id=env_id,
        title=name or env_id,
        family=FAMILY,
        summary="Written here.",
        action_space=None,
        observation_space=None,
        can_render=False,
        available=False,
        unavailable_reason=reason[:1000],
    )
