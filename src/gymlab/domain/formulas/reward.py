"""The reward formula of a run: for each event of the game, how much it is worth."""

from collections.abc import Collection, Mapping

from gymlab.domain.formulas.parsing import Formula, parse
from gymlab.domain.formulas.tokens import FormulaError
from gymlab.errors import FieldProblem, InvalidInputError

MAX_EVENTS = 32
FIELD = "reward_formula"


def read_formulas(
    formulas: Mapping[str, str], *, events: Collection[str], measures: Collection[str]
) -> dict[str, Formula]:
    """Read the formula of every event.

    Args:
        formulas: Event -> formula.
        events: Events that the game has.
        measures: Numbers that its formulas may use.

    Raises:
        InvalidInputError: An event is unknown or a formula cannot be read; every one is named.
    """
    if not events:
        detail = "Only our own games publish the events that a reward formula is made of."
        problem = FieldProblem(FIELD, "no_events", detail, "Write a custom reward instead.")
        raise InvalidInputError(detail, hint=problem.hint, fields=[problem])
    problems: list[FieldProblem] = []
    if not formulas or len(formulas) > MAX_EVENTS:
        detail = f"A reward formula is made of 1 to {MAX_EVENTS} events, not {len(formulas)}."
        problems.append(FieldProblem(FIELD, "wrong_number", detail))
    found: dict[str, Formula] = {}
    for event, text in list(formulas.items())[:MAX_EVENTS]:
        if event not in events:
            detail = f"The game has no event {event[:60]!r}."
            hint = f"It has {', '.join(events)}."
            problems.append(FieldProblem(f"{FIELD}.{event[:60]}", "unknown_event", detail, hint))
            continue
        try:
            found[event] = parse(text, measures)
        except FormulaError as error:
            problems.append(_problem(event, error))
    if problems:
        raise InvalidInputError(problems[0].detail, hint=problems[0].hint, fields=problems)
    return found


def _problem(event: str, error: FormulaError) -> FieldProblem:
    place = f", column {error.column}" if error.column is not None else ""
    return FieldProblem(
        f"{FIELD}.{event}", "formula", f"{event}{place}: {error.detail}", error.hint
    )
