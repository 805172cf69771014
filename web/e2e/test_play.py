"""Looking at an environment and acting in it in the browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)
WAIT_MS = 60_000


def test_a_person_plays_goes_back_and_lets_chance_play(lab: Any, open_page: Any) -> None:
    """Keys act, the slider finds any timestep again, and another controller takes over."""
    page: Page = open_page(f"{lab.url}/play?env=CartPole-v1&controller=human&seed=3")
    stage = page.locator("#preview")
    expect(stage.locator(".stage canvas")).to_be_visible(timeout=WAIT_MS)
    keys = page.locator("#preview-keys")
    expect(keys).to_contain_text("Push cart to the left", timeout=WAIT_MS)
    slider = page.get_by_role("slider", name="Timestep", exact=True)

    page.keyboard.down("ArrowRight")
    for count in (1, 2, 3):
        page.get_by_role("button", name="One timestep", exact=True).click()
        expect(slider).to_have_attribute("aria-valuetext", f"timestep {count} of {count}")
    page.keyboard.up("ArrowRight")
    facts = page.locator("#preview-state")
    expect(facts).to_contain_text("1.00")
    third = facts.inner_text()
    slider.fill("1")
    expect(slider).to_have_attribute("aria-valuetext", "timestep 1 of 3")
    assert facts.inner_text() != third
    slider.fill("3")
    expect(slider).to_have_attribute("aria-valuetext", "timestep 3 of 3")
    expect(facts).to_have_text(re.compile(r"\+1\.000"))

    page.get_by_role("combobox", name="Controller", exact=True).select_option("random")
    page.wait_for_url(re.compile("controller=random"))
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible(timeout=WAIT_MS)
    page.wait_for_function(
        "() => Number((document.querySelector('[aria-label=Timestep]')?.ariaValueText"
        " ?? '').split(' ')[1]) > 3",
        timeout=WAIT_MS,
    )
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=WAIT_MS)
