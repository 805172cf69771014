"""TEST: how good a policy is, seen and played back in the browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from web.e2e.looking import LOOKS, assert_accessible, assert_fits

pytestmark = pytest.mark.timeout(240)
TEST = "#test"
IS_READY = re.compile("false")


@pytest.fixture(scope="module")
def trained(lab: Any) -> str:
    """A finished run with checkpoints."""
    run_id: str = lab.train(total_timesteps=3000, name="to be tested")
    lab.wait(run_id, lambda run: run["status"] == "completed", 90)
    return run_id


@pytest.fixture(scope="module")
def evaluated(lab: Any, trained: str) -> str:
    """A finished evaluation of it, with films."""
    wish = {"num_episodes": 6, "seed": 3}
    created = lab.api("POST", f"/runs/{trained}/evaluations", json=wish)
    path = f"/runs/{trained}/evaluations/{created['id']}"
    lab.wait(trained, lambda _: lab.api("GET", path)["status"] == "completed", 90)
    evaluation_id: str = created["id"]
    return evaluation_id


def _open_result(lab: Any, open_page: Any, run_id: str, evaluation_id: str, **look: Any) -> Page:
    address = f"{lab.url}/runs/{run_id}?tab=evaluations&evaluation={evaluation_id}"
    page: Page = open_page(address, **look)
    expect(page.get_by_text("Evaluation return (mean ± std)")).to_be_visible(timeout=30_000)
    return page


def _frame(page: Page) -> int:
    return int(page.locator("[data-frame]").get_attribute("data-frame") or "-1")


def test_one_key_tests_and_the_result_is_there(lab: Any, open_page: Any, trained: str) -> None:
    """The feed shows the evaluation, the card its progress and result, a toast the end."""
    page = open_page(f"{lab.url}/lab?run={trained}")
    expect(page.locator(TEST)).to_have_attribute("aria-disabled", IS_READY, timeout=60_000)
    page.keyboard.press("?")
    expect(page.get_by_text("Test (evaluate) the run shown")).to_be_visible(timeout=10_000)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Choose what to test").click()
    form = page.get_by_role("dialog", name="Test the policy")
    episodes = form.get_by_role("textbox", name="Episodes")
    episodes.fill("0")
    expect(form.get_by_role("button", name="Test", exact=True)).to_be_disabled()
    episodes.fill("3")
    page.keyboard.press("Escape")
    expect(form).to_be_hidden(timeout=10_000)
    page.keyboard.press("e")
    feed = page.locator("#live-feed")
    expect(feed.locator(".stage-tag", has_text="EVALUATION")).to_be_visible(timeout=60_000)
    expect(feed.get_by_text(re.compile(r"^EP \d / 3$"))).to_be_visible(timeout=10_000)
    expect(
        page.get_by_text(re.compile(r"^Evaluation complete: [\d.]+ ± [\d.]+ over 3 episodes$"))
    ).to_be_visible(timeout=90_000)
    expect(feed.locator(".stage-tag", has_text="EVALUATION")).to_be_hidden(timeout=10_000)
    card = page.locator("#evaluation")
    expect(card.get_by_text(re.compile(r"^[\d.]+ ± [\d.]+$"))).to_be_visible()
    card.get_by_role("button", name="Watch the films").click()
    expect(card.locator("video")).to_be_visible(timeout=10_000)
    page.get_by_role("link", name="Show the result").click()
    page.wait_for_url(re.compile("tab=evaluations&evaluation="), timeout=10_000)
    expect(page.get_by_text("All evaluations")).to_be_visible(timeout=20_000)


def test_a_film_is_played_and_stepped_by_picture(
    lab: Any, open_page: Any, trained: str, evaluated: str
) -> None:
    """Rows, keys and the scrub bar move the film to exactly one picture."""
    page = _open_result(lab, open_page, trained, evaluated)
    result = lab.api("GET", f"/runs/{trained}/evaluations/{evaluated}")
    film = next(video for video in result["videos"] if video["kind"] == "first")
    page.get_by_role("button", name="Episode 1, play its film").click()
    expect(page.get_by_role("row", selected=True)).to_contain_text(
        str(result["episodes"][0]["seed"])
    )
    expect(page.get_by_text(f"of {film['num_frames']}", exact=False)).to_be_visible(timeout=10_000)
    video = page.locator("video")
    page.wait_for_function(
        "() => document.querySelector('video').currentTime > 0.1", timeout=20_000
    )
    if page.get_by_role("button", name="Pause the film").is_visible():
        page.keyboard.press("k")
    page.get_by_role("slider", name="Picture").fill("3")
    assert _frame(page) == 3
    page.keyboard.press(".")
    page.keyboard.press(".")
    page.keyboard.press(",")
    assert _frame(page) == 4
    seconds = float(video.evaluate("video => video.currentTime"))
    assert int(seconds * film["fps"]) == 4
    page.get_by_role("combobox", name="Speed").select_option("0.25")
    assert video.evaluate("video => video.playbackRate") == 0.25
    link = page.get_by_role("link", name=re.compile("^Download this film"))
    assert (link.get_attribute("href") or "").endswith("/first.mp4")


def test_the_numbers_are_the_servers(
    lab: Any, open_page: Any, trained: str, evaluated: str
) -> None:
    """Mean, interval, every episode and its seed; arrow keys go from dot to dot."""
    page = _open_result(lab, open_page, trained, evaluated)
    result = lab.api("GET", f"/runs/{trained}/evaluations/{evaluated}")
    expect(page.get_by_text(f"{result['return_mean']:.1f} ±").first).to_be_visible()
    for row in result["episodes"]:
        expect(page.get_by_role("cell", name=str(row["seed"]), exact=True)).to_be_attached()
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Episode 1, play its film").click()
    assert page.locator("video").evaluate("video => video.paused")
    plot = page.get_by_role("slider", name=re.compile("^Evaluation returns of 6 episodes"))
    plot.press("End")
    expect(plot).to_have_attribute(
        "aria-valuetext", re.compile(f"return {result['return_max']:.1f}")
    )


def test_training_goes_on_and_a_test_is_cancelled(lab: Any, open_page: Any) -> None:
    """The feed can stay on training, and a cancelled test says so."""
    run_id = lab.train(total_timesteps=2_000_000, name="still training")
    lab.wait(run_id, lambda _: lab.api("GET", f"/runs/{run_id}/checkpoints")["items"] != [], 60)
    page = open_page(f"{lab.url}/lab?run={run_id}")
    expect(page.locator(TEST)).to_have_attribute("aria-disabled", IS_READY, timeout=60_000)
    page.locator(TEST).click()
    feed = page.locator("#live-feed")
    expect(feed.locator(".stage-tag", has_text="EVALUATION")).to_be_visible(timeout=60_000)
    feed.get_by_role("button", name="Show training").click()
    expect(feed.get_by_text("LIVE", exact=True)).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Cancel the test").click()
    expect(page.get_by_text(re.compile("^Cancelled after"))).to_be_visible(timeout=20_000)
    assert lab.api("GET", f"/runs/{run_id}")["status"] == "running"
    lab.api("POST", f"/runs/{run_id}/stop")
    lab.wait(run_id, lambda run: run["status"] == "stopped", 20)


def test_evaluations_on_the_way_have_their_own_curve(lab: Any, open_page: Any) -> None:
    """Asked for in the form, kept in the draft, drawn apart from training, deciding the best."""
    page = open_page(f"{lab.url}/lab?env=CartPole-v1&algorithm=ppo")
    expect(page.locator("#train")).to_be_enabled(timeout=60_000)
    page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE)).fill("3000")
    fold = page.locator("details", has_text="Evaluation on the way")
    fold.locator("summary").click()
    fold.get_by_role("switch").click()
    fold.get_by_role("textbox", name=re.compile("^Evaluate every")).fill("1000")
    fold.get_by_role("button", name=re.compile("^Stop when solved")).click()
    stop = fold.get_by_role("textbox", name=re.compile("^Stop at"))
    expect(stop).to_have_value("475")
    stop.fill("100000")
    expect(page.locator("#train")).to_be_enabled(timeout=20_000)
    page.locator("#train").click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=20_000)
    run_id = page.url.split("run=")[1][:12]
    lab.wait(run_id, lambda run: run["status"] == "completed", 90)
    assert lab.api("GET", f"/runs/{run_id}/config")["evaluation"]["every_timesteps"] == 1000
    expect(page.locator("#evaluation").get_by_text("Last evaluation on the way")).to_be_visible(
        timeout=20_000
    )
    page.goto(f"{lab.url}/runs/{run_id}?tab=charts")
    evaluation = page.get_by_role("region", name="Evaluation", exact=True)
    expect(evaluation.get_by_role("img", name=re.compile("^Evaluation return: "))).to_be_visible(
        timeout=20_000
    )
    page.get_by_role("tab", name="Checkpoints").click()
    expect(page.get_by_text("best by evaluation")).to_be_visible(timeout=20_000)
    page.goto(f"{lab.url}/lab?env=CartPole-v1&algorithm=ppo")
    expect(page.get_by_text("every 1K")).to_be_visible(timeout=20_000)


def test_nothing_to_test_says_why(lab: Any, open_page: Any) -> None:
    """TEST waits for a checkpoint and tells so, to the keyboard too."""
    wish = {"env_id": "CartPole-v1", "algorithm": "ppo", "total_timesteps": 1000, "start": False}
    run_id = lab.api("POST", "/runs", json=wish)["id"]
    page = open_page(f"{lab.url}/runs/{run_id}")
    expect(page.locator(TEST)).to_have_attribute(
        "title", re.compile("No checkpoint"), timeout=30_000
    )
    expect(page.locator(TEST)).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("e")
    expect(page.get_by_text("Nothing to test now")).to_be_visible(timeout=10_000)
    page.goto(f"{lab.url}/runs/{run_id}?tab=evaluations")
    expect(page.get_by_text("Not tested yet")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_results_are_accessible_and_fit(
    lab: Any,
    open_page: Any,
    axe_source: str,
    trained: str,
    evaluated: str,
    width: int,
    theme: str,
) -> None:
    """No accessibility violation and nothing wider than the window."""
    page = _open_result(lab, open_page, trained, evaluated, width=width, theme=theme)
    expect(page.locator("video")).to_be_visible(timeout=10_000)
    assert_accessible(page, axe_source)
    assert_fits(page, width)
