"""Why a specification cannot be trained, said before anything starts."""

import tomllib
from functools import cache
from importlib.resources import files

from gymlab.agents.refusing import find_problems as find_problems_of
from gymlab.domain.runners import RunnerManifest
from gymlab.domain.runs import RunSpec
from gymlab.runners.native.algorithms import CONFIGS


@cache
def read_manifest() -> RunnerManifest:
    """Return this backend's `runner.toml`."""
    text = files(__package__ or "").joinpath("runner.toml").read_text(encoding="utf-8")
    return RunnerManifest.model_validate(tomllib.loads(text))


def find_problems(spec: RunSpec) -> list[str]:
    """Return one sentence per reason; empty where the specification can be trained."""
    return find_problems_of(spec, read_manifest(), CONFIGS)
