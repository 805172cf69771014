"""Every page at every width and theme: readable, accessible, nothing cut off."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from web.e2e.looking import LOOKS, assert_accessible, assert_fits

pytestmark = pytest.mark.timeout(240)
PAGES = ("home", "lab", "runs", "run", "models", "code", "play", "bin", "storage", "missing")
BETWEEN = 768
"""Width of a tablet: reached from a wider window, as when somebody turns it."""


def _address(lab: Any, name: str) -> str:
    runs = lab.runs()
    if not runs:
        lab.wait(lab.train(total_timesteps=4096), lambda run: run["status"] == "completed", 90)
        runs = lab.runs()
    return {
        "home": "/",
        "lab": f"/lab?run={runs[0]['id']}",
        "runs": "/runs",
        "bin": "/bin",
        "storage": "/storage",
        "run": f"/runs/{runs[0]['id']}",
        "models": "/models",
        "code": "/code",
        "play": "/play?env=CartPole-v1&controller=human&seed=3",
        "missing": "/there/is/no/such/page",
    }[name]


def _settled(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_attached(timeout=20_000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=20_000)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(
    lab: Any, open_page: Any, axe_source: str, name: str, width: int, theme: str
) -> None:
    """No accessibility violation, and the page is as wide as the window."""
    page = open_page(lab.url + _address(lab, name), width=width, theme=theme)
    _settled(page)
    assert_accessible(page, axe_source)
    assert_fits(page, width)
    if width > BETWEEN:
        page.set_viewport_size({"width": BETWEEN, "height": 900})
        _settled(page)
        assert_fits(page, BETWEEN)


def test_train_is_in_reach_of_a_thumb(lab: Any, open_page: Any) -> None:
    """On a phone TRAIN is on the screen without scrolling, and large enough."""
    page = open_page(lab.url + "/lab?env=CartPole-v1", width=390)
    train = page.locator("#train")
    expect(train).to_be_in_viewport(timeout=30_000)
    box = train.bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_the_keyboard_reaches_everything(lab: Any, open_page: Any) -> None:
    """`?` lists the shortcuts and Escape closes the list."""
    page = open_page(lab.url + "/lab?env=CartPole-v1")
    _settled(page)
    page.keyboard.press("?")
    shortcuts = page.get_by_role("region", name="Keyboard shortcuts")
    expect(shortcuts).to_be_visible(timeout=10_000)
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden(timeout=10_000)
