"""What is trained is used again: warm starts, forks, lineage, and checkpoints in the live feed."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from web.e2e.looking import LOOKS, assert_accessible, assert_fits

pytestmark = pytest.mark.timeout(300)
TRAIN = "#train"


@pytest.fixture(scope="module")
def trained(lab: Any) -> str:
    """A completed run with several checkpoints."""
    body = {
        "env_id": "CartPole-v1",
        "algorithm": "ppo",
        "hyperparameters": {"n_steps": 256, "num_envs": 1, "n_epochs": 2},
        "total_timesteps": 4096,
        "checkpoint_every_timesteps": 1024,
        "name": "first steps",
    }
    run_id: str = lab.api("POST", "/runs", json=body)["id"]
    lab.wait(run_id, lambda run: run["status"] == "completed", 90)
    return run_id


CARTPOLE = "env=CartPole-v1&algorithm=ppo&runner="


def _open_lab(lab: Any, open_page: Any, query: str = f"{CARTPOLE}sb3") -> Page:
    page: Page = open_page(f"{lab.url}/lab?{query}")
    expect(page.locator(TRAIN)).to_be_attached(timeout=60_000)
    return page


def _pill(page: Page, name: str) -> None:
    page.locator("label.pill", has_text=name).click()


def _created(page: Page) -> str:
    expect(page.locator(TRAIN)).to_be_enabled(timeout=30_000)
    page.locator(TRAIN).click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=20_000)
    found = re.search(r"run=([0-9a-z]{12})", page.url)
    assert found
    return found.group(1)


def test_nothing_to_use_says_how_to_get_it(lab: Any, open_page: Any) -> None:
    """An empty list is honest and leads to what exists."""
    page = _open_lab(lab, open_page, "env=Acrobot-v1&algorithm=dqn")
    _pill(page, "Use trained")
    expect(page.get_by_text("No checkpoint fits yet")).to_be_visible(timeout=20_000)
    expect(page.locator(TRAIN)).to_be_disabled()
    page.get_by_role("button", name="Train new").click()
    expect(page.locator(TRAIN)).to_be_enabled(timeout=30_000)


def test_each_pill_keeps_its_own_form(lab: Any, trained: str, open_page: Any) -> None:
    """Switching wipes nothing, and the pill is remembered for the algorithm."""
    page = _open_lab(lab, open_page)
    budget = page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE))
    _pill(page, "Train new")
    budget.fill("7777")
    _pill(page, "Use trained")
    card = page.locator(f"article[data-run='{trained}']")
    card.get_by_role("button", name="Warm start").click()
    expect(budget).to_have_value("4096", timeout=20_000)
    budget.fill("2222")
    _pill(page, "Train new")
    expect(budget).to_have_value("7777")
    page.reload()
    _pill(page, "Use trained")
    expect(budget).to_have_value("2222", timeout=20_000)
    _pill(page, "Train new")


def test_train_warm_start_fork_and_see_the_lineage(lab: Any, trained: str, open_page: Any) -> None:
    """From the Lab and from the run's page, each child knows where it came from.

    A checkpoint is offered whatever engine is chosen; the one that trained it goes on with it.
    """
    page = _open_lab(lab, open_page, f"{CARTPOLE}turbo")
    _pill(page, "Use trained")
    card = page.locator(f"article[data-run='{trained}']")
    expect(card.get_by_text("newest completed")).to_be_visible(timeout=20_000)
    card.get_by_role("button", name="Warm start").click()
    budget = page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE))
    expect(budget).to_have_value("4096", timeout=20_000)
    budget.fill("512")
    child = _created(page)
    run = lab.wait(child, lambda run: run["status"] == "completed", 60)
    assert (run["parent_run_id"], run["relation"], run["timestep"]) == (trained, "warm_start", 512)
    assert run["runner"] == "sb3"

    checkpoints = lab.api("GET", f"/runs/{trained}/checkpoints")["items"]
    middle = checkpoints[1]["timestep"]
    # The card begins with the best one, which chance decides.
    best = next(item["timestep"] for item in checkpoints if item["is_best"])
    page.goto(f"{lab.url}/runs/{trained}?tab=checkpoints")
    row = page.get_by_role("row").filter(has_text=re.compile(f"^{middle:,}"))
    row.get_by_role("button", name="Fork from here").click()
    page.wait_for_url(re.compile("/lab"), timeout=20_000)
    expect(page.get_by_text("Fork: the complete state")).to_be_visible(timeout=20_000)
    rate = page.get_by_role("textbox", name=re.compile("learning rate", re.IGNORECASE))
    expect(rate).not_to_have_value("", timeout=20_000)
    rate.fill("0.001")
    fork = _created(page)
    run = lab.wait(fork, lambda run: run["status"] == "completed", 60)
    assert (run["relation"], run["parent_timestep"], run["timestep"]) == ("fork", middle, 4096)
    assert run["hyperparameters"]["learning_rate"] == 0.001

    page.goto(f"{lab.url}/runs/{fork}")
    panel = page.locator("#lineage")
    expect(panel.get_by_role("link", name="first steps")).to_be_visible(timeout=20_000)
    expect(panel.get_by_text(f"Fork at {middle:,}")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("behind it first steps")).first).to_be_visible(
        timeout=20_000
    )
    page.get_by_role("switch", name=re.compile("branch it forked from")).click()
    expect(page.get_by_role("img", name=re.compile("behind it first steps"))).to_have_count(0)
    panel.get_by_role("link", name="first steps").click()
    expect(panel.get_by_text(f"Warm start at {best:,}")).to_be_visible(timeout=20_000)


def test_a_finished_run_plays_in_the_live_feed(lab: Any, trained: str, open_page: Any) -> None:
    """Refused while another environment is chosen, with the switch beside the refusal."""
    page = _open_lab(lab, open_page, "env=Acrobot-v1&algorithm=dqn")
    page.goto(f"{lab.url}/models")
    card = page.locator(f"article[data-run='{trained}']")
    card.get_by_role("button", name="Verify hashes").click()
    expect(card.get_by_text("every file has its hash")).to_be_visible(timeout=20_000)
    card.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Switch environment to CartPole-v1").click(timeout=20_000)
    page.wait_for_url(re.compile(f"run={trained}"), timeout=20_000)
    feed = page.locator("#live-feed")
    expect(feed.get_by_text("plays, greedily")).to_be_visible(timeout=60_000)
    expect(feed.get_by_text(re.compile(r"^EP \d"))).to_be_visible(timeout=30_000)
    feed.get_by_role("button", name="Stop playing it").click()
    expect(feed.get_by_text("Training complete")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.parametrize("name", ["models", "lab", "run"])
def test_the_new_parts_are_accessible_and_fit(
    lab: Any, trained: str, open_page: Any, axe_source: str, name: str, width: int, theme: str
) -> None:
    """No violation, nothing cut off, at every width and theme."""
    address = {
        "models": "/models",
        "lab": "/lab?env=CartPole-v1&algorithm=ppo",
        "run": f"/runs/{trained}?tab=checkpoints",
    }[name]
    page = open_page(lab.url + address, width=width, theme=theme)
    if name == "lab":
        _pill(page, "Use trained")
    expect(page.get_by_role("button", name=re.compile("Warm start")).first).to_be_visible(
        timeout=60_000
    )
    assert_accessible(page, axe_source)
    assert_fits(page, width)
