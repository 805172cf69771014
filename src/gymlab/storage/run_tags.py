"""Counting tags."""

from collections import Counter

import msgspec
from sqlalchemy import Connection, select

from gymlab.storage.tables import runs


def count_tags(connection: Connection) -> list[tuple[str, int]]:
    """Return the tags of runs that are not deleted and how many have each, most used first."""
    query = select(runs.c.tags).where(runs.c.deleted_at.is_(None), runs.c.tags != "[]")
    counted: Counter[str] = Counter()
    for text in connection.execute(query).scalars():
        counted.update(msgspec.json.decode(text, type=list[str]))
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
