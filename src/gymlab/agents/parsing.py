"""Hyperparameters checked against the model of their algorithm, with a sentence per problem."""

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gymlab.agents.fields import HyperparameterModel
from gymlab.domain.networks import read_network
from gymlab.errors import FieldProblem, InvalidInputError

_SHOWN_CHARACTERS = 80

Config = TypeVar("Config", bound=HyperparameterModel)


def parse_config(model: type[Config], hyperparameters: Mapping[str, Any]) -> Config:
    """Check hyperparameters and fill in the defaults.

    Raises:
        InvalidInputError: Fields are unknown, missing or out of range, or the network is wrong.
    """
    problems: list[FieldProblem] = []
    network = hyperparameters.get("network")
    if network is not None and "network" in model.model_fields:
        problems = read_network(network, "hyperparameters.network")[1]
    if not problems:
        try:
            return model.model_validate(dict(hyperparameters))
        except ValidationError as error:
            found: dict[str, FieldProblem] = {}
            for item in error.errors(include_url=False):
                problem = _problem(model, item)
                found.setdefault(problem.field, problem)
            problems = list(found.values())
    detail = " ".join(problem.detail for problem in problems)
    raise InvalidInputError(detail, hint=problems[0].hint, fields=problems)


def _problem(model: type[HyperparameterModel], error: ErrorDetails) -> FieldProblem:
    name = str(error["loc"][0])[:_SHOWN_CHARACTERS] if error["loc"] else "hyperparameters"
    field = f"hyperparameters.{name}"
    if error["type"] == "extra_forbidden":
        closest = difflib.get_close_matches(name, list(model.model_fields), n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(closest)}?" if closest else None
        return FieldProblem(field, "unknown_field", f"No hyperparameter {name!r}.", hint)
    shown = repr(error["input"])[:_SHOWN_CHARACTERS]
    detail = f"{name} = {shown} is not allowed: {error['msg'][0].lower()}{error['msg'][1:]}."
    return FieldProblem(field, str(error["type"]), detail)
