"""Measurements leave with house names and finite values, and complaints come once."""

import math

from hypothesis import given
from hypothesis import strategies as st

from gymlab.domain.metrics import MAX_METRICS_PER_RUN, is_valid_metric_name
from gymlab.worker.learner_rows import MetricCleaner


def cleaner() -> tuple[MetricCleaner, list[str]]:
    """Return a cleaner and the list of its warnings."""
    warnings: list[str] = []
    return MetricCleaner(lambda message, _data: warnings.append(message)), warnings


def test_nonfinite_values_are_null_and_told_once_per_name() -> None:
    """A diverged run does not fill the event log."""
    clean, warnings = cleaner()
    for value in (math.nan, math.inf, -math.inf):
        result = clean.clean({"loss/policy": value, "loss/value": 1.0})
        assert result.metrics == {"loss/policy": None, "loss/value": 1.0}
        assert result.nonfinite == ["loss/policy"]
    assert len(warnings) == 1
    clean.clean({"loss/value": math.nan})
    assert len(warnings) == 2


def test_a_name_of_the_backend_is_never_a_house_name() -> None:
    """It is kept beside, with one warning."""
    clean, warnings = cleaner()
    for _ in range(3):
        result = clean.clean({"my/loss": 2.0})
        assert (result.metrics, result.native) == ({}, {"my/loss": 2.0})
    assert len(warnings) == 1


@given(st.dictionaries(st.text(max_size=200), st.floats(), max_size=20))
def test_only_possible_names_and_values_leave(native: dict[str, float]) -> None:
    """Whatever a backend calls its numbers."""
    clean, _ = cleaner()
    result = clean.clean(native, native)
    assert all(is_valid_metric_name(name) for name in result.native)
    values = [*result.native.values(), *result.metrics.values()]
    assert all(value is None or math.isfinite(value) for value in values)


def test_the_number_of_names_is_bounded() -> None:
    """A backend that invents a name per row does not fill the disk."""
    clean, warnings = cleaner()
    names: set[str] = set()
    for number in range(3 * MAX_METRICS_PER_RUN):
        names |= set(clean.clean({}, {f"m/{number}": 1.0}).native)
    assert len(names) < MAX_METRICS_PER_RUN
    assert len(warnings) == 1
