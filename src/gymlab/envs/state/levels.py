"""How exactly a run in an environment can be resumed, as declared to people.

What is declared exact is held to it by `tests/conformance/test_environment_state.py`.
"""

from gymlab.domain.environments import ResumeInfo, ResumeLevel
from gymlab.envs.families import INSTALLED, Family

_EXACT = ResumeInfo(
    level=ResumeLevel.EXACT,
    reason="An episode cut in the middle is repeated up to the same timestep, bit for bit.",
)
_UNCHECKED = ResumeInfo(
    level=ResumeLevel.APPROXIMATE,
    reason=(
        "It comes from another package and may hold more than its random generator and actions. "
        "The episode is repeated; where it arrives elsewhere, a new one begins and the event log "
        "says so."
    ),
)


def resume_info(family: Family) -> ResumeInfo:
    """Return how exactly runs in environments of a family continue."""
    return _UNCHECKED if family is INSTALLED else _EXACT
