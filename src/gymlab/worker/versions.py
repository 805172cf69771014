"""Which libraries compute a run, and which of them changed since its checkpoint."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from gymlab.domain.runs import RunSpec
from gymlab.envs.making import listed_environments, resolve_env_id
from gymlab.runner_api.runner import Runner

_PACKAGES = {"Box2D": "box2d", "PIL": "pillow"}
"""Module -> package where they are called differently."""


def versions_of_run(runner: Runner, spec: RunSpec) -> dict[str, str]:
    """Return the versions of the runner's libraries and of the environment's packages."""
    found = dict(runner.versions())
    for module in _modules_of(spec):
        package = _PACKAGES.get(module, module)
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _modules_of(spec: RunSpec) -> tuple[str, ...]:
    if spec.environment_code is not None:
        # What its source imports is not known; these are what most of them stand on.
        return ("gymnasium", "numpy")
    return listed_environments()[resolve_env_id(spec.env_id).env_id].family.modules


def changed_versions(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the libraries whose version is another one: name -> [before, now]."""
    return {
        name: [before[name], now[name]]
        for name in sorted(before.keys() & now.keys())
        if before[name] != now[name]
    }
