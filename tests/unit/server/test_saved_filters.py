"""Saved filters: one of each name, bounded, and readable whoever wrote them."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from gymlab.errors import FilterNotFoundError, InvalidInputError, NameTakenError
from gymlab.server.filters import service
from gymlab.server.filters.schemas import FilterChanges, NewFilter, RunFilters
from gymlab.storage.tables import saved_filters
from tests.unit.server.stored_runs import new_database

FAILED = RunFilters.model_validate({"status": "failed", "starred": True, "sort": "-name"})


@pytest.fixture(name="lab")
def fixture_lab(tmp_path: Path) -> Iterator[Any]:
    """As much of a laboratory as filters need."""
    database = new_database(tmp_path)
    yield SimpleNamespace(database=database)
    database.close()


def test_a_filter_is_kept_whole_and_listed_by_name(lab: Any) -> None:
    """What is asked, the order and the spaces around the name."""
    service.save(lab, NewFilter(name=" walkers ", filters=FAILED))
    service.save(lab, NewFilter(name="Ants", filters=RunFilters(archived="all")))

    assert [(one.name, one.filters) for one in service.listed(lab)] == [
        ("Ants", RunFilters(archived="all")),
        ("walkers", FAILED),
    ]


def test_a_filter_of_the_same_name_is_replaced(lab: Any) -> None:
    """It keeps its identifier."""
    first = service.save(lab, NewFilter(name="mine", filters=FAILED))
    second = service.save(lab, NewFilter(name="mine", filters=RunFilters(q="new")))

    assert second.id == first.id
    assert [one.filters.q for one in service.listed(lab)] == ["new"]


def test_renaming_never_takes_the_name_of_another(lab: Any) -> None:
    """The other one would be lost."""
    mine = service.save(lab, NewFilter(name="mine", filters=FAILED))
    service.save(lab, NewFilter(name="other", filters=FAILED))

    with pytest.raises(NameTakenError, match="other"):
        service.change(lab, mine.id, FilterChanges(name="other"))
    assert service.change(lab, mine.id, FilterChanges(name="mine")).name == "mine"
    changed = service.change(lab, mine.id, FilterChanges(filters=RunFilters(tag="t")))
    assert (changed.name, changed.filters.tag, changed.filters.status) == ("mine", "t", None)


def test_what_is_removed_is_gone(lab: Any) -> None:
    """A second time there is nothing to remove."""
    mine = service.save(lab, NewFilter(name="mine", filters=FAILED))
    service.remove(lab, mine.id)

    assert service.listed(lab) == []
    for act in (
        lambda: service.remove(lab, mine.id),
        lambda: service.remove(lab, "../x"),
        lambda: service.change(lab, mine.id, FilterChanges(name="a")),
    ):
        with pytest.raises(FilterNotFoundError):
            act()


def test_there_are_at_most_so_many(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replacing one is possible still."""
    monkeypatch.setattr(service, "MAX_FILTERS", 2)
    for name in ("a", "b"):
        service.save(lab, NewFilter(name=name, filters=FAILED))

    with pytest.raises(InvalidInputError, match="2 saved filters"):
        service.save(lab, NewFilter(name="c", filters=FAILED))
    service.save(lab, NewFilter(name="b", filters=RunFilters()))


def test_what_another_version_wrote_is_read_as_far_as_it_is_known(lab: Any) -> None:
    """Names and values that this one does not know are left out."""
    service.save(lab, NewFilter(name="mine", filters=FAILED))
    content = {"q": "x", "status": "sleeping", "colour": "red", "starred": True}
    with lab.database.writing() as writer:
        writer.connection.execute(
            update(saved_filters).values(filters=msgspec.json.encode(content).decode())
        )

    (found,) = service.listed(lab)
    assert found.filters == RunFilters(q="x", starred=True)
