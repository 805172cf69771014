"""What is known of a run that is being made out."""

from dataclasses import dataclass, field
from typing import Any

from gymlab.domain.code import SourceCode
from gymlab.domain.environments import EnvironmentInfo, SpaceInfo
from gymlab.domain.runners import AlgorithmDescription, Preset, RunnerDescription
from gymlab.domain.runs import Device, StartFrom, WrapperSpec
from gymlab.errors import FieldProblem

DEFAULT_TOTAL_TIMESTEPS = 1_000_000


@dataclass(slots=True)
class Draft:
    """A run that is being made out, as far as it is known."""

    env: EnvironmentInfo | None = None
    runner: RunnerDescription | None = None
    algorithm: AlgorithmDescription | None = None
    preset: Preset | None = None
    hyperparameters: dict[str, Any] = field(default_factory=dict[str, Any])
    total_timesteps: int = DEFAULT_TOTAL_TIMESTEPS
    device: Device = Device.AUTO
    may_use_card: bool = False
    """Whether the device was left open and the run is expected to gain from this machine's card."""
    start_from: StartFrom | None = None
    environment_code: SourceCode | None = None
    reward_code: SourceCode | None = None
    reward_formula: dict[str, str] | None = None
    wrappers: tuple[WrapperSpec, ...] = ()
    observation_space: SpaceInfo | None = None
    """What the agent is given through the wrappers, once they are known."""
    first_timestep: int = 0
    """Timesteps of the budget that a fork finds done."""
    problems: list[FieldProblem] = field(default_factory=list[FieldProblem])

    @property
    def observed(self) -> SpaceInfo | None:
        """What the agent is given, as far as it is known."""
        env_space = self.env.observation_space if self.env is not None else None
        return self.observation_space or env_space

    def refuse(self, name: str, code: str, detail: str, hint: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(FieldProblem(name, code, detail, hint))
