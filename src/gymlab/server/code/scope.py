"""What can be used inside code, for completion while it is written."""

from gymlab.domain.code import CodeKind
from gymlab.domain.environments import EnvironmentInfo
from gymlab.server.code.checking.imports import available_packages
from gymlab.server.code.schemas import CodeScope, ScopeArgument, ScopeModule
from gymlab.server.code.templates import snippets_for

_REWARD = (
    ("obs", "numpy.ndarray", "The observation that the agent acted on."),
    ("action", "numpy.ndarray | int", "What the agent did."),
    ("next_obs", "numpy.ndarray", "The observation that followed."),
    ("reward", "float", "The environment's own reward of this timestep."),
    ("terminated", "bool", "Whether the episode ended by itself."),
    ("truncated", "bool", "Whether a limit ended the episode."),
    ("info", "dict", "What the environment says besides."),
)
_ENVIRONMENT = (
    ("render_mode", "str | None", "`__init__`: `rgb_array` where pictures are wanted."),
    ("seed", "int | None", "`reset`: pass it on with `super().reset(seed=seed)`."),
    ("options", "dict | None", "`reset`: what an episode is to begin with, rarely used."),
    ("action", "numpy.ndarray | int", "`step`: an element of `self.action_space`."),
    ("self.np_random", "numpy.random.Generator", "Random numbers that follow the seed."),
)
_EVALUATION = (
    ("episodes", "list[Episode]", "The recorded episodes, in the order played."),
    (
        "episode.observations",
        "numpy.ndarray",
        "length + 1 of them: the last is the one at the end.",
    ),
    ("episode.actions", "numpy.ndarray", "One for each timestep."),
    ("episode.rewards", "numpy.ndarray", "The environment's own, one for each timestep."),
    ("episode.infos", "list[dict]", "What the environment said besides, one for each timestep."),
    ("episode.terminated", "bool", "Whether it ended by itself."),
    ("episode.truncated", "bool", "Whether a limit ended it."),
    ("episode.length", "int", "Timesteps."),
    ("episode.seed", "int", "Seed it began with."),
    ("episode.episode_return", "float", "Sum of the rewards."),
)
_TABLES = {
    CodeKind.REWARD: _REWARD,
    CodeKind.ENVIRONMENT: _ENVIRONMENT,
    CodeKind.EVALUATION: _EVALUATION,
}
_OBSERVATIONS = frozenset({"obs", "next_obs", "episode.observations"})
_ACTIONS = frozenset({"action", "episode.actions"})


def scope_of(kind: CodeKind, env: EnvironmentInfo | None) -> CodeScope:
    """Return what code of a kind can use.

    Args:
        kind: What the code is for.
        env: The environment it is for, where one was chosen.
    """
    arguments = [
        ScopeArgument(name=name, type=kind_of_value, doc=_told(name, doc, env))
        for name, kind_of_value, doc in _TABLES[kind]
    ]
    modules = [ScopeModule(name=name, doc=doc) for name, doc in available_packages().items()]
    return CodeScope(arguments=arguments, modules=modules, snippets=snippets_for(kind))


def _told(name: str, doc: str, env: EnvironmentInfo | None) -> str:
    if env is None:
        return doc
    if name in _OBSERVATIONS and env.observation_space is not None:
        return " ".join([doc, f"{env.observation_space.text}.", *_rows(env)])
    if name in _ACTIONS and env.action_space is not None:
        meanings = [f"{item.action}: {item.meaning}" for item in env.action_meanings]
        shown = f" ({'; '.join(meanings)})" if meanings else ""
        return f"{doc} {env.action_space.text}{shown}."
    return doc


def _rows(env: EnvironmentInfo) -> list[str]:
    """Return the environment's own table of observations, in words."""
    rows = [list(row.cells.values()) for row in env.observation_table]
    return [f"{': '.join(cells[:2])}." for cells in rows if len(cells) > 1]
