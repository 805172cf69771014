"""Games of our own: a reward of events, drawn by the page, played again, seen from inside."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(300)


def test_a_game_is_drawn_by_the_page_at_any_speed(
    lab: Any, open_page: Any, axe_source: str
) -> None:
    """From its states, also after a reload; the showcase from slow motion to full speed."""
    body = {
        "env_id": "gymlab/GridWorld-v0",
        "runner": "native",
        "algorithm": "dqn",
        "total_timesteps": 5_000_000,
    }
    run_id = lab.api("POST", "/runs", json=body)["id"]
    lab.wait(run_id, lambda run: run["status"] == "running", 90)
    page: Page = open_page(f"{lab.url}/lab?run={run_id}")
    stage = page.locator("#live-feed .stage")
    expect(stage).to_have_attribute("data-drawn", "here", timeout=60_000)
    page.get_by_label("Source").select_option("showcase", timeout=60_000)
    expect(stage).to_have_attribute("data-drawn", "here", timeout=120_000)
    slider = page.locator("#live-feed").get_by_role("slider", name="Speed", exact=True)
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "Max")
    expect(stage).to_have_attribute("data-speed", "0", timeout=20_000)
    page.reload()
    expect(stage).to_have_attribute("data-speed", "0", timeout=60_000)
    expect(slider).to_have_attribute("aria-valuetext", "Max")
    slider.press("Home")
    expect(stage).to_have_attribute("data-speed", "0.1", timeout=20_000)

    page.goto(f"{lab.url}/runs/{run_id}?tab=agent")
    moment = page.get_by_role("slider", name="Moment of the training", exact=True)
    expect(moment).to_be_visible(timeout=30_000)
    expect(page.get_by_role("img", name=re.compile("^The agent: values"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Exactly: values"))).to_be_visible()
    moment.press("Home")
    expect(page.locator("[data-moment='0']")).to_be_visible()
    page.evaluate(axe_source)
    found = page.evaluate("axe.run(document.querySelector('main'))")
    assert [item["id"] for item in found["violations"]] == []
    lab.api("POST", f"/runs/{run_id}/stop")


def test_snake_learns_from_a_formula_and_a_death_is_played_again(lab: Any, open_page: Any) -> None:
    """Mistakes are named while one writes; a click on a reason shows an episode that ended so."""
    page: Page = open_page(f"{lab.url}/lab?env=gymlab/Snake-v0&runner=native&algorithm=ppo")
    train = page.locator("#train")
    expect(train).to_be_attached(timeout=60_000)
    page.locator("summary", has_text="Reward formula").click()
    page.get_by_role("switch", name="Learn from a reward of events", exact=True).click()
    page.locator("[data-event='apple']").fill("__import__('os')")
    expect(page.locator("[data-event='apple'][aria-invalid='true']")).to_be_visible(timeout=20_000)
    expect(train).to_be_disabled()
    page.locator("[data-event='apple']").fill("10 - timestep / 1000")
    page.locator("[data-event='died']").fill("-1")
    page.get_by_label("Total timesteps", exact=True).fill("4096")
    expect(train).to_be_enabled(timeout=30_000)
    train.click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=20_000)
    match = re.search(r"run=([0-9a-z]{12})", page.url)
    assert match
    run = lab.wait(match.group(1), lambda run: run["status"] == "completed", 120)
    assert {"reward/died", "train/shaped_return", "train/episode_return"} <= run["metrics"].keys()

    page.goto(f"{lab.url}/runs/{run['id']}?tab=episodes")
    reasons = lab.api("GET", f"/runs/{run['id']}/terminations")["reasons"]
    page.locator(f"[data-pick='{reasons[0]['reason']}']").click(timeout=30_000)
    board = page.locator("#episode canvas[role='img']")
    expect(board).to_be_visible(timeout=30_000)
    page.locator("#episode").get_by_role("slider", name="Speed", exact=True).press("End")
    expect(board).not_to_have_attribute("data-state", "0", timeout=20_000)
