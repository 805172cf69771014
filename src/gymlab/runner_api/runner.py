"""The contract between the worker and a training backend.

A runner is a folder `gymlab/runners/<id>/` with a `runner.toml` and a module
`runner.py` that defines `RUNNER`, an object with the methods below. Nothing
outside that folder names it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import gymnasium
import numpy as np
from numpy.typing import NDArray

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase, RunSpec
from gymlab.protocol.parts import Thoughts
from gymlab.runner_api.learner_view import LearnerView
from gymlab.runner_api.pool_tracking import PoolTracker, PoolView
from gymlab.runner_api.reward_batch import RewardBatch

Members = Mapping[str, bytes | bytearray | memoryview]
"""File name -> content of a checkpoint or policy."""


class TrainingStopped(BaseException):
    """Unwinds the training thread after a stop was asked for.

    Derives from `BaseException` so that no backend swallows it. A runner lets it
    pass; the worker then reports the run as stopped with its last safe checkpoint.
    """


class BudgetSpent(TrainingStopped):
    """Unwinds the training thread because a budget other than timesteps is spent.

    The run counts as completed, so a runner catches this one, saves a last
    checkpoint as it does at the end of its timesteps, and lets it pass.
    """


@dataclass(frozen=True, slots=True)
class Resume:
    """The state a run continues from."""

    timestep: int
    """Timesteps done."""
    episodes: int
    """Episodes finished."""
    gradient_steps: int
    """Optimizer updates done."""
    wall_time_s: float
    """Training time spent."""
    members: Members
    """Files of the checkpoint. Members marked transient may be absent."""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    """Libraries that computed it, where known."""
    is_over: bool = False
    """Whether training had ended early with this state: there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class CheckpointMembers:
    """A complete state, as files."""

    durable: Members
    """Kept with every checkpoint: `policy.safetensors`, `state.pt`, ..."""
    transient: Members
    """Kept with the two latest checkpoints only: a replay buffer."""


class Stage(Protocol):
    """The training environments, as the live view sees them.

    Called on the training thread only.
    """

    @property
    def num_envs(self) -> int:
        """Number of sub-environments."""
        ...

    def render(self, env_index: int) -> NDArray[np.uint8] | None:
        """Return an (H, W, 3) picture of a sub-environment, or None when it has none now."""
        ...


class RunContext(Protocol):
    """The worker's services for one run."""

    @property
    def spec(self) -> RunSpec:
        """The run's specification."""
        ...

    @property
    def device(self) -> str:
        """Torch name of the device resolved for this run: cpu, cuda, cuda:0 or mps."""
        ...

    @property
    def resume(self) -> Resume | None:
        """Where to continue; None for a new run."""
        ...

    @property
    def initial_policy(self) -> Members | None:
        """Files of another run's policy that a new run begins with; None for fresh weights.

        The weights and the normalisation of observations are taken over, the optimizers,
        counters and exploration are the run's own.
        """
        ...

    def make_env(self, env_index: int, *, seed: int | None = None) -> gymnasium.Env[Any, Any]:
        """Make one training environment, tracked: episodes, frames and resets are seen to.

        Every `step` of it counts one timestep and reports finished episodes with the
        environment's own rewards. The caller adds its own wrappers on top and seeds it.
        """
        ...

    def track_pool(self, view: PoolView) -> PoolTracker:
        """Have environments counted and shown that the runner steps all at once, by itself.

        Takes the place of `make_env`. The runner calls `PoolTracker.step` after every step, and is
        then the one who seeds, resets and restores its environments.
        """
        ...

    def batch_rewards(self) -> RewardBatch | None:
        """Let the runner have the rewards of all its environments computed at once.

        Call it after all environments were made, where they are stepped together. From then on the
        reward that `step` returns means nothing: `RewardBatch.settle` gives the rewards, after
        every environment was stepped and before any is reset.

        Returns:
            None where `step` returns the rewards as usual.
        """
        ...

    def restore_environments(self) -> bool:
        """Continue every environment made so far in the middle of its episode.

        Call it on resume, after all environments were made and before any is reset. Those that
        continue must not be reset: the runner goes on with the observations it saved itself.

        Returns:
            False where they cannot continue; the event log then says why, and the runner resets
            them with seeds of its own.
        """
        ...

    def initialized(self, *, num_envs: int, message: str) -> None:
        """Say that environments and agent exist."""
        ...

    def started(self) -> None:
        """Say that the first timestep is about to be taken; training time runs from here."""
        ...

    def gate(self) -> None:
        """Block while paused; cheap otherwise. Call it before every optimizer step.

        Raises:
            TrainingStopped: A stop was asked for.
        """
        ...

    def after_timesteps(self) -> None:
        """Call once after every step of the vector environment: gate, pictures, budgets.

        Raises:
            TrainingStopped: A stop was asked for or a budget other than timesteps is spent.
        """
        ...

    def phase(self, phase: Phase) -> None:
        """Say what the training thread does from now on."""
        ...

    def learner(
        self,
        metrics: Mapping[str, float],
        *,
        gradient_steps: int,
        native: Mapping[str, float] | None = None,
    ) -> None:
        """Report measurements of the learner under house names (and native ones beside)."""
        ...

    def event(
        self,
        event_type: EventType,
        message: str,
        *,
        level: EventLevel = EventLevel.INFO,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an entry to the run's event log."""
        ...

    def evaluation_due(self) -> bool:
        """Tell, at a safe point and at the end, whether the policy is to be evaluated now.

        Ask before `checkpoint_due`: a checkpoint is due right after an evaluation.
        """
        ...

    def evaluate(self, members: Members) -> None:
        """Play the policy greedily in environments of its own and report what comes of it.

        The global random generators are left as they were, and training time stands still.

        Raises:
            TrainingStopped: A stop was asked for.
            BudgetSpent: The return at which training is to end is reached.
        """
        ...

    def take_changes(self) -> Mapping[str, Any]:
        """Return hyperparameters that somebody changed since the last call, by name.

        Call it at every safe point where `runner.toml` declares `live_hyperparameters`. The
        runner applies them, says so with an event `hyperparameter_changed` and takes a
        checkpoint that holds them.
        """
        ...

    def checkpoint_due(self) -> bool:
        """Tell, at a safe point, whether a checkpoint should be taken now."""
        ...

    def save_checkpoint(self, members: CheckpointMembers) -> None:
        """Store a complete state taken at a safe point; returns when the bytes are handed over."""
        ...

    def picture_due(self) -> bool:
        """Tell, before training and at every safe point, whether a picture of the learner is due.

        Ask before `checkpoint_due`.
        """
        ...

    def picture(self, view: LearnerView) -> None:
        """Keep a picture of the learner: its weights, gradients and values.

        Nothing random is drawn and nothing of the learner is changed.
        """
        ...

    def policy_wanted(self) -> bool:
        """Tell whether somebody watches the showcase and a newer policy is due."""
        ...

    def send_policy(self, members: Members) -> None:
        """Hand over the policy as it is now, for the showcase."""
        ...


class Actor(Protocol):
    """A trained policy that can act; holds its recurrent state.

    Whatever is random in `act` depends on the global generators of Python, NumPy and torch as
    they are at `reset` and on nothing else, so that an episode can be played again.
    """

    def reset(self) -> None:
        """Forget the recurrent state: a new episode begins."""
        ...

    def act(self, observation: Any, *, deterministic: bool) -> Any:
        """Return the action for one observation of the environment of `Runner.make_env`."""
        ...


@runtime_checkable
class Thinker(Protocol):
    """An actor that can say what it makes of an observation."""

    def think(self, observation: Any) -> Thoughts:
        """Look at an observation without acting on it; memory and generators stay as they are."""
        ...


class Runner(Protocol):
    """Adapter between the lab and one training backend. Holds no state between runs."""

    def describe(self) -> Mapping[str, dict[str, Any]]:
        """Return the JSON Schema of every algorithm's hyperparameters, by algorithm id."""
        ...

    def versions(self) -> Mapping[str, str]:
        """Return the versions of the libraries that decide what this backend computes."""
        ...

    def problems(self, spec: RunSpec) -> Sequence[str]:
        """Say, before anything starts, why this specification cannot be trained; else empty."""
        ...

    def warm_up(self) -> None:
        """Import and touch whatever makes the first run slow; called in an idle worker."""
        ...

    def train(self, context: RunContext) -> None:
        """Train until the budget is spent; a stop arrives as `TrainingStopped`.

        Takes a last checkpoint at the end of a completed run.

        Raises:
            LabError: The backend failed in a way the user can act on.
        """
        ...

    def make_env(
        self, spec: RunSpec, *, render_mode: Literal["rgb_array"] | None
    ) -> gymnasium.Env[Any, Any]:
        """Make one environment as the policy sees it, for showcase and evaluation."""
        ...

    def load_actor(self, spec: RunSpec, members: Members) -> Actor:
        """Rebuild the policy from a checkpoint's or policy's files, normalisation included."""
        ...


@runtime_checkable
class Preparer(Protocol):
    """A runner that makes something once for the whole installation."""

    def prepare(self) -> None:
        """Make it. Called by the set-up in a process that runs no code of users."""
        ...
