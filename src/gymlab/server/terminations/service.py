"""Counting reasons from the series that count them up."""

from gymlab.domain.metrics import TERMINATION_PREFIX
from gymlab.late import Floats, Integers, np
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.server.terminations.schemas import TerminationReason, Terminations
from gymlab.storage.series import Range, read_series, series_ids

MAX_POINTS = 4000
"""Points of each series: a count at an edge is exact up to so many episodes of a reason, and off
by no more than what ended between two of the points beyond."""


def count_terminations(lab: Lab, run_id: str, parts: int) -> Terminations:
    """Return how often each reason ended an episode, over training."""
    with lab.database.reading() as connection:
        existing_run(connection, run_id)
        found = {
            name.removeprefix(TERMINATION_PREFIX): read_series(
                connection, series_id, Range(None, None), MAX_POINTS
            )
            for name, series_id in series_ids(connection, run_id).items()
            if name.startswith(TERMINATION_PREFIX)
        }
    found = {reason: data for reason, data in found.items() if len(data.timesteps)}
    last = max((float(data.timesteps[-1]) for data in found.values()), default=0.0)
    edges = np.unique(np.linspace(0, last, parts + 1).round().astype(np.int64))
    reasons = [
        TerminationReason(
            reason=reason,
            count=int(data.values[-1]),
            counts=counts_between(edges, data.timesteps, data.values),
        )
        for reason, data in found.items()
    ]
    reasons.sort(key=lambda item: (-item.count, item.reason))
    return Terminations(
        total=sum(item.count for item in reasons),
        edges=[int(edge) for edge in edges] if reasons else [],
        reasons=reasons,
    )


def counts_between(edges: Integers, timesteps: Floats, counts: Floats) -> list[int]:
    """Return how much a running count grew between neighbouring edges.

    Args:
        edges: (E,) timesteps; a part holds what ended after its first edge, up to its last.
        timesteps: (P,) where episodes ended, ascending.
        counts: (P,) how many had ended by then.
    """
    padded = np.concatenate(([0.0], counts))
    reached = padded[np.searchsorted(timesteps, edges, side="right")]
    reached[0] = 0.0
    return [int(each) for each in np.diff(reached)]
