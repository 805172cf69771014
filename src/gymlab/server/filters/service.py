"""Keeping filters: one of each name, and a bounded number of them."""

import time
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gymlab.domain.ids import is_run_id, new_run_id
from gymlab.domain.timestamps import rfc3339
from gymlab.errors import (
    FieldProblem,
    FilterNotFoundError,
    InvalidInputError,
    NameTakenError,
)
from gymlab.server.filters.schemas import FilterChanges, NewFilter, RunFilters, SavedFilter
from gymlab.server.lab import Lab
from gymlab.server.texts import text_problems
from gymlab.storage.saved_filters import (
    StoredFilter,
    change_filter,
    count_filters,
    delete_filter,
    find_filter,
    get_filter,
    insert_filter,
    list_filters,
)

MAX_FILTERS = 200


def listed(lab: Lab) -> list[SavedFilter]:
    """Return every filter, by name."""
    with lab.database.reading() as connection:
        return [_view(stored) for stored in list_filters(connection)]


def save(lab: Lab, body: NewFilter) -> SavedFilter:
    """Keep a filter, in the place of the one of the same name where there is one.

    Raises:
        InvalidInputError: The name is not possible, or there are too many filters.
    """
    name, content, now = _checked_name(body.name), _content(body.filters), time.time()
    with lab.database.writing(durable=True) as writer:
        earlier = find_filter(writer.connection, name)
        if earlier is not None:
            change_filter(writer, earlier.id, name, content, at=now)
            return _view(StoredFilter(earlier.id, name, content, now))
        if count_filters(writer.connection) >= MAX_FILTERS:
            detail = f"There are {MAX_FILTERS} saved filters already; more are not kept."
            problem = FieldProblem("name", "too_many", detail, "Remove one first.")
            raise InvalidInputError(detail, hint=problem.hint, fields=[problem])
        filter_id = new_run_id()
        insert_filter(writer, filter_id, name, content, at=now)
    return _view(StoredFilter(filter_id, name, content, now))


def change(lab: Lab, filter_id: str, body: FilterChanges) -> SavedFilter:
    """Rename a filter or ask something else of runs.

    Raises:
        FilterNotFoundError: There is none of that id.
        NameTakenError: Another filter has the name.
        InvalidInputError: The name is not possible.
    """
    with lab.database.writing(durable=True) as writer:
        stored = _existing(get_filter(writer.connection, filter_id), filter_id)
        name = stored.name if body.name is None else _checked_name(body.name)
        content = stored.filters if body.filters is None else _content(body.filters)
        other = find_filter(writer.connection, name)
        if other is not None and other.id != stored.id:
            raise NameTakenError(
                f"Another filter is called {name!r}.", hint="Choose another name, or remove it."
            )
        now = time.time()
        change_filter(writer, stored.id, name, content, at=now)
    return _view(StoredFilter(stored.id, name, content, now))


def remove(lab: Lab, filter_id: str) -> None:
    """Forget a filter.

    Raises:
        FilterNotFoundError: There is none of that id.
    """
    with lab.database.writing(durable=True) as writer:
        if not is_run_id(filter_id) or not delete_filter(writer, filter_id):
            raise FilterNotFoundError(filter_id[:64])


def _existing(stored: StoredFilter | None, filter_id: str) -> StoredFilter:
    if stored is None:
        raise FilterNotFoundError(filter_id[:64])
    return stored


def _checked_name(name: str) -> str:
    problems = text_problems(name=name)
    if problems:
        raise InvalidInputError(problems[0].detail, fields=problems)
    return name.strip()


def _content(filters: RunFilters) -> dict[str, Any]:
    return filters.model_dump(mode="json", exclude_defaults=True)


def _view(stored: StoredFilter) -> SavedFilter:
    return SavedFilter(
        id=stored.id,
        name=stored.name,
        filters=_read(stored.filters),
        updated_at=rfc3339(stored.updated_at),
    )


def _read(content: Mapping[str, Any]) -> RunFilters:
    """Return what is known of a stored filter: another version may have written it."""
    try:
        return RunFilters.model_validate(content)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
        known = {name: value for name, value in content.items() if name not in wrong}
        return RunFilters.model_validate(known)
