"""The kinds of entries in a run's event log."""

from enum import StrEnum


class EventType(StrEnum):
    """What happened to a run."""

    RUN_CREATED = "run_created"
    QUEUED = "queued"
    ENVIRONMENT_INITIALIZED = "environment_initialized"
    TRAINING_STARTED = "training_started"
    PAUSED = "paused"
    RESUMED = "resumed"
    CHECKPOINT_SAVED = "checkpoint_saved"
    EVALUATION_STARTED = "evaluation_started"
    EVALUATION_COMPLETED = "evaluation_completed"
    RECORDING_SAVED = "recording_saved"
    HYPERPARAMETER_CHANGED = "hyperparameter_changed"
    INSIGHT = "insight"
    WARNING = "warning"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    STOPPED = "stopped"
    TRAINING_COMPLETED = "training_completed"


class EventLevel(StrEnum):
    """How much attention an event wants."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
