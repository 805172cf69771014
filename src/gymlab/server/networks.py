"""Networks of runs, judged without a worker: the schema says what an algorithm can build."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gymlab.domain.environments import EnvironmentInfo
from gymlab.domain.network_shapes import (
    NetworkReport,
    action_outputs,
    input_shape,
    observation_kind,
    report_network,
)
from gymlab.domain.networks import NETWORK_CONTROL, NetworkSpec, read_network
from gymlab.errors import FieldProblem


@dataclass(frozen=True, slots=True)
class JudgedNetwork:
    """A network on the observations of an environment."""

    spec: NetworkSpec | None
    """The network; None where it cannot be read."""
    report: NetworkReport | None
    """What goes through it; None where it, or the environment, is not known."""
    problems: list[FieldProblem]
    """Why it cannot be trained."""


def network_field(schema: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """Return the hyperparameter that holds the network, by name; None where there is none."""
    properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    for name, declared in properties.items():
        if declared.get("control") == NETWORK_CONTROL:
            return name, declared
    return None


def default_network(declared: Mapping[str, Any], env: EnvironmentInfo | None) -> dict[str, Any]:
    """Return the network that is taken where none is named.

    Args:
        declared: The hyperparameter's part of the schema.
        env: Where it is to look at; None for an environment whose observation is a vector.
    """
    space = env.observation_space if env is not None else None
    shape = input_shape(space) if space is not None else None
    return dict(declared["defaults"][observation_kind(shape or (1,))])


def judge_network(
    document: Any,
    declared: Mapping[str, Any],
    env: EnvironmentInfo | None,
    hyperparameters: Mapping[str, Any],
    field: str,
) -> JudgedNetwork:
    """Read a network and follow an observation through it.

    Args:
        document: What was written.
        declared: The hyperparameter's part of the schema.
        env: Whose observations go in.
        hyperparameters: The others, which may switch outputs on.
        field: Path of the network in the request.
    """
    spec, problems = read_network(document, field)
    if spec is None or env is None:
        return JudgedNetwork(spec, None, problems)
    heads = list(declared["heads"])
    if spec.critic_layers is not None and "value" not in heads:
        detail = "critic_layers is for algorithms with a critic."
        problems.append(FieldProblem(f"{field}.critic_layers", "not_allowed", detail, "Remove it."))
    observation, action = env.observation_space, env.action_space
    shape = input_shape(observation) if observation is not None else None
    outputs = action_outputs(action) if action is not None else None
    if shape is None or outputs is None or action is None:
        return JudgedNetwork(spec, None, problems)
    widths = {name: 1 if name == "value" else outputs for name in heads}
    for name, switch in declared["optional_heads"].items():
        if hyperparameters.get(switch) is True:
            widths[name] = 1
    is_gaussian = action.type == "Box" and "policy" in heads
    report = report_network(
        spec,
        shape,
        widths,
        may_remember=bool(declared["may_remember"]),
        extra_parameters=outputs if is_gaussian else 0,
        missing_layers=declared.get("missing_layers", ()),
    )
    problems += [FieldProblem(field, "impossible_network", text) for text in report.problems]
    return JudgedNetwork(spec, report, problems)
