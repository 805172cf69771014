"""A newcomer trains an agent, watches it learn, and loses nothing."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.timeout(240)
TRAIN = "#train"


def _open_lab(lab: Any, open_page: Any, query: str, **arguments: Any) -> Page:
    page: Page = open_page(f"{lab.url}/lab?{query}", **arguments)
    expect(page.locator(TRAIN)).to_be_enabled(timeout=60_000)
    return page


def _budget(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE))


def _set_timesteps(page: Page, timesteps: int) -> None:
    field = _budget(page)
    field.fill(str(timesteps))
    field.blur()
    expect(page.locator(TRAIN)).to_be_enabled(timeout=20_000)


def _shown_run(page: Page) -> str:
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=20_000)
    found = re.search(r"run=([0-9a-z]{12})", page.url)
    assert found
    return found.group(1)


def test_the_first_page_shows_an_agent_learning(fresh_lab: Any, open_page: Any) -> None:
    """The welcome run is there, live, without a click."""
    page = open_page(fresh_lab.url)
    expect(page.get_by_text("CartPole").first).to_be_visible(timeout=30_000)
    page.goto(f"{fresh_lab.url}/lab")
    expect(page.locator("#live-feed canvas")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile(r"^EP \d"))).to_be_visible(timeout=60_000)
    (run,) = fresh_lab.runs()
    assert run["env_id"] == "CartPole-v1"
    assert run["preset"] == "tuned"


def test_train_watch_pause_resume_stop(lab: Any, open_page: Any) -> None:
    """Every button of the Lab does what it says, and the page follows."""
    page = _open_lab(lab, open_page, "env=LunarLander-v3&algorithm=ppo")
    _set_timesteps(page, 5_000_000)
    page.locator(TRAIN).click()
    run_id = _shown_run(page)
    expect(page.locator("#live-feed").get_by_text("LIVE", exact=True)).to_be_visible(timeout=60_000)
    lab.wait(run_id, lambda run: run["episodes"] > 3, 60)
    page.get_by_role("button", name=re.compile("^Pause")).click()
    lab.wait(run_id, lambda run: run["status"] == "paused", 5)
    page.get_by_role("button", name=re.compile("^Resume")).click()
    lab.wait(run_id, lambda run: run["status"] == "running", 5)
    page.get_by_role("button", name=re.compile("^Stop")).click()
    run = lab.wait(run_id, lambda run: run["status"] == "stopped", 10)
    assert 0 < run["timestep"] < 5_000_000
    expect(page.get_by_text("Stopped at timestep").first).to_be_visible(timeout=10_000)


def test_a_run_survives_the_server_and_the_page_notices(lab: Any, open_page: Any) -> None:
    """`kill -9` of the server in the middle: a banner, then everything is found again."""
    page = _open_lab(lab, open_page, "env=LunarLander-v3&algorithm=ppo")
    _set_timesteps(page, 10_000_000)
    page.locator(TRAIN).click()
    run_id = _shown_run(page)
    before = lab.wait(run_id, lambda run: run["episodes"] > 2, 60)
    lab.kill()
    expect(
        page
        .get_by_role("alert")
        .or_(page.get_by_role("status"))
        .filter(has_text=re.compile("server|reconnect", re.IGNORECASE))
        .first
    ).to_be_visible(timeout=20_000)
    lab.start()
    after = lab.wait(run_id, lambda run: run["episodes"] > before["episodes"], 30)
    assert after["status"] == "running"
    assert after["attempt"] == before["attempt"]
    rows = lab.api("GET", f"/runs/{run_id}/metrics?tail=200")["items"]
    numbers = [row["seq"] for row in rows]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    expect(page.locator("#live-feed").get_by_text("LIVE", exact=True)).to_be_visible(timeout=30_000)
    lab.api("POST", f"/runs/{run_id}/stop")
    lab.wait(run_id, lambda run: run["status"] == "stopped", 10)


def test_a_reload_shows_everything_again(lab: Any, open_page: Any) -> None:
    """The address is the state; history comes back from the server."""
    page = _open_lab(lab, open_page, "env=CartPole-v1&algorithm=ppo")
    _set_timesteps(page, 5_000)
    page.locator(TRAIN).click()
    run_id = _shown_run(page)
    lab.wait(run_id, lambda run: run["status"] == "completed", 60)
    expect(page.get_by_text("Training complete").first).to_be_visible(timeout=10_000)
    page.reload()
    expect(page.get_by_text("Training complete").first).to_be_visible(timeout=20_000)
    assert run_id in page.url


def test_what_was_typed_is_not_lost(lab: Any, open_page: Any) -> None:
    """A draft survives a reload and a look at another algorithm."""
    page = _open_lab(lab, open_page, "env=CartPole-v1&algorithm=ppo")
    _set_timesteps(page, 12_345)
    page.reload()
    field = _budget(page)
    expect(field).to_have_value("12345", timeout=20_000)


def test_a_wrong_value_is_named_and_train_waits(lab: Any, open_page: Any) -> None:
    """TRAIN stays disabled, and the field says why."""
    page = _open_lab(lab, open_page, "env=CartPole-v1&algorithm=ppo")
    field = _budget(page)
    field.fill("0")
    field.blur()
    expect(page.locator(TRAIN)).to_be_disabled(timeout=10_000)
    expect(field).to_have_attribute("aria-invalid", "true")


def test_runs_are_found_and_deleted(lab: Any, open_page: Any) -> None:
    """The history lists a run until it is deleted."""
    run_id = lab.train(total_timesteps=2000, name="to be removed")
    lab.wait(run_id, lambda run: run["status"] == "completed", 60)
    page = open_page(f"{lab.url}/runs")
    row = page.get_by_role("row").filter(has_text="to be removed")
    expect(row).to_be_visible(timeout=20_000)
    page.goto(f"{lab.url}/runs/{run_id}")
    expect(page.get_by_role("heading", level=1, name="to be removed")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=10_000)
    assert run_id not in [run["id"] for run in lab.runs()]


def test_two_tabs_show_the_same_run(lab: Any, browser: Any) -> None:
    """Tabs share one stream and both follow."""
    context = browser.new_context()
    first, second = context.new_page(), context.new_page()
    run_id = lab.train(total_timesteps=5_000_000, name="two tabs")
    for page in (first, second):
        page.goto(f"{lab.url}/lab?run={run_id}")
    for page in (first, second):
        live = page.locator("#live-feed").get_by_text("LIVE", exact=True)
        expect(live).to_be_visible(timeout=60_000)
    lab.wait(run_id, lambda run: run["episodes"] > 3, 60)
    lab.api("POST", f"/runs/{run_id}/stop")
    for page in (first, second):
        expect(page.get_by_text("Stopped at timestep").first).to_be_visible(timeout=30_000)
    context.close()
