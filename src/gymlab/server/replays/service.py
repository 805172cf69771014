"""Answering from the replays in a run's folder, none of which is trusted."""

import base64
import math
from collections.abc import Mapping
from typing import Any, cast

from gymlab.errors import ReplayNotFoundError, UnavailableError
from gymlab.late import np
from gymlab.protocol.replays import ReplayRequest, StoredReplay
from gymlab.server.answers import Page
from gymlab.server.lab import Lab
from gymlab.server.replays.schemas import Replay, ReplayStates, ReplaySummary
from gymlab.server.run_lookup import existing_run
from gymlab.storage.runs import StoredRun
from gymlab.supervisor.replay_store import read_replay, read_replays

OWN_PREFIX = "gymlab/"
_NUMBERS = "biuf"


def list_replays(lab: Lab, run_id: str) -> Page[ReplaySummary]:
    """Return the kept episodes of a run, in the order in which they were played."""
    run = _run(lab, run_id)
    found = read_replays(lab.settings.runs_dir / run_id, StoredReplay)
    return Page[ReplaySummary](items=[ReplaySummary(**_summary(run, item)) for item in found])


def get_replay(lab: Lab, run_id: str, episode: int) -> Replay:
    """Return a kept episode.

    Raises:
        ReplayNotFoundError: It is not kept.
    """
    run = _run(lab, run_id)
    stored = _stored(lab, run_id, episode)
    record = stored.record
    seed = record.get("seed")
    generator = record.get("generator")
    return Replay(
        **_summary(run, stored),
        seed=seed if isinstance(seed, int) else None,
        generator=cast("dict[str, Any]", generator) if isinstance(generator, dict) else None,
        actions=plain_actions(record.get("actions")),
        return_=stored.episode_return,
    )


async def get_states(lab: Lab, run_id: str, episode: int) -> ReplayStates:
    """Play a kept episode again.

    Raises:
        ReplayNotFoundError: It is not kept.
        UnavailableError: It cannot be shown.
    """
    run = _run(lab, run_id)
    stored = _stored(lab, run_id, episode)
    spec = run.spec
    request = ReplayRequest(
        str(spec["env_id"]), dict(spec["env_kwargs"]), stored.record, list(spec.get("wrappers", ()))
    )
    played = await lab.replays.play(request)
    if played.error is not None:
        raise UnavailableError(played.error)
    return ReplayStates(
        states=played.states,
        rewards=[None if each is None or math.isnan(each) else each for each in played.rewards],
        fps=played.fps,
        is_exact=played.is_exact,
        note=played.note,
    )


def plain_actions(written: Any) -> list[Any] | None:
    """Return actions as plain numbers, or None where they are something else."""
    match written:
        case {"numbers": list()}:
            return cast("list[Any]", written["numbers"])
        case {"scalars": {"array": str(content), "dtype": str(dtype), "shape": list()}} | {
            "arrays": {"array": str(content), "dtype": str(dtype), "shape": list()}
        }:
            packed = cast("Mapping[str, Any]", written.get("scalars") or written.get("arrays"))
            return _unpacked(content, dtype, packed["shape"])
        case _:
            return None


def _unpacked(content: str, dtype: str, shape: Any) -> list[Any] | None:
    try:
        kind = np.dtype(dtype)
        if kind.kind not in _NUMBERS:
            return None
        array = np.frombuffer(base64.b64decode(content, validate=True), kind).reshape(shape)
    except (TypeError, ValueError):
        return None
    return array.tolist() if np.isfinite(array).all() else None


def _run(lab: Lab, run_id: str) -> StoredRun:
    with lab.database.reading() as connection:
        return existing_run(connection, run_id)


def _stored(lab: Lab, run_id: str, episode: int) -> StoredReplay:
    stored = read_replay(lab.settings.runs_dir / run_id, episode, StoredReplay)
    if stored is None:
        raise ReplayNotFoundError(episode)
    return stored


def _summary(run: StoredRun, stored: StoredReplay) -> dict[str, Any]:
    can_draw = run.env_id.startswith(OWN_PREFIX)
    url = f"/api/v1/runs/{run.id}/replays/{stored.episode}/states"
    return {
        "episode": stored.episode,
        "kinds": stored.kinds,
        "episode_return": stored.episode_return,
        "length": stored.episode_length,
        "termination": stored.termination,
        "timestep": stored.timestep,
        "env_index": stored.env_index,
        "created_at": stored.created_at,
        "states_url": url if can_draw else None,
    }
