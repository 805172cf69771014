"""The chain of wrappers that a run asks for: settings, fit, and what the runner does of it."""

from dataclasses import replace

from gymlab.domain.runs import WrapperSpec
from gymlab.domain.wrappers import (
    SET_BY_WRAPPER,
    WRAPPERS,
    Curriculum,
    TermWeight,
    Wrapper,
    WrapperConfig,
    fit_chain,
)
from gymlab.server.catalogue.catalogue import closest
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.hyperparameters import defaults_of, hyperparameter_problems
from gymlab.server.runs.schemas import NewRun


def resolve_wrappers(draft: Draft, body: NewRun) -> None:
    """Complete the settings of every link and find out what the agent is given through them."""
    if draft.env is not None:
        draft.observation_space = draft.env.observation_space
    chain: list[tuple[Wrapper, WrapperConfig]] = []
    for position in range(len(body.wrappers)):
        link = _link(draft, body, position)
        if link is not None:
            chain.append(link)
    if len(chain) < len(body.wrappers):
        return
    if draft.observation_space is not None:
        space, misfits = fit_chain(draft.observation_space, chain)
        for position, detail in misfits:
            draft.refuse(f"wrappers.{position}", "does_not_fit", detail)
        draft.observation_space = space
    for position, (wrapper, config) in enumerate(chain):
        _check_use(draft, body, wrapper, config, position)
    draft.wrappers = tuple(
        WrapperSpec(id=wrapper.id, kwargs=config.model_dump(mode="json"))
        for wrapper, config in chain
    )


def _link(draft: Draft, body: NewRun, position: int) -> tuple[Wrapper, WrapperConfig] | None:
    choice = body.wrappers[position]
    field = f"wrappers.{position}"
    wrapper = WRAPPERS.get(choice.id)
    if wrapper is None:
        near = closest(choice.id, list(WRAPPERS)) or list(WRAPPERS)
        detail = f"There is no wrapper {choice.id[:60]!r}."
        draft.refuse(f"{field}.id", "unknown_wrapper", detail, f"There are: {', '.join(near)}.")
        return None
    schema = wrapper.config.model_json_schema()
    resolved = {**defaults_of(schema), **choice.kwargs}
    problems = hyperparameter_problems(schema, choice.kwargs, resolved)
    draft.problems += [
        replace(
            problem,
            field=problem.field.replace("hyperparameters", f"{field}.kwargs", 1),
            detail=problem.detail.replace("hyperparameter", "setting"),
        )
        for problem in problems
    ]
    return None if problems else (wrapper, wrapper.config.model_validate(resolved))


def _check_use(
    draft: Draft, body: NewRun, wrapper: Wrapper, config: WrapperConfig, position: int
) -> None:
    """Note what a link needs that the run does not have."""
    if wrapper.is_runners:
        _by_runner(draft, body, wrapper, position)
    elif isinstance(config, Curriculum):
        _check_option(draft, config, position)
    elif isinstance(config, TermWeight):
        _check_term(draft, body, config, position)


def _check_option(draft: Draft, config: Curriculum, position: int) -> None:
    """Note an option that the environment does not have, or that is no number."""
    if draft.env is None:
        return
    defaults = draft.env.default_kwargs
    numbers = sorted(
        name
        for name, value in defaults.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    field = f"wrappers.{position}.kwargs.option"
    there = f"There are: {', '.join(numbers)}." if numbers else "It has none that is a number."
    if config.option not in defaults:
        detail = f"{draft.env.id} has no option {config.option!r}."
        draft.refuse(field, "unknown_option", detail, there)
    elif config.option not in numbers:
        detail = f"The option {config.option} of {draft.env.id} is no number."
        draft.refuse(field, "no_number", detail, there)


def _check_term(draft: Draft, body: NewRun, config: TermWeight, position: int) -> None:
    """Note a term of a reward that the run does not have."""
    if draft.reward_code is None and not body.reward_formula:
        own = "the run learns from the environment's own reward"
        detail = f"There is no term {config.term!r}: {own}."
        hint = "Choose a reward that returns named terms."
        draft.refuse(f"wrappers.{position}.kwargs.term", "no_terms", detail, hint)


def _by_runner(draft: Draft, body: NewRun, wrapper: Wrapper, position: int) -> None:
    """Switch the hyperparameters on that do what a wrapper means.

    Those that it needs are true; the others go along where they were not chosen.
    """
    if draft.algorithm is None:
        return
    properties = draft.algorithm.schema_.get("properties", {})
    meant = {
        name: field[SET_BY_WRAPPER][wrapper.id]
        for name, field in properties.items()
        if wrapper.id in field.get(SET_BY_WRAPPER, {})
    }
    if not meant:
        detail = f"{draft.algorithm.title} cannot do this: {wrapper.title.lower()}."
        draft.refuse(f"wrappers.{position}", "no_such_ability", detail, "Remove this link.")
        return
    given = body.hyperparameters or {}
    needed = [name for name, value in meant.items() if value]
    against = next((name for name in needed if given.get(name, True) is False), None)
    if against is not None:
        detail = f"{wrapper.title} needs {against}, which is switched off."
        draft.refuse(f"hyperparameters.{against}", "contradicts_wrapper", detail)
    if not all(draft.hyperparameters.get(name) for name in needed):
        draft.hyperparameters |= {n: value for n, value in meant.items() if n not in given}
