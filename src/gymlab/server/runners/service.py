"""Listing runners, their defaults and the networks that they build."""

from gymlab.domain.network_shapes import LayerReport
from gymlab.domain.runners import AlgorithmDescription, RunnerDescription
from gymlab.errors import AlgorithmNotFoundError, InvalidInputError
from gymlab.server.answers import ErrorField, Page
from gymlab.server.catalogue.catalogue import Catalogue, closest, find_algorithm
from gymlab.server.networks import default_network, judge_network, network_field
from gymlab.server.runners.schemas import (
    AlgorithmItem,
    CheckedLayer,
    CheckedNetwork,
    DefaultConfiguration,
    NetworkQuestion,
    RunnerItem,
)


def list_runners(catalogue: Catalogue) -> Page[RunnerItem]:
    """Return the runners that a person may choose."""
    listed = [runner for runner in catalogue.runners if runner.manifest.is_listed]
    return Page[RunnerItem](items=[_item(runner) for runner in listed])


def _item(runner: RunnerDescription) -> RunnerItem:
    manifest = runner.manifest
    return RunnerItem(
        id=manifest.id,
        title=manifest.title,
        kind=manifest.kind.value,
        summary=manifest.summary,
        available=runner.available,
        unavailable_reason=runner.unavailable_reason,
        capabilities=manifest.capabilities,
        compiled_environments=manifest.compiled_environments,
        vectorised_environments=manifest.vectorised_environments,
        model_formats=manifest.model_formats,
        versions=runner.versions,
        engine_priority=manifest.engine_priority,
        algorithms=[
            AlgorithmItem(
                id=item.id,
                title=item.title,
                summary=item.summary,
                paper=item.paper,
                action_spaces=item.action_spaces,
                observation_spaces=item.observation_spaces,
                main_loss=item.main_loss,
                schema=item.schema_,
                presets=item.presets,
            )
            for item in runner.algorithms
        ],
    )


def default_configuration(
    catalogue: Catalogue, runner_id: str, algorithm_id: str, env_id: str | None
) -> DefaultConfiguration:
    """Return every hyperparameter with its default.

    Raises:
        AlgorithmNotFoundError: There is no such runner or algorithm.
        EnvironmentNotFoundError: There is no such environment.
    """
    algorithm = _algorithm(catalogue, runner_id, algorithm_id)
    env = catalogue.environment(env_id)[0] if env_id is not None else None
    properties = algorithm.schema_.get("properties", {})
    values = {
        name: declared["default"] for name, declared in properties.items() if "default" in declared
    }
    network = network_field(algorithm.schema_)
    if network is not None:
        values[network[0]] = default_network(network[1], env)
    return DefaultConfiguration(
        runner=runner_id,
        algorithm=algorithm_id,
        env_id=env.id if env is not None else None,
        hyperparameters=values,
    )


def check_network(
    catalogue: Catalogue, runner_id: str, question: NetworkQuestion
) -> CheckedNetwork:
    """Say what goes through a network.

    Raises:
        AlgorithmNotFoundError: There is no such runner or algorithm.
        EnvironmentNotFoundError: There is no such environment.
        InvalidInputError: The algorithm's network is not built from layers.
    """
    algorithm = _algorithm(catalogue, runner_id, question.algorithm)
    env, _ = catalogue.environment(question.env_id)
    found = network_field(algorithm.schema_)
    if found is None:
        raise InvalidInputError(
            f"The network of {algorithm.title} of {runner_id} is not built from layers.",
            hint="Runners with the capability network_builder build networks from layers.",
        )
    document = question.network
    if document is None:
        document = default_network(found[1], env)
    judged = judge_network(document, found[1], env, question.hyperparameters, "network")
    report = judged.report
    return CheckedNetwork(
        ok=not judged.problems,
        network=judged.spec.model_dump(mode="json") if judged.spec is not None else None,
        input_shape=list(report.input_shape) if report is not None else None,
        layers=[_layer(layer) for layer in report.layers] if report is not None else [],
        critic_layers=[_layer(layer) for layer in report.critic_layers] if report else [],
        heads=dict(report.heads) if report is not None else {},
        num_parameters=report.num_parameters if report is not None else 0,
        problems=[
            ErrorField(field=item.field, code=item.code, detail=item.detail, hint=item.hint)
            for item in judged.problems
        ],
    )


def _layer(layer: LayerReport) -> CheckedLayer:
    return CheckedLayer(
        type=layer.type,
        shape=list(layer.shape) if layer.shape is not None else None,
        num_parameters=layer.num_parameters,
        problem=layer.problem,
        hint=layer.hint,
    )


def _algorithm(catalogue: Catalogue, runner_id: str, algorithm_id: str) -> AlgorithmDescription:
    runner = catalogue.runner(runner_id)
    if runner is None:
        near = closest(runner_id, catalogue.runner_ids()) or catalogue.runner_ids()
        raise AlgorithmNotFoundError(
            f"There is no runner {runner_id[:100]!r}.", hint=f"There are: {', '.join(near)}."
        )
    algorithm = find_algorithm(runner, algorithm_id)
    if algorithm is None:
        known = ", ".join(item.id for item in runner.algorithms)
        raise AlgorithmNotFoundError(
            f"{runner.manifest.title} has no algorithm {algorithm_id[:100]!r}.",
            hint=f"There are: {known}." if known else runner.unavailable_reason,
        )
    return algorithm
