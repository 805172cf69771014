"""The reward formula that a run asks for, judged by the events that its game publishes."""

from gymlab.domain.formulas.reward import FIELD, read_formulas
from gymlab.errors import InvalidInputError
from gymlab.server.runs.custom_reward import CAPABILITY
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.schemas import NewRun


def resolve_formula(draft: Draft, body: NewRun) -> None:
    """Take the formula over, or note what is wrong with it."""
    formulas = body.reward_formula
    if formulas is None:
        return
    if draft.reward_code is not None:
        detail = "A run learns from a reward formula or from reward code, not from both."
        draft.refuse(FIELD, "two_rewards", detail, "Leave one of them out.")
        return
    if draft.runner is not None and CAPABILITY not in draft.runner.manifest.capabilities:
        detail = f"{draft.runner.manifest.title} cannot train with a reward of your own."
        draft.refuse(FIELD, "no_custom_reward", detail, "Choose another runner.")
    if draft.env is None:
        return
    game = draft.env.game
    events = [item.name for item in game.events] if game else []
    measures = [item.name for item in game.measures] if game else []
    try:
        read_formulas(formulas, events=events, measures=measures)
    except InvalidInputError as error:
        draft.problems += error.fields
        return
    draft.reward_formula = {event: text.strip() for event, text in formulas.items()}
