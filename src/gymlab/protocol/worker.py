"""Messages between a worker and its shim.

Order of a run: `Ready`, `StartRun`, `Initialized`, `Started`, rows and frames,
`Finished` or `Failed`. Of an evaluation: `Ready`, `StartEvaluation`, one `Evaluated` for each
episode, `Played`, one `EvaluationFilm` for each episode that is filmed, `Finished` or `Failed`.
Of a model file: `Ready`, `ReadModel` or `WriteModel`, `ModelRead` or `ModelWritten`, `Finished` or
`Failed`. A worker serves one run, showcase, evaluation, model file, trial of code or preview and then exits.
"""

from typing import Literal

import msgspec

from gymlab.protocol.learning import LearnerPicture
from gymlab.protocol.parts import (
    Count,
    EpisodeOutcome,
    EpisodeRow,
    FrameHeader,
    FrameSource,
    Json,
    LearnerRow,
    Member,
    PhaseName,
)
from gymlab.protocol.previews import PreviewCommand, PreviewReady, PreviewState, StartPreview


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A tagged message; unknown fields are refused."""


# ---- shim to worker ---------------------------------------------------------------------------


class ResumePoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a resumed run continues; one descriptor per member follows in the same order."""

    timestep: int
    episodes: int
    gradient_steps: int
    wall_time_s: float
    members: list[Member]
    versions: dict[str, str] = {}
    """Libraries that computed the checkpoint."""
    ends_run: bool = False
    """Whether training had ended with it, before its timesteps were done."""


class StartRun(_Message, frozen=True, tag="start_run"):
    """Train this specification (`RunSpec` as JSON), anew or from a checkpoint."""

    spec: Json
    attempt: int
    resume: ResumePoint | None = None
    policy: list[Member] = []
    """Another run's policy to begin with; one descriptor per member follows."""


class StartShowcase(_Message, frozen=True, tag="start_showcase"):
    """Play policies of this run greedily at the environment's natural speed."""

    spec: Json


class StartEvaluation(_Message, frozen=True, tag="start_evaluation"):
    """Play episodes with a checkpoint's policy; one descriptor per member follows."""

    spec: Json
    """`RunSpec` as JSON."""
    evaluation: Json
    """`EvaluationSpec` as JSON."""
    timestep: int
    """Timesteps that the policy was trained for."""
    members: list[Member]


class ReadModel(_Message, frozen=True, tag="read_model"):
    """Read a policy from a file of elsewhere, whose descriptor follows."""

    file: Member
    env_id: str | None
    """Environment that it acts in; None: as the file says."""
    env_kwargs: Json
    runner: str | None
    """Backend whose file it is; None: whichever knows it."""
    algorithm: str | None
    """What it must be; None: as the file says."""


class WriteModel(_Message, frozen=True, tag="write_model"):
    """Write a policy as a file of its backend's own form; one descriptor per member follows."""

    spec: Json
    """`RunSpec` as JSON."""
    format: str
    timestep: int
    """Timesteps that the policy was trained for."""
    members: list[Member]


class StartTrial(_Message, frozen=True, tag="start_trial"):
    """Run a user's code for a moment and tell what it did: answered by `Tried` or `Failed`."""

    task: Literal["describe", "pictures", "environment", "reward", "evaluation"]
    code: Json
    """`SourceCode` as JSON."""
    env_id: str
    """What the environment is called; for rewards and evaluations, the one to play in."""
    env_kwargs: Json = {}
    environment_code: Json | None = None
    """`SourceCode` of that environment, where it is a user's own."""
    num_episodes: int = 3
    seed: int = 0


class LoadPolicy(_Message, frozen=True, tag="load_policy"):
    """Showcase: continue with this policy; one descriptor per member follows."""

    timestep: int
    members: list[Member]
    at_once: bool = False
    """Whether the episode under way is cut off for it."""


class Pause(_Message, frozen=True, tag="pause"):
    """Block the training thread as soon as possible, also inside an update."""


class Unpause(_Message, frozen=True, tag="unpause"):
    """Continue after `Pause`."""


class Stop(_Message, frozen=True, tag="stop"):
    """End training soon; an update under way may be abandoned."""


class Watch(_Message, frozen=True, tag="watch", omit_defaults=True):
    """Somebody watches a source at this rate; `fps` 0 means nobody does."""

    source: FrameSource
    fps: float
    tiles: int = 1
    pictures: bool = True
    """Whether somebody wants pictures even of a game that draws itself."""
    states: bool = False
    """Whether somebody draws games from their states."""
    speed: float = 1.0
    """Multiple of the natural speed at which showcase and evaluation play; 0 means no limit."""


class WantPolicy(_Message, frozen=True, tag="want_policy"):
    """Send a `Policy` now and then at most every so many seconds; 0 = no more."""

    every_s: float


class Record(_Message, frozen=True, tag="record"):
    """Write what the source shows to an MP4 artifact."""

    recording_id: str
    source: FrameSource
    max_frames: int
    fps: float


class StopRecording(_Message, frozen=True, tag="stop_recording"):
    """Finish the recording under way."""


class ResetEpisode(_Message, frozen=True, tag="reset_episode"):
    """Truncate the episode of this sub-environment at its next timestep."""

    env_index: int


class ChangeHyperparameters(_Message, frozen=True, tag="change_hyperparameters"):
    """Go on with these values from the next safe point."""

    values: Json


class BlobGrant(_Message, frozen=True, tag="blob_grant"):
    """The blob asked for; its descriptor travels with this message."""

    token: int


class BlobRefused(_Message, frozen=True, tag="blob_refused"):
    """The blob asked for is not given; the worker goes on without it."""

    token: int
    reason: str


class Shutdown(_Message, frozen=True, tag="shutdown"):
    """Exit now, without a trace."""


ToWorker = (
    StartRun
    | StartShowcase
    | StartEvaluation
    | ReadModel
    | WriteModel
    | StartTrial
    | StartPreview
    | PreviewCommand
    | LoadPolicy
    | Pause
    | Unpause
    | Stop
    | Watch
    | WantPolicy
    | Record
    | StopRecording
    | ResetEpisode
    | ChangeHyperparameters
    | BlobGrant
    | BlobRefused
    | Shutdown
)

# ---- worker to shim ---------------------------------------------------------------------------


class Ready(_Message, frozen=True, tag="ready"):
    """Imports are done; a run can be handed over."""

    protocol_version: int
    pid: int
    versions: dict[str, str]


class Initialized(_Message, frozen=True, tag="initialized"):
    """Environments and agent exist."""

    can_render: bool
    no_render_reason: str | None
    num_envs: Count
    device: str
    action_space: str
    observation_space: str
    message: str


class Started(_Message, frozen=True, tag="started"):
    """The first timestep is about to be taken; training time runs from here."""

    timestep: Count


class Episodes(_Message, frozen=True, tag="episodes"):
    """Finished episodes, oldest first."""

    rows: list[EpisodeRow]


class Learner(_Message, frozen=True, tag="learner"):
    """Measurements of the learner."""

    row: LearnerRow


class Replay(_Message, frozen=True, tag="replay"):
    """A finished episode that is worth keeping; its row was sent just before."""

    row: EpisodeRow
    kinds: list[str]
    """Why: values of `ReplayKind`."""
    record: bytes
    """JSON of its beginning and its actions."""


class PhaseChanged(_Message, frozen=True, tag="phase"):
    """What the training thread does now; sent at most 20 times a second."""

    phase: PhaseName


class Paused(_Message, frozen=True, tag="paused"):
    """The training thread stands still."""


class Unpaused(_Message, frozen=True, tag="unpaused"):
    """The training thread moves again."""


class Heartbeat(_Message, frozen=True, tag="heartbeat"):
    """Sent every 100 ms by a thread of its own; counters come from the training thread."""

    timestep: Count
    episodes: Count
    gradient_steps: Count
    wall_time_s: float


class LogEvent(_Message, frozen=True, tag="event"):
    """An entry for the run's event log."""

    event_type: str
    level: Literal["info", "warning", "error"]
    message: str
    data: Json = {}


class Frame(_Message, frozen=True, tag="frame"):
    """One moment: an encoded picture, or states of a game, or both."""

    header: FrameHeader
    image: bytes
    states: bytes = b""
    """JSON list of the states that the tiles show; see `game_states`."""


class FramesUnavailable(_Message, frozen=True, tag="frames_unavailable"):
    """The source cannot show pictures."""

    source: FrameSource
    reason: str


class FrameStatus(_Message, frozen=True, tag="frame_status"):
    """The source is not showing pictures yet, and why."""

    source: FrameSource
    phase: str
    detail: str


class BlobRequest(_Message, frozen=True, tag="blob_request"):
    """Asks for shared memory of this size."""

    token: int
    size: int


class Checkpoint(_Message, frozen=True, tag="checkpoint"):
    """The complete state at a safe point.

    Rows sent before this message belong to the checkpoint, rows after it do not.
    """

    timestep: Count
    episodes: Count
    gradient_steps: Count
    wall_time_s: float
    mean_return: float | None
    """Mean of the last 100 training returns."""
    members: list[Member]
    evaluation_return: float | None = None
    """Mean return of the evaluation that was just made of this policy."""
    versions: dict[str, str] = {}
    """Libraries that computed it."""
    ends_run: bool = False
    """Whether training ends with it, before its timesteps are done."""


class Policy(_Message, frozen=True, tag="policy"):
    """The policy as it is now, for the showcase."""

    timestep: Count
    members: list[Member]


class PolicyLoaded(_Message, frozen=True, tag="policy_loaded"):
    """Showcase: the policy plays from now on, or why it does not; the earlier one then goes on."""

    timestep: Count
    failure: str | None = None


class Artifact(_Message, frozen=True, tag="artifact"):
    """A file for the run's folder."""

    path: str
    kind: str
    member: Member
    message: str
    data: Json = {}


class Evaluated(_Message, frozen=True, tag="evaluated"):
    """An episode of an evaluation is over."""

    row: EpisodeOutcome


class Played(_Message, frozen=True, tag="played"):
    """Every episode of an evaluation is over; films may follow."""

    duration_s: float
    no_film_reason: str | None
    """Why no films will follow that were asked for."""
    metrics: dict[str, float | None] = {}
    """What the user's own evaluation said; None for a number that is not finite."""
    metrics_problem: str | None = None
    """Why it said nothing."""


class EvaluationFilm(_Message, frozen=True, tag="evaluation_film"):
    """The film of one episode, played again from its seed; without a member: why there is none."""

    episode: Count
    member: Member | None
    num_frames: Count = 0
    fps: float = 0.0
    width: Count = 0
    height: Count = 0
    note: str | None = None
    """What a viewer should know, or why there is no film."""


class ModelRead(_Message, frozen=True, tag="model_read"):
    """A policy that was read, built and seen acting."""

    format: str
    """How the file was written."""
    policy: Json
    """`PolicyDescription` as JSON."""
    timestep: Count
    """Timesteps that it was trained for."""
    episodes: Count
    members: list[Member]
    mean_return: float | None = None
    """Mean training return, as the file says."""
    versions: dict[str, str] = {}
    """Libraries that computed it, as the file says."""
    notes: list[str] = []
    """What a person should know."""


class ModelWritten(_Message, frozen=True, tag="model_written"):
    """The file that was asked for."""

    file: Member


class Tried(_Message, frozen=True, tag="tried"):
    """What a trial found."""

    result: bytes
    """JSON, as the API answers it for this task."""


class Finished(_Message, frozen=True, tag="finished"):
    """Training is over and the last checkpoint was sent."""

    outcome: Literal["completed", "stopped"]
    timestep: Count
    episodes: Count
    wall_time_s: float


class Failed(_Message, frozen=True, tag="failed"):
    """Training ended with an error."""

    code: str
    detail: str
    hint: str | None
    line: str | None
    """`file:line` of the innermost frame that belongs to the user or to gymlab."""
    traceback: str


FromWorker = (
    Ready
    | Initialized
    | Started
    | Episodes
    | Learner
    | LearnerPicture
    | Replay
    | PhaseChanged
    | Paused
    | Unpaused
    | Heartbeat
    | LogEvent
    | Frame
    | FramesUnavailable
    | FrameStatus
    | BlobRequest
    | Checkpoint
    | Policy
    | PolicyLoaded
    | Artifact
    | Evaluated
    | Played
    | EvaluationFilm
    | ModelRead
    | ModelWritten
    | Tried
    | PreviewReady
    | PreviewState
    | Finished
    | Failed
)
