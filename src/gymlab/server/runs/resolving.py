"""From what a person asked for to a complete specification, or to what is wrong with it."""

import math
import secrets
from typing import Any

from gymlab.domain.code import SourceCode
from gymlab.domain.evaluations import MAX_EPISODES as MAX_EVALUATION_EPISODES
from gymlab.domain.hyperparameter_rules import RULES, Rule, broken_rules
from gymlab.domain.ids import new_run_id
from gymlab.domain.runners import AlgorithmDescription
from gymlab.domain.runs import (
    MAX_SEED,
    MAX_TOTAL_TIMESTEPS,
    Device,
    PeriodicEvaluation,
    RunSpec,
)
from gymlab.errors import EnvironmentNotFoundError
from gymlab.server.catalogue.catalogue import (
    Catalogue,
    closest,
    default_preset,
    find_algorithm,
    find_preset,
)
from gymlab.server.networks import default_network, judge_network, network_field
from gymlab.server.runs.choosing_device import choose_device
from gymlab.server.runs.custom_reward import check_reward
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.hyperparameters import (
    defaults_of,
    hyperparameter_problems,
    value_problems,
)
from gymlab.server.runs.reward_formula import resolve_formula
from gymlab.server.runs.schemas import NewRun
from gymlab.server.runs.wrapping import resolve_wrappers
from gymlab.server.texts import text_problems

MAX_EPISODES = 1_000_000_000


def resolve(
    body: NewRun, catalogue: Catalogue, *, device: Device, reward_code: SourceCode | None = None
) -> Draft:
    """Look everything up and fill in defaults, preset and given values, in that order."""
    draft = Draft(device=device, reward_code=reward_code)
    _environment(draft, body, catalogue)
    _runner(draft, body, catalogue)
    if draft.algorithm is not None:
        _hyperparameters(draft, body, draft.algorithm)
    _budget(draft, body)
    _evaluation(draft, body)
    resolve_wrappers(draft, body)
    check_reward(draft)
    resolve_formula(draft, body)
    _spaces(draft)
    _rules(draft)
    choose_device(draft)
    draft.problems += text_problems(name=body.name, tags=body.tags, notes=body.notes)
    return draft


def specification(draft: Draft, body: NewRun) -> RunSpec:
    """Return the complete specification of a draft without problems."""
    assert draft.env is not None and draft.runner is not None  # noqa: S101, PT018
    assert draft.algorithm is not None  # noqa: S101
    return RunSpec(
        run_id=new_run_id(),
        env_id=draft.env.id,
        env_kwargs=body.env_kwargs,
        runner=draft.runner.manifest.id,
        algorithm=draft.algorithm.id,
        hyperparameters=draft.hyperparameters,
        preset=draft.preset.id if draft.preset is not None else None,
        total_timesteps=draft.total_timesteps,
        max_episodes=body.max_episodes,
        seed=body.seed if body.seed is not None else secrets.randbelow(MAX_SEED + 1),
        device=draft.device,
        may_use_card=draft.may_use_card,
        checkpoint_every_timesteps=body.checkpoint_every_timesteps,
        evaluation=_planned_evaluation(body),
        start_from=draft.start_from,
        environment_code=draft.environment_code,
        reward_code=draft.reward_code,
        reward_formula=draft.reward_formula,
        wrappers=draft.wrappers,
        versions={**draft.runner.versions},
    )


def _environment(draft: Draft, body: NewRun, catalogue: Catalogue) -> None:
    try:
        info, _ = catalogue.environment(body.env_id)
    except EnvironmentNotFoundError as error:
        draft.refuse("env_id", "unknown_environment", error.detail, error.hint)
        return
    draft.env = info
    if not info.available:
        reason = info.unavailable_reason or "Something it needs is missing."
        draft.refuse("env_id", "environment_unavailable", f"{info.id} cannot be made: {reason}")
    draft.problems += value_problems("env_kwargs", body.env_kwargs)
    for name in body.env_kwargs:
        if info.default_kwargs and name not in info.default_kwargs:
            near = closest(name, info.default_kwargs)
            draft.refuse(
                f"env_kwargs.{name[:100]}",
                "unknown_argument",
                f"{info.id} has no argument {name[:100]!r}.",
                f"Did you mean {', '.join(near)}?" if near else None,
            )


def _runner(draft: Draft, body: NewRun, catalogue: Catalogue) -> None:
    if body.runner is None:
        with_it = catalogue.runners_with(body.algorithm)
        draft.runner = with_it[0] if with_it else None
    else:
        draft.runner = catalogue.runner(body.runner)
        if draft.runner is None:
            every_id = [runner.manifest.id for runner in catalogue.runners]
            near = closest(body.runner, every_id) or catalogue.runner_ids()
            draft.refuse(
                "runner",
                "unknown_runner",
                f"There is no runner {body.runner!r}.",
                f"There are: {', '.join(near)}.",
            )
            return
    if draft.runner is None:
        _unknown_algorithm(draft, body.algorithm, _all_algorithms(catalogue))
    elif not draft.runner.available:
        reason = draft.runner.unavailable_reason or "Something it needs is missing."
        draft.refuse("runner", "runner_unavailable", reason, draft.runner.manifest.install_hint)
    else:
        draft.algorithm = find_algorithm(draft.runner, body.algorithm)
        if draft.algorithm is None:
            known = [item.id for item in draft.runner.algorithms]
            _unknown_algorithm(draft, body.algorithm, known)


def _all_algorithms(catalogue: Catalogue) -> list[str]:
    listed = [runner for runner in catalogue.runners if runner.manifest.is_listed]
    return sorted({item.id for runner in listed for item in runner.manifest.algorithms})


def _unknown_algorithm(draft: Draft, algorithm: str, known: list[str]) -> None:
    near = closest(algorithm, known)
    hint = f"Did you mean {', '.join(near)}?" if near else f"There are: {', '.join(known)}."
    draft.refuse("algorithm", "unknown_algorithm", f"There is no algorithm {algorithm!r}.", hint)


def _hyperparameters(draft: Draft, body: NewRun, algorithm: AlgorithmDescription) -> None:
    env_id = draft.env.id if draft.env is not None else body.env_id
    if body.preset is not None:
        draft.preset = find_preset(algorithm, body.preset, env_id)
        if draft.preset is None:
            fitting = {item.id for item in algorithm.presets if item.env_id in {None, env_id}}
            draft.refuse(
                "preset",
                "unknown_preset",
                f"{algorithm.title} has no preset {body.preset!r} for {env_id[:100]}.",
                f"There are: {', '.join(sorted(fitting))}." if fitting else None,
            )
    elif body.hyperparameters is None:
        draft.preset = default_preset(algorithm, env_id)
    given = body.hyperparameters or {}
    preset = draft.preset.hyperparameters if draft.preset is not None else {}
    given = _given_with_network(draft, body.network, given, algorithm.schema_)
    draft.hyperparameters = {**defaults_of(algorithm.schema_), **preset, **given}
    problems = hyperparameter_problems(algorithm.schema_, given, draft.hyperparameters)
    draft.problems += problems
    if not problems:
        _complete_network(draft, algorithm.schema_)


def _given_with_network(
    draft: Draft, network: Any, given: dict[str, Any], schema: dict[str, Any]
) -> dict[str, Any]:
    """Return what was given with the network under the name of its hyperparameter."""
    if network is None:
        return given
    declared = network_field(schema)
    if declared is None:
        detail = "This algorithm's network cannot be built from layers."
        hint = "Leave network out, or choose a runner with the capability network_builder."
        draft.refuse("network", "not_supported", detail, hint)
        return given
    name = declared[0]
    if name in given and given[name] != network:
        detail = f"network and hyperparameters.{name} are not the same."
        draft.refuse("network", "contradiction", detail, "Leave one of them out.")
    return {**given, name: network}


def _complete_network(draft: Draft, schema: dict[str, Any]) -> None:
    """Write the network out with everything that was left to defaults, or say what is wrong."""
    found = network_field(schema)
    if found is None:
        return
    name, declared = found
    values = draft.hyperparameters
    document = values.get(name)
    if document is None:
        document = default_network(declared, draft.env)
    judged = judge_network(document, declared, draft.env, values, f"hyperparameters.{name}")
    draft.problems += judged.problems
    if judged.spec is not None:
        draft.hyperparameters = {**values, name: judged.spec.model_dump(mode="json")}


def _budget(draft: Draft, body: NewRun) -> None:
    if body.total_timesteps is not None:
        draft.total_timesteps = body.total_timesteps
    elif draft.preset is not None:
        draft.total_timesteps = draft.preset.total_timesteps
    limits = (
        ("total_timesteps", draft.total_timesteps, 1, MAX_TOTAL_TIMESTEPS),
        ("max_episodes", body.max_episodes, 1, MAX_EPISODES),
        ("seed", body.seed, 0, MAX_SEED),
        ("checkpoint_every_timesteps", body.checkpoint_every_timesteps, 1, MAX_TOTAL_TIMESTEPS),
    )
    for name, value, low, high in limits:
        if value is not None and not low <= value <= high:
            shown = f"{value:,}" if abs(value) < 10**30 else "far too large"
            draft.refuse(name, "out_of_range", f"{name} is {shown}; allowed: {low:,} to {high:,}.")
    draft.total_timesteps = min(max(draft.total_timesteps, 1), MAX_TOTAL_TIMESTEPS)


def _evaluation(draft: Draft, body: NewRun) -> None:
    plan = body.evaluation
    if plan is None:
        return
    limits = (
        ("every_timesteps", plan.every_timesteps, MAX_TOTAL_TIMESTEPS),
        ("num_episodes", plan.num_episodes, MAX_EVALUATION_EPISODES),
    )
    for name, value, high in limits:
        if not 1 <= value <= high:
            shown = f"{value:,}" if abs(value) < 10**30 else "far too large"
            detail = f"evaluation.{name} is {shown}; allowed: 1 to {high:,}."
            draft.refuse(f"evaluation.{name}", "out_of_range", detail)
    if 1 <= draft.total_timesteps < plan.every_timesteps <= MAX_TOTAL_TIMESTEPS:
        draft.refuse(
            "evaluation.every_timesteps",
            "never_due",
            f"Evaluations every {plan.every_timesteps:,} timesteps never come in a run of "
            f"{draft.total_timesteps:,}.",
            "Evaluate more often or train longer.",
        )
    wished = plan.stop_at_return
    if wished is not None and not math.isfinite(wished):
        draft.refuse(
            "evaluation.stop_at_return", "not_finite", "evaluation.stop_at_return must be a number."
        )


def _planned_evaluation(body: NewRun) -> PeriodicEvaluation | None:
    plan = body.evaluation
    return PeriodicEvaluation.model_validate(plan.model_dump()) if plan is not None else None


def _spaces(draft: Draft) -> None:
    env, algorithm, runner = draft.env, draft.algorithm, draft.runner
    if env is None or algorithm is None or runner is None:
        return
    action, observation = env.action_space, draft.observed
    if action is not None and action.type not in algorithm.action_spaces:
        fitting = [item.title for item in runner.algorithms if action.type in item.action_spaces]
        draft.refuse(
            "algorithm",
            "action_space",
            f"{algorithm.title} needs {_or(algorithm.action_spaces)} actions; {env.id} has "
            f"{action.text}.",
            f"These fit: {', '.join(fitting)}." if fitting else None,
        )
    if observation is not None and observation.type not in algorithm.observation_spaces:
        draft.refuse(
            "env_id",
            "observation_space",
            f"{algorithm.title} cannot read the observations of {env.id}: {observation.text}.",
            f"It reads {_or(algorithm.observation_spaces)}.",
        )


def _rules(draft: Draft) -> None:
    """Refuse hyperparameters that do not fit each other or the environment."""
    algorithm = draft.algorithm
    if algorithm is None or any(
        item.field.startswith("hyperparameters") for item in draft.problems
    ):
        return
    rules = [Rule.model_validate(item) for item in algorithm.schema_.get(RULES, ())]
    acted = draft.env.action_space if draft.env is not None else None
    for broken in broken_rules(rules, draft.hyperparameters, draft.observed, acted):
        draft.refuse(f"hyperparameters.{broken.field}", "does_not_fit", broken.detail)


def _or(names: list[str]) -> str:
    return " or ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} or {names[-1]}"
