"""Every error gymlab raises on purpose.

Transport-free: an error says *what kind* of failure it is; the HTTP layer maps
the kind to a status code and the CLI maps it to an exit code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class ErrorKind(StrEnum):
    """How a caller should react, independent of transport."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of an input."""

    field: str
    """Dotted path of the field, for example `hyperparameters.learning_rate`."""
    code: str
    """Stable machine-readable name of the problem."""
    detail: str
    """One sentence that names the value and what is allowed."""
    hint: str | None = None
    """What to do about it, where known."""


class LabError(Exception):
    """Base of every expected failure; anything else is a bug."""

    kind: ClassVar[ErrorKind]
    code: ClassVar[str] = "error"

    def __init__(
        self, detail: str, *, hint: str | None = None, fields: Sequence[FieldProblem] = ()
    ) -> None:
        """Store what happened and, where known, what the user can do about it."""
        super().__init__(detail)
        self.detail = detail
        self.hint = hint
        self.fields = tuple(fields)


class InvalidInputError(LabError):
    """What was asked for is not possible as written; the fields say why."""

    kind = ErrorKind.INVALID
    code = "invalid_input"


class InvalidConfigurationError(LabError):
    """The training backend cannot train this specification, and says why."""

    kind = ErrorKind.INVALID
    code = "invalid_configuration"


class InvalidCursorError(LabError):
    """A stream position that this server cannot continue from."""

    kind = ErrorKind.INVALID
    code = "invalid_cursor"


class RunNotFoundError(LabError):
    """The run id is well formed, but no such run is stored."""

    kind = ErrorKind.NOT_FOUND
    code = "run_not_found"

    def __init__(self, run_id: str) -> None:
        """Name the missing run."""
        super().__init__(f"No run {run_id!r}.", hint="`gymlab runs list` shows the stored runs.")
        self.run_id = run_id


class ExperimentNotFoundError(LabError):
    """No experiment of that id has runs."""

    kind = ErrorKind.NOT_FOUND
    code = "experiment_not_found"

    def __init__(self, experiment_id: str) -> None:
        """Name the missing experiment."""
        super().__init__(
            f"No experiment {experiment_id!r}.",
            hint="`gymlab experiments list` shows all; one whose runs are deleted is not listed.",
        )
        self.experiment_id = experiment_id


class AlgorithmNotFoundError(LabError):
    """There is no such training backend, or it has no such algorithm."""

    kind = ErrorKind.NOT_FOUND
    code = "algorithm_not_found"


class EnvironmentNotFoundError(LabError):
    """No environment of that id is in the catalogue."""

    kind = ErrorKind.NOT_FOUND
    code = "environment_not_found"

    def __init__(self, env_id: str, closest: Sequence[str] = ()) -> None:
        """Name the missing environment and the ids closest to it."""
        hint = f"Did you mean {', '.join(closest)}?" if closest else "`gymlab envs list` shows all."
        super().__init__(f"No environment {env_id!r}.", hint=hint)
        self.env_id = env_id


class ArtifactNotFoundError(LabError):
    """The run has no artifact of that path."""

    kind = ErrorKind.NOT_FOUND
    code = "artifact_not_found"


class ReplayNotFoundError(LabError):
    """The run keeps no such episode."""

    kind = ErrorKind.NOT_FOUND
    code = "replay_not_found"

    def __init__(self, episode: int) -> None:
        """Name the episode."""
        super().__init__(
            f"The run keeps no replay of episode {episode}.",
            hint="It keeps the first episode, records, some in between, examples of every ending "
            "and the last one.",
        )


class CalibrationNotFoundError(LabError):
    """There is no measurement of that id, or it was long ago."""

    kind = ErrorKind.NOT_FOUND
    code = "calibration_not_found"

    def __init__(self, calibration_id: str) -> None:
        """Name the missing measurement."""
        super().__init__(
            f"No measurement {calibration_id[:64]!r}.",
            hint="Its result, where there was one, is in the estimate of `POST /runs/check`.",
        )


class EvaluationNotFoundError(LabError):
    """The run has no evaluation of that id."""

    kind = ErrorKind.NOT_FOUND
    code = "evaluation_not_found"

    def __init__(self, evaluation_id: str | None = None) -> None:
        """Name the missing evaluation; None when the run has none at all."""
        named = "yet" if evaluation_id is None else repr(evaluation_id)
        super().__init__(
            f"The run has no evaluation {named}.",
            hint="`gymlab evaluate RUN` makes one.",
        )


class NoCheckpointError(LabError):
    """The run has no checkpoint that could be used."""

    kind = ErrorKind.CONFLICT
    code = "no_checkpoint"


class CheckpointNotFoundError(LabError):
    """The run has no checkpoint at that timestep."""

    kind = ErrorKind.INVALID
    code = "checkpoint_not_found"


class CheckpointCorruptError(LabError):
    """A checkpoint's files are not what was saved."""

    kind = ErrorKind.CONFLICT
    code = "checkpoint_corrupt"


class EnvironmentGoneError(LabError):
    """The environment or the backend of a run is not there any more."""

    kind = ErrorKind.CONFLICT
    code = "environment_gone"


class EvaluationOverError(LabError):
    """The evaluation is over, so that it cannot be cancelled."""

    kind = ErrorKind.CONFLICT
    code = "evaluation_over"


class StillNeededError(LabError):
    """Something else depends on what was to be deleted."""

    kind = ErrorKind.CONFLICT
    code = "still_needed"


class EnvironmentMismatchError(LabError):
    """What is to be shown belongs to another environment than the one that is chosen."""

    kind = ErrorKind.CONFLICT
    code = "environment_mismatch"


class IllegalTransitionError(LabError):
    """The run is in a state from which the action is not allowed."""

    kind = ErrorKind.CONFLICT
    code = "illegal_transition"

    def __init__(self, action: str, status: str, allowed: Sequence[str]) -> None:
        """Name the action, the state and what is allowed instead."""
        allowed_text = ", ".join(allowed) or "nothing"
        super().__init__(
            f"Cannot {action} a run that is {status}.", hint=f"Allowed now: {allowed_text}."
        )
        self.status = status
        self.allowed = tuple(allowed)


class NotReproducibleError(LabError):
    """The run cannot be repeated: something happened to it that its specification does not say."""

    kind = ErrorKind.CONFLICT
    code = "not_reproducible"


class CodeNotFoundError(LabError):
    """No code of that id, or not in that version, is stored."""

    kind = ErrorKind.NOT_FOUND
    code = "code_not_found"

    def __init__(self, code_id: str, version: int | None = None) -> None:
        """Name what is missing."""
        which = "" if version is None else f" in version {version}"
        super().__init__(f"No code {code_id!r}{which}.", hint="`gymlab code list` shows all.")


class FilterNotFoundError(LabError):
    """No filter of that id is saved."""

    kind = ErrorKind.NOT_FOUND
    code = "filter_not_found"

    def __init__(self, filter_id: str) -> None:
        """Name what is missing."""
        super().__init__(f"No saved filter {filter_id!r}.", hint="`GET /filters` lists all.")


class PreviewNotFoundError(LabError):
    """No preview of that id is open."""

    kind = ErrorKind.NOT_FOUND
    code = "preview_not_found"

    def __init__(self, preview_id: str) -> None:
        """Name what is missing."""
        super().__init__(
            f"No preview {preview_id!r} is open.",
            hint="One that nobody looks at is closed after a while; open another.",
        )


class NameTakenError(LabError):
    """Something else has the name already."""

    kind = ErrorKind.CONFLICT
    code = "name_taken"


class StaleVersionError(LabError):
    """A document was changed by somebody else since it was read."""

    kind = ErrorKind.CONFLICT
    code = "stale_version"

    def __init__(self, detail: str, *, hint: str, current_version: int) -> None:
        """Name the version that is stored now."""
        super().__init__(detail, hint=hint)
        self.current_version = current_version


class DataFolderInUseError(LabError):
    """Another server owns the data folder."""

    kind = ErrorKind.CONFLICT
    code = "data_folder_in_use"


class DataFolderTooNewError(LabError):
    """The data folder was written by a newer version of gymlab."""

    kind = ErrorKind.CONFLICT
    code = "data_folder_too_new"


class ModelRefusedError(LabError):
    """A file that was to be read as a model is not one, or not one that may be trusted."""

    kind = ErrorKind.INVALID
    code = "model_refused"


class TooLargeError(LabError):
    """The input is over its size limit."""

    kind = ErrorKind.TOO_LARGE
    code = "too_large"


class UnavailableError(LabError):
    """Something this needs is missing or not ready."""

    kind = ErrorKind.UNAVAILABLE
    code = "unavailable"


class ForbiddenError(LabError):
    """The caller may not do this from where it is."""

    kind = ErrorKind.FORBIDDEN
    code = "forbidden"


class SandboxUnavailableError(ForbiddenError):
    """User code does not run on this server, because nothing would hold it."""

    code = "sandbox_unavailable"

    def __init__(self, tier: str, detail: str, fix: str | None) -> None:
        """Say which tier there is, why, and how to get a better one."""
        super().__init__(
            f"Code of users does not run here: the server can be reached from other machines and "
            f"the sandbox is only {tier!r}. {detail}",
            hint=fix or "`gymlab doctor` says what is missing.",
        )


class DependencyMissingError(LabError):
    """An optional dependency is not installed."""

    kind = ErrorKind.UNAVAILABLE
    code = "dependency_missing"


class TrainingFailedError(LabError):
    """The backend failed in a way the user can act on."""

    kind = ErrorKind.INVALID
    code = "training_failed"


class UserCodeError(LabError):
    """A user's own code raised, returned something unusable or did not end."""

    kind = ErrorKind.INVALID
    code = "user_code_failed"

    def __init__(
        self,
        detail: str,
        *,
        hint: str | None = None,
        line: str | None = None,
        traceback_text: str | None = None,
    ) -> None:
        """Name the user's line, as `<reward>:12`, and keep Python's account as text."""
        super().__init__(detail, hint=hint)
        self.line = line
        self.traceback_text = traceback_text


class UserCodeTimeoutError(UserCodeError):
    """A user's own code did not end in time."""

    code = "user_code_timeout"
