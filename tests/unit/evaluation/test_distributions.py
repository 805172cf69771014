"""Quantiles against printed tables."""

import pytest

from gymlab.evaluation.distributions import normal_quantile, t_quantile, t_tail


@pytest.mark.parametrize(
    ("probability", "degrees", "expected"),
    [
        (0.975, 1, 12.706205),
        (0.975, 2, 4.302653),
        (0.975, 4, 2.776445),
        (0.975, 10, 2.228139),
        (0.975, 30, 2.042272),
        (0.995, 8, 3.355387),
        (0.8, 5, 0.919544),
        (0.975, 1e6, 1.959966),
    ],
)
def test_quantiles_of_t(probability: float, degrees: float, expected: float) -> None:
    """Six digits of the usual table."""
    assert t_quantile(probability, degrees) == pytest.approx(expected, rel=1e-6)


def test_the_tail_is_the_inverse() -> None:
    """And ends at zero."""
    for degrees in (1.0, 2.7, 8.0, 55.5):
        assert t_tail(t_quantile(0.975, degrees), degrees) == pytest.approx(0.05, rel=1e-9)
    assert t_tail(0.0, 3.0) == pytest.approx(1)
    assert t_tail(float("inf"), 3.0) == 0


def test_the_normal_quantile() -> None:
    """The one everybody knows."""
    assert normal_quantile(0.975) == pytest.approx(1.959964, abs=1e-6)
