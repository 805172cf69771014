"""Older and foreign ids that are answered with an environment of the catalogue.

Papers, courses and presets name versions that no longer exist. An alias never brings the
old behaviour back: it answers the current environment and says so in a notice.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

_ID = re.compile(r"(?P<name>.+)-v(?P<version>\d+)")
_OLD_ATARI = re.compile(r"(?P<game>[A-Z][A-Za-z0-9]*?)(NoFrameskip|Deterministic|-ram)*-v[04]")
_MAX_ID_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ResolvedId:
    """A catalogue id and, where it was asked for under another one, what differs."""

    env_id: str
    notice: str | None = None


@lru_cache(maxsize=4096)
def split_version(env_id: str) -> tuple[str, int] | None:
    """Return name and version of an id, or None where it has no version."""
    match = _ID.fullmatch(env_id)
    return (match["name"], int(match["version"])) if match else None


def newest_versions(env_ids: Iterable[str]) -> list[str]:
    """Keep of every name only the highest version, in the given order."""
    ids = list(env_ids)
    newest: dict[str, int] = {}
    for name, version in filter(None, map(split_version, ids)):
        newest[name] = max(version, newest.get(name, version))
    return [
        env_id
        for env_id in ids
        if (parts := split_version(env_id)) is None or newest[parts[0]] == parts[1]
    ]


def aliases_of(env_id: str, catalogue_ids: Collection[str]) -> list[str]:
    """Return the older ids that lead to a catalogue id."""
    return [
        older
        for older in _older_ids(env_id)
        if (resolved := resolve_alias(older, catalogue_ids)) and resolved.env_id == env_id
    ]


def _older_ids(env_id: str) -> list[str]:
    parts = split_version(env_id)
    if parts is None:
        return []
    name, version = parts
    if name.startswith("ALE/"):
        game = name.removeprefix("ALE/")
        return [f"{game}{kind}-v{old}" for kind in ("", "NoFrameskip") for old in (0, 4)]
    return [f"{name}-v{old}" for old in range(version)]


def resolve_alias(env_id: str, catalogue_ids: Collection[str]) -> ResolvedId | None:
    """Find the catalogue id that an id means.

    Args:
        env_id: What was asked for.
        catalogue_ids: Ids that exist.

    Returns:
        The id, with a notice where it is not the one asked for; None where nothing fits.
    """
    if env_id in catalogue_ids:
        return ResolvedId(env_id)
    if len(env_id) > _MAX_ID_LENGTH:
        return None
    return _resolve_old_version(env_id, catalogue_ids) or _resolve_old_atari(env_id, catalogue_ids)


def _resolve_old_version(env_id: str, catalogue_ids: Collection[str]) -> ResolvedId | None:
    parts = split_version(env_id)
    if parts is None:
        return None
    name, version = parts
    newer = [
        candidate
        for candidate in catalogue_ids
        if (other := split_version(candidate)) is not None
        and other[0] == name
        and other[1] > version
    ]
    if not newer:
        return None
    return ResolvedId(
        newer[0], f"{env_id} was replaced by {newer[0]}; returns may differ from older results."
    )


def _resolve_old_atari(env_id: str, catalogue_ids: Collection[str]) -> ResolvedId | None:
    match = _OLD_ATARI.fullmatch(env_id)
    if match is None or (current := f"ALE/{match['game']}-v5") not in catalogue_ids:
        return None
    return ResolvedId(
        current,
        f"{env_id} was replaced by {current}, which repeats the previous action with a "
        "probability of 0.25; returns may differ from older results.",
    )
