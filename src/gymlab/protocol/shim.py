"""Messages between a shim and the server, over the server's unix socket.

A shim says `ShimHello` first, on every connection. An idle shim's hello has no
run; the server answers with `Assign` when a run is due. Rows, events and log
text do not travel here: `Progress` says how far the run's files have grown.
"""

from typing import Any, Literal

import msgspec

from gymlab.protocol.parts import FrameHeader, FrameSource, Json
from gymlab.protocol.worker import (
    ChangeHyperparameters,
    Pause,
    Record,
    ResetEpisode,
    Stop,
    StopRecording,
    Unpause,
    Watch,
)


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A tagged message; unknown fields are refused."""


class ProcessIdentity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A process that cannot be mistaken for another one with the same pid."""

    pid: int
    start_time: float
    boot_id: str


class RunState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `state.json` holds and what the server mirrors."""

    status: str
    """A `RunStatus` value; a shim only ever reports starting and later ones."""
    status_reason: str | None = None
    failure: Json | None = None
    """For failed and interrupted runs: code, detail, hint, line, traceback."""
    attempt: int
    phase: str | None = None
    timestep: int = 0
    episodes: int = 0
    gradient_steps: int = 0
    duration_s: float = 0.0
    """Training time: without set-up, pauses and saving after the last timestep."""
    metrics: dict[str, float | None] = {}
    """House name -> latest value, plus `train/mean_return` over the last 100 episodes."""
    seq: int = 0
    """Sequence number of the last row."""
    event_seq: int = 0
    metrics_bytes: int = 0
    events_bytes: int = 0
    log_bytes: int = 0
    """Bytes written since the run began, rotated-away ones included."""
    checkpoints_version: int = 0
    """Counts changes of the checkpoint list."""
    artifacts_version: int = 0
    can_render: bool | None = None
    no_render_reason: str | None = None
    num_envs: int | None = None
    """Sub-environments that train; None until they exist, and of runs from before it was noted."""
    device: str | None = None
    started_at: float | None = None
    finished_at: float | None = None
    shim: ProcessIdentity | None = None
    worker: ProcessIdentity | None = None
    recording_id: str | None = None
    machine: str | None = None
    """Which machine its latest attempt trained on, see `machine_key`."""
    setup_s: float | None = None
    """From the specification to the first timestep of its latest attempt."""
    peak_memory_bytes: int | None = None
    """Most memory that its worker was seen holding."""
    updated_at: float = 0.0


class EvaluationState(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation's `state.json` holds and its shim reports."""

    status: str
    """An `EvaluationStatus` value."""
    phase: Literal["starting", "playing", "recording", "saving"] | None = None
    episodes_done: int = 0
    checkpoint_timestep: int | None = None
    checkpoint_sha256: str | None = None
    failure: Json | None = None
    """Of a failed evaluation: code, detail, hint, line, traceback."""
    started_at: float | None = None
    finished_at: float | None = None
    shim: ProcessIdentity | None = None
    worker: ProcessIdentity | None = None


class ShimHello(_Message, frozen=True, tag="hello"):
    """Who connects: an idle shim (`run_id` null) or the shim of a run."""

    protocol_version: int
    identity: ProcessIdentity
    run_id: str | None = None
    state: RunState | None = None
    versions: dict[str, str] = {}
    evaluation_id: str | None = None
    """Set by the shim of an evaluation, whose `run_id` says of which run."""
    is_stage: bool = False
    """Whether it only plays checkpoints of its run, which has ended."""


class WorkerReady(_Message, frozen=True, tag="worker_ready"):
    """The idle shim's worker has finished its imports."""

    versions: dict[str, str]


class Progress(_Message, frozen=True, tag="progress"):
    """The run's state; at most 4 a second unless the status changed."""

    state: RunState


class FrameRelay(_Message, frozen=True, tag="frame"):
    """A moment for whoever watches: a picture, or checked states of a game, or both."""

    header: FrameHeader
    image: bytes
    states: bytes = b""


class FrameNotice(_Message, frozen=True, tag="frame_notice"):
    """Why there is no picture."""

    source: FrameSource
    kind: Literal["unavailable", "status"]
    detail: str
    phase: str | None = None


class EvaluationProgress(_Message, frozen=True, tag="evaluation_progress"):
    """How far an evaluation is; at most 4 a second unless the status changed."""

    state: EvaluationState


class Deployed(_Message, frozen=True, tag="deployed"):
    """The showcase plays this checkpoint, or why it cannot; the earlier policy then goes on."""

    timestep: int
    failure: str | None = None


class Refused(_Message, frozen=True, tag="refused"):
    """A command could not be carried out."""

    command: str
    detail: str


class Goodbye(_Message, frozen=True, tag="goodbye"):
    """The run is over, every file is closed, the shim exits."""

    state: RunState


FromShim = (
    ShimHello
    | WorkerReady
    | Progress
    | FrameRelay
    | FrameNotice
    | EvaluationProgress
    | Deployed
    | Refused
    | Goodbye
)


class Assign(_Message, frozen=True, tag="assign"):
    """Become the shim of this run's attempt."""

    run_id: str
    run_dir: str
    spec: Json
    attempt: int
    algorithm: Json
    """`AlgorithmManifest` as JSON (its `main_loss` fills the rows' `loss`)."""
    limits: dict[str, Any] = {}


class Deploy(_Message, frozen=True, tag="deploy"):
    """Play this checkpoint in the showcase; null plays the newest policy again."""

    timestep: int | None


class AssignStage(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is given that plays checkpoints of a run that has ended."""

    run_id: str
    run_dir: str
    spec: Json
    """`RunSpec` as JSON."""
    timestep: int


class Exit(_Message, frozen=True, tag="exit"):
    """Idle shim: end yourself and your worker."""


ToShim = (
    Assign
    | Exit
    | Deploy
    | Pause
    | Unpause
    | Stop
    | Watch
    | Record
    | StopRecording
    | ResetEpisode
    | ChangeHyperparameters
)
