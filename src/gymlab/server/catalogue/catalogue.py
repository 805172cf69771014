"""Environments and runners as data."""

import copy
import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from gymlab.domain.environments import EnvironmentInfo
from gymlab.domain.runners import AlgorithmDescription, Preset, RunnerDescription
from gymlab.errors import EnvironmentNotFoundError

MAX_SUGGESTIONS = 3
TUNED, STABLE = "tuned", "stable"


class Catalogue:
    """Everything that `python -m gymlab.worker describe` said."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Read the document.

        Raises:
            ValueError: It does not have the expected form.
        """
        self.environments = [
            EnvironmentInfo.model_validate(item) for item in document["environments"]
        ]
        self.runners = [RunnerDescription.model_validate(item) for item in document["runners"]]
        self.versions: dict[str, str] = dict(document.get("versions", {}))
        self._by_id = {info.id: info for info in self.environments}
        self._aliases = {alias: info for info in self.environments for alias in info.aliases}
        self._runners = {runner.manifest.id: runner for runner in self.runners}

    def with_environments(self, added: Iterable[EnvironmentInfo]) -> "Catalogue":
        """Return the same catalogue with more entries, found by id and not by alias."""
        more = copy.copy(self)
        own = {info.id: info for info in added}
        more.__dict__["_by_id"] = {**self._by_id, **own}
        return more

    def environment(self, env_id: str) -> tuple[EnvironmentInfo, str | None]:
        """Return an entry, and a notice when an older id was asked for.

        Raises:
            EnvironmentNotFoundError: There is none; names the closest ones.
        """
        if (info := self._by_id.get(env_id)) is not None:
            return info, None
        if (info := self._aliases.get(env_id)) is not None:
            notice = (
                f"`{env_id}` was replaced by `{info.id}`; returns may differ from older results."
            )
            return info, notice
        raise EnvironmentNotFoundError(env_id[:200], closest(env_id, self._by_id))

    def current_id(self, env_id: str) -> str:
        """Return the id that replaced an older one, else the id itself, known or not."""
        alias = self._aliases.get(env_id)
        return env_id if alias is None or env_id in self._by_id else alias.id

    def runner(self, runner_id: str) -> RunnerDescription | None:
        """Return a runner; None when there is none."""
        return self._runners.get(runner_id)

    def runner_ids(self) -> list[str]:
        """Return the ids of the runners a person may choose."""
        return [runner.manifest.id for runner in self.runners if runner.manifest.is_listed]

    def runners_with(self, algorithm: str) -> list[RunnerDescription]:
        """Return the listed runners that have an algorithm, available ones first."""
        found = [
            runner
            for runner in self.runners
            if runner.manifest.is_listed
            and any(item.id == algorithm for item in runner.manifest.algorithms)
        ]
        return sorted(found, key=lambda runner: not runner.available)


def find_algorithm(runner: RunnerDescription, algorithm: str) -> AlgorithmDescription | None:
    """Return an algorithm of a runner; None when it has none of that id."""
    return next((item for item in runner.algorithms if item.id == algorithm), None)


def find_preset(algorithm: AlgorithmDescription, preset: str, env_id: str) -> Preset | None:
    """Return a preset: the one made for the environment before the one for any."""
    fitting = [item for item in algorithm.presets if item.id == preset]
    own = next((item for item in fitting if item.env_id == env_id), None)
    return own or next((item for item in fitting if item.env_id is None), None)


def default_preset(algorithm: AlgorithmDescription, env_id: str) -> Preset | None:
    """Return the tuned preset where it exists for the pair, else the stable one."""
    tuned = find_preset(algorithm, TUNED, env_id)
    return tuned or find_preset(algorithm, STABLE, env_id)


def closest(word: str, known: Iterable[str]) -> list[str]:
    """Return the names most like a word, whatever their case."""
    by_lower = {name.lower(): name for name in known}
    word = word[:200].lower()
    found = difflib.get_close_matches(word, by_lower, n=MAX_SUGGESTIONS, cutoff=0.5)
    if not found:
        found = [name for name in by_lower if word and word in name][:MAX_SUGGESTIONS]
    return [by_lower[name] for name in found]
