"""Answering from the pictures in a run's folder."""

import msgspec

from gymlab.protocol.learning import Board
from gymlab.server.lab import Lab
from gymlab.server.learning.schemas import (
    BoardAnswer,
    NetworkHistory,
    NetworkMoment,
    ValueHistory,
    ValueMoment,
)
from gymlab.server.run_lookup import existing_run
from gymlab.supervisor.picture_store import StoredPicture, read_pictures


def network_history(lab: Lab, run_id: str) -> NetworkHistory:
    """Return the network over training."""
    _, pictures = _read(lab, run_id)
    return NetworkHistory(
        items=[NetworkMoment(**msgspec.to_builtins(each.network)) for each in pictures]
    )


def value_history(lab: Lab, run_id: str) -> ValueHistory:
    """Return what the agent thought of every state."""
    board, pictures = _read(lab, run_id)
    if board is None:
        return ValueHistory(board=None, items=[])
    num_states = len(board.kinds)
    return ValueHistory(
        board=BoardAnswer(**msgspec.to_builtins(board)),
        items=[
            ValueMoment(**msgspec.to_builtins(each.values))
            for each in pictures
            if each.values is not None
            and len(each.values.values) == len(each.values.policy) == num_states
        ],
    )


def _read(lab: Lab, run_id: str) -> tuple[Board | None, list[StoredPicture]]:
    with lab.database.reading() as connection:
        existing_run(connection, run_id)
    board, pictures = read_pictures(lab.settings.runs_dir / run_id)
    return (board if board is not None and _is_consistent(board) else None), pictures


def _is_consistent(board: Board) -> bool:
    """Tell whether a worker's board fits together; a page would draw beyond its ends."""
    num_states, num_cells = len(board.kinds), board.rows * board.columns
    return (
        len(board.values) == len(board.policy) == len(board.optimal) == num_states
        and len(board.pages) == len(board.states)
        and all(len(page) == num_cells for page in board.states)
        and all(state < num_states for page in board.states for state in page)
        and all(action < len(board.arrows) for action in board.policy)
    )
