"""What a run will take is measured on demand, and an engine that was chosen stays chosen."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(300)
QUERY = "env=CartPole-v1&algorithm=ppo"
MEASURED_MS = 150_000


def test_settings_are_measured_and_an_engine_is_remembered(lab: Any, open_page: Any) -> None:
    """A guess becomes a measurement that a reload keeps; the choice holds for its algorithm alone."""
    page: Page = open_page(f"{lab.url}/lab?{QUERY}")
    preflight = page.locator("#preflight")
    engine = page.get_by_role("combobox", name="Engine", exact=True)
    measure = page.get_by_role("button", name="Measure", exact=True)
    expect(measure).to_be_enabled(timeout=60_000)
    expect(preflight).to_contain_text("A rough guess: nothing was measured on this machine yet")

    measure.click()
    expect(page.get_by_role("progressbar", name="Measuring", exact=True)).to_be_visible()
    again = page.get_by_role("button", name="Measure again", exact=True)
    expect(again).to_be_visible(timeout=MEASURED_MS)
    expect(preflight).to_contain_text("on this machine")
    expect(preflight).not_to_contain_text("rough guess")
    expect(preflight).to_contain_text("Start-up")
    assert lab.runs() == []

    first = engine.input_value()
    other = next(item for item in engine.locator("option").all() if not item.is_disabled()
                 and item.get_attribute("value") != first)  # fmt: skip
    chosen = other.get_attribute("value")
    assert chosen
    engine.select_option(chosen)
    page.get_by_role("combobox", name="Algorithm", exact=True).select_option("a2c")
    expect(page).not_to_have_url(re.compile(f"runner={chosen}"))
    page.goto(f"{lab.url}/lab?{QUERY}")
    expect(engine).to_have_value(chosen, timeout=60_000)
    engine.select_option(first)
    expect(again).to_be_visible(timeout=60_000)
