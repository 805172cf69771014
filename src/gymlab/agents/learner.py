"""What an agent of ours is in the middle of a run, whatever computes it.

An iteration collects timesteps and then learns; between two iterations is the safe point at which
everything can be saved.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast

from safetensors import SafetensorError

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.fields import scheduled_value
from gymlab.agents.normalising import Normaliser, RunningMoments
from gymlab.agents.observing import ObservationEncoder
from gymlab.domain.runs import Phase
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.learner_view import LearnerView
from gymlab.runner_api.runner import CheckpointMembers, Members, RunContext

STATE_FILE = "state.json"
TENSORS_FILE = "state.safetensors"
_FORMAT = 1

Tensor = TypeVar("Tensor")
Metrics = dict[str, float]


class Learner(ABC):
    """Policy, learning rule and everything in between."""

    iteration_timesteps: int
    """Timesteps of one iteration, all environments together."""

    moments: ClassVar[type[RunningMoments]] = RunningMoments
    """Computes what observations and rewards are scaled by."""

    def __init__(
        self, config: AgentConfig, encoder: ObservationEncoder, num_envs: int, context: RunContext
    ) -> None:
        """Begin at timestep 0.

        Args:
            config: Hyperparameters.
            encoder: Writes observations down.
            num_envs: Environments stepped in lockstep.
            context: Services of the run.
        """
        self.context = context
        self.num_envs = num_envs
        self.normaliser = Normaliser(config, encoder, num_envs, self.moments)
        self.total_timesteps = context.spec.total_timesteps
        self.learning_rate: float | str = config.learning_rate
        """Constant or schedule; may change while the run trains."""
        self.timestep = 0
        self.gradient_steps = 0
        self.is_reporting = True
        """Whether the next update is asked to measure itself."""
        self.metrics: Metrics = {}
        """What the last such update measured, under house names."""

    @property
    def progress(self) -> float:
        """Share of the budget that is used, 0 to 1."""
        return min(1.0, self.timestep / self.total_timesteps)

    @property
    def current_learning_rate(self) -> float:
        """Step size of the optimizer at this moment."""
        return scheduled_value(self.learning_rate, self.progress)

    @property
    @abstractmethod
    def has_diverged(self) -> bool:
        """Whether a weight became infinite or NaN."""

    @abstractmethod
    def begin_episodes(self) -> None:
        """Begin the first episodes in all environments."""

    def iterate(self) -> None:
        """Collect timesteps, then learn from them."""
        self.context.phase(Phase.ROLLOUT)
        self.collect()
        self.context.phase(Phase.UPDATE)
        self.learn()

    @abstractmethod
    def collect(self) -> None:
        """Take the timesteps up to the next update."""

    @abstractmethod
    def learn(self) -> None:
        """Update the network."""

    # ---- being looked at

    @abstractmethod
    def view(self) -> LearnerView:
        """Return what a picture is taken of."""

    # ---- saving

    @abstractmethod
    def policy_members(self) -> dict[str, bytes]:
        """Return the files that acting needs."""

    @abstractmethod
    def begin_with(self, members: Members) -> None:
        """Begin with another run's policy; optimizer, counters and exploration stay as they are."""

    @abstractmethod
    def checkpoint_members(self, extra: Mapping[str, Any]) -> CheckpointMembers:
        """Return the complete state.

        Args:
            extra: Plain data of the caller.
        """

    @abstractmethod
    def restore(self, members: Members) -> dict[str, Any]:
        """Continue from a checkpoint.

        Returns:
            What the caller saved.

        Raises:
            TrainingFailedError: The files are damaged or of another network.
        """

    def transient_members(self) -> dict[str, bytes]:
        """Return files that only the latest checkpoint keeps."""
        return {}

    def load_transient(self, members: Members) -> None:  # noqa: B027 - there may be nothing
        """Continue with those files, or without where they were not kept."""

    def counters(self, extra: Mapping[str, Any], **own: Any) -> bytes:
        """Return everything but arrays, as JSON.

        Args:
            extra: Plain data of the caller.
            **own: Plain data of the agent.
        """
        state = {
            "format": _FORMAT,
            "timestep": self.timestep,
            "gradient_steps": self.gradient_steps,
            "learning_rate": self.learning_rate,
            "metrics": self.metrics,
            **own,
            "extra": dict(extra),
        }
        return json.dumps(state).encode()

    def load_counters(self, state: Mapping[str, Any]) -> None:
        """Continue with them."""
        self.timestep = int(state["timestep"])
        self.gradient_steps = int(state["gradient_steps"])
        self.learning_rate = state["learning_rate"]
        self.metrics = dict(state["metrics"])


def read_state(
    members: Members, load: Callable[[bytes], dict[str, Tensor]]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the plain data and the arrays of a checkpoint.

    Args:
        members: Its files.
        load: Reads safetensors.

    Raises:
        TrainingFailedError: A file is missing or damaged.
    """
    for name in (STATE_FILE, TENSORS_FILE):
        if name not in members:
            raise TrainingFailedError(f"The checkpoint has no {name}.")
    try:
        state = json.loads(bytes(members[STATE_FILE]))
        tensors = load(bytes(members[TENSORS_FILE]))
    except (ValueError, KeyError, SafetensorError) as error:
        raise TrainingFailedError(f"The checkpoint's state cannot be read: {error}") from error
    if not isinstance(state, dict) or cast("dict[str, Any]", state).get("format") != _FORMAT:
        raise TrainingFailedError("The checkpoint's state has another format.")
    return cast("dict[str, Any]", state), tensors
