"""Messages of a preview: an environment that somebody looks at and acts in, without training.

`Ready`, `StartPreview`, `PreviewReady`, then commands one way and states and pictures the other.
"""

from typing import Any, Literal, get_args

import msgspec

from gymlab.protocol.parts import Count, Json, Member

Controller = Literal["random", "human", "checkpoint", "hybrid"]
"""Who acts: chance, a person, a policy, or a policy that a person overrules."""
CONTROLLERS: tuple[Controller, ...] = get_args(Controller)
CommandKind = Literal["step", "play", "pause", "action", "key", "seek", "reset", "speed"]


class StartPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type",
                   tag="start_preview"):  # fmt: skip
    """Make an environment and show its first state; one descriptor per member follows."""

    env_id: str
    env_kwargs: Json
    seed: int
    controller: Controller
    environment_code: Json | None = None
    """`SourceCode` of a user's own environment."""
    meanings: list[str] = []
    """What each discrete action does, in words."""
    spec: Json | None = None
    """`RunSpec` of the run whose policy plays, as JSON."""
    timestep: int = 0
    """Timesteps that the policy was trained for."""
    members: list[Member] = []


class PreviewCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type",
                     tag="preview_command"):  # fmt: skip
    """Something that a viewer wants."""

    kind: CommandKind
    number: float | None = None
    """Timesteps of `step`, place of `seek`, seed of `reset`, times natural of `speed`."""
    action: Any = None
    keys: list[str] = []
    """Keys that are down."""
    id: int | None = None
    """Number by which the viewer knows the state that answers it."""


class PreviewReady(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type",
                   tag="preview_ready"):  # fmt: skip
    """The environment exists; its first state follows."""

    natural_fps: float
    """Timesteps a second at which it looks right."""
    keys: dict[str, str]
    """Key -> what it does."""


class PreviewState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type",
                   tag="preview_state"):  # fmt: skip
    """What the environment and the viewer's place in the episode are now."""

    observation: Any
    """As JSON; a picture by its shape."""
    action: Any
    """What led here; null at the beginning."""
    reward: float | None
    terms: dict[str, float | None]
    """Named parts of the reward, where the environment says them."""
    terminated: bool
    truncated: bool
    info: Json
    timestep: Count
    """Timestep within the episode."""
    last_timestep: Count
    """How far the episode was played already: `seek` goes there without surprises."""
    episode: Count
    episode_return: float | None
    seed: Count
    """Seed that the episode began with."""
    is_playing: bool
    notice: str | None = None
    """Why the last command was not obeyed."""
    answers: int | None = None
    """`id` of the last command that had one and was obeyed or refused."""
