"""Listing and describing environments."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from gymlab.domain.environments import EnvironmentInfo
from gymlab.domain.network_shapes import input_shape
from gymlab.errors import InvalidCursorError
from gymlab.server.answers import Page
from gymlab.server.environments.schemas import (
    EnvironmentDetail,
    EnvironmentItem,
    EnvironmentSpaces,
)

API = "/api/v1/environments"


@dataclass(frozen=True, slots=True)
class Filter:
    """What listed environments have in common."""

    family: str | None = None
    words: str | None = None
    action_space: str | None = None

    def accepts(self, info: EnvironmentInfo) -> bool:
        """Tell whether an entry is wanted."""
        if self.family is not None and info.family != self.family:
            return False
        if self.action_space is not None and (
            info.action_space is None or info.action_space.type.lower() != self.action_space.lower()
        ):
            return False
        text = " ".join((info.id, info.title, info.family, info.summary, *info.aliases)).lower()
        return all(word in text for word in (self.words or "").lower().split())


def list_environments(
    environments: Iterable[EnvironmentInfo], wanted: Filter, *, limit: int, cursor: str | None
) -> Page[EnvironmentItem]:
    """Return a page of the catalogue; the cursor counts entries."""
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise InvalidCursorError("The list cursor is not one of ours.")
    start = int(cursor or 0)
    found = [info for info in environments if wanted.accepts(info)]
    part = found[start : start + limit]
    end = start + len(part)
    return Page[EnvironmentItem](
        items=[item(info) for info in part], next_cursor=str(end) if end < len(found) else None
    )


def item(info: EnvironmentInfo) -> EnvironmentItem:
    """Return an entry as the grid shows it."""
    return EnvironmentItem.model_validate(_values(info, EnvironmentItem))


def detail(info: EnvironmentInfo, notice: str | None) -> EnvironmentDetail:
    """Return an entry with its documentation."""
    return EnvironmentDetail.model_validate(_values(info, EnvironmentDetail) | {"notice": notice})


def spaces(info: EnvironmentInfo) -> EnvironmentSpaces:
    """Return what an environment shows and takes."""
    observation = info.observation_space
    shape = input_shape(observation) if observation is not None else None
    return EnvironmentSpaces(
        env_id=info.id,
        observation_space=observation,
        action_space=info.action_space,
        num_inputs=math.prod(shape) if shape is not None else None,
    )


def _values(info: EnvironmentInfo, shape: type[EnvironmentItem]) -> dict[str, object]:
    names = set(shape.model_fields) & set(EnvironmentInfo.model_fields)
    values: dict[str, object] = {name: getattr(info, name) for name in names}
    has_pictures = info.available and info.can_render
    base = f"{API}/{quote(info.id)}"
    values["thumbnail_url"] = f"{base}/thumbnail" if has_pictures else None
    values["animation_url"] = f"{base}/animation" if has_pictures else None
    return values
