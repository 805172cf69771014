"""A run is repeated and compared, and its learning rate changes, from its own page."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.timeout(240)


def test_a_run_is_reproduced_from_its_page(lab: Any, open_page: Any) -> None:
    """The panel waits, compares and says that every row is equal."""
    run_id = lab.train(total_timesteps=3000, name="original")
    lab.wait(run_id, lambda run: run["status"] == "completed", 120)
    page = open_page(f"{lab.url}/runs/{run_id}")
    page.get_by_text("resume: exact").click()
    expect(page.get_by_text("continue where they were")).to_be_visible()
    page.get_by_role("button", name="Reproduce").click()
    panel = page.get_by_role("region", name="Reproduction")
    expect(panel).to_contain_text("equal, to the last digit", timeout=120_000)
    panel.get_by_role("link", name="Open the repetition").click()
    expect(page.get_by_role("link", name="Open the original")).to_be_visible(timeout=20_000)


def test_the_learning_rate_changes_while_a_run_trains(lab: Any, open_page: Any) -> None:
    """A bad value is explained, a good one takes effect and is named; then nothing reproduces."""
    run_id = lab.train(total_timesteps=5_000_000, name="steered")
    lab.wait(run_id, lambda run: run["status"] == "running" and run["timestep"] > 0, 120)
    page = open_page(f"{lab.url}/runs/{run_id}")
    page.get_by_text("Change while it trains").click()
    field = page.get_by_label("learning_rate", exact=True)
    field.fill("fast")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("learning_rate is 'fast'; allowed")).to_be_visible()
    field.fill("0.0001")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text(re.compile(r"learning_rate .* → 0\.0001"))).to_be_visible(
        timeout=60_000
    )
    page.get_by_role("button", name="Reproduce").click()
    expect(page.get_by_text("changed by hand")).to_be_visible()
    lab.api("POST", f"/runs/{run_id}/stop")
