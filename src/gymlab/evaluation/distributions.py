"""Student's t and the normal distribution, as far as intervals need them.

Source: Abramowitz and Stegun (1964), 26.7.1: the distribution function of t is a regularized
incomplete beta function; its continued fraction is DLMF 8.17.22, evaluated by Lentz's method.
"""

import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_MAX_TERMS = 500
_PRECISION = 1e-14
_TINY = 1e-300
_MAX_STEPS = 200
_STEP = 1e-12


def normal_quantile(probability: float) -> float:
    """Return the value below which a standard normal variable lies with this probability."""
    return _NORMAL.inv_cdf(probability)


def t_tail(value: float, degrees: float) -> float:
    """Return the probability that |T| exceeds `value` for Student's t.

    Args:
        value: Not negative.
        degrees: Degrees of freedom, any positive number.
    """
    if math.isinf(value):
        return 0.0
    return _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + value * value))


@lru_cache(maxsize=1024)
def t_quantile(probability: float, degrees: float) -> float:
    """Return the value below which Student's t lies with this probability.

    Args:
        probability: Between 0.5 and 1, exclusively.
        degrees: Degrees of freedom, any positive number.
    """
    tail = 2 * (1 - probability)
    # The tail is convex, and a normal quantile lies to the left of the one sought: Newton's
    # method climbs to it without ever passing it.
    value = normal_quantile(probability)
    for _ in range(_MAX_STEPS):
        step = (t_tail(value, degrees) - tail) / (2 * _density(value, degrees))
        value += step
        if abs(step) <= _STEP * value:
            break
    return value


def _density(value: float, degrees: float) -> float:
    scale = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
    power = -(degrees + 1) / 2 * math.log1p(value * value / degrees)
    return math.exp(scale + power) / math.sqrt(degrees * math.pi)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    # The fraction converges fast on one side of the mean; symmetry gives the other side.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    c = 1.0
    d = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, _MAX_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        factor = 1.0
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            factor = c * d
            result *= factor
        if abs(factor - 1) < _PRECISION:
            break
    return result


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
