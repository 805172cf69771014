"""How pages are looked at: at which widths, in which themes, and what must hold everywhere."""

import pytest
from playwright.sync_api import Page

LOOKS = [
    (1440, "light"),
    (390, "dark"),
    pytest.param(1440, "dark", marks=pytest.mark.slow),
    pytest.param(390, "light", marks=pytest.mark.slow),
]
"""Widths and themes. Each width and each theme is looked at quickly, every pair of them slowly."""


def assert_accessible(page: Page, axe_source: str) -> None:
    """Fail where axe finds a violation."""
    page.evaluate(axe_source)
    violations = page.evaluate(
        "async () => (await axe.run()).violations.map("
        "v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)"
    )
    assert violations == []


def assert_fits(page: Page, width: int) -> None:
    """Fail where the page is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
