"""Comparing runs in the browser: from an empty page to a verdict and its files."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

from benchmarks.made_runs import MadeRun, make_run
from web.e2e.conftest import Lab
from web.e2e.looking import LOOKS, assert_accessible, assert_fits

pytestmark = pytest.mark.timeout(240)
SEEDS = range(5)
BUDGET = 20_000


def _wish(rate: float, final_return: float, seed: int, **more: Any) -> MadeRun:
    return MadeRun(
        final_return=final_return + 3 * seed,
        seed=seed,
        total_timesteps=BUDGET,
        num_episodes=150,
        hyperparameters={"rate": rate, "depth": 2},
        **more,
    )


@pytest.fixture(scope="module", name="made")
def fixture_made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, dict[str, str]]]:
    """Yield a lab with two groups of five seeds and a run elsewhere, and the ids by kind."""
    home = tmp_path_factory.mktemp("made") / "home"
    kinds = {
        "good": [_wish(0.1, 300, seed) for seed in SEEDS],
        "bad": [_wish(0.5, 150, seed) for seed in SEEDS],
        "elsewhere": [_wish(0.1, -90, 0, env_id="Acrobot-v1")],
    }
    ids = {
        kind: ",".join(make_run(home / "runs", wish) for wish in wishes)
        for kind, wishes in kinds.items()
    }
    lab = Lab(home, welcome_run=False)
    yield lab, ids
    lab.close()


def _open(lab: Lab, open_page: Any, ids: str, **arguments: Any) -> Page:
    page: Page = open_page(f"{lab.url}/compare?ids={ids}", **arguments)
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_visible(timeout=30_000)
    expect(page.locator("[data-lines] canvas").first).to_be_visible(timeout=30_000)
    return page


def test_two_groups_of_seeds_get_a_verdict(made: Any, open_page: Any) -> None:
    """In words, with intervals, and with what differs."""
    lab, ids = made
    page = _open(lab, open_page, f"{ids['good']},{ids['bad']}")
    verdict = page.get_by_role("article")
    expect(verdict).to_contain_text("RANDOM · rate 0.1 is better than RANDOM · rate 0.5")
    expect(verdict).to_contain_text("Difference of means, 95 % interval")
    page.get_by_text("How it is computed").first.click()
    expect(page.get_by_text("Newcombe (2006)")).to_be_visible()
    differences = page.get_by_role("region", name="Table of differences")
    expect(differences).to_contain_text("rate")
    expect(differences).not_to_contain_text("depth")
    page.get_by_role("switch", name=re.compile("Equal fields")).click()
    expect(differences).to_contain_text("depth")


def test_runs_are_chosen_by_search_and_taken_out_again(made: Any, open_page: Any) -> None:
    """From an empty page, by keyboard; the address is the state."""
    lab, ids = made
    page = open_page(f"{lab.url}/compare")
    expect(page.get_by_text("Choose runs to compare")).to_be_visible(timeout=20_000)
    page.keyboard.press("/")
    expect(page.get_by_label("Find runs to add")).to_be_focused()
    page.keyboard.type("Acrobot")
    add = page.get_by_role("button", name=re.compile("^Add .*Acrobot"))
    expect(page.get_by_role("list", name="Runs found").get_by_role("button")).to_have_count(1)
    add.press("Enter")
    expect(page.get_by_text(re.compile("^What shall"))).to_be_visible()
    page.get_by_label("Find runs to add").fill("CartPole")
    page.get_by_role("button", name=re.compile("^Add .*CartPole")).first.click()
    verdict = page.get_by_role("article")
    expect(verdict).to_contain_text("The environments differ", timeout=20_000)
    expect(verdict).to_contain_text("No verdict")
    assert ids["elsewhere"] in page.url
    page.get_by_role("button", name=re.compile("^Remove .*Acrobot")).click()
    expect(page.get_by_text(re.compile("^What shall"))).to_be_visible()
    assert ids["elsewhere"] not in page.url


def test_the_chart_follows_its_settings(made: Any, open_page: Any) -> None:
    """Metric, axis, groups and log scale; the legend lifts a line out."""
    lab, ids = made
    page = _open(lab, open_page, f"{ids['good']},{ids['bad']}")
    card = page.locator("#compare-curves")
    expect(card.locator('[data-lines="10"]')).to_be_visible()
    card.get_by_label("Show").select_option("iqm")
    expect(card.locator('[data-lines="2"]')).to_be_visible(timeout=20_000)
    card.get_by_label("Metric").select_option("loss/policy")
    expect(card.get_by_role("img", name=re.compile("^Policy loss"))).to_be_visible(timeout=20_000)
    card.get_by_label("Over").select_option("wall_time")
    expect(card.get_by_text("over training time (s)")).to_be_visible(timeout=20_000)
    card.get_by_role("switch", name="Log scale").click()
    card.get_by_role("list", name="Lines").get_by_role("button").first.focus()
    assert "metric=loss%2Fpolicy" in page.url
    page.reload()
    expect(card.locator('[data-lines="2"]')).to_be_visible(timeout=20_000)


def _download(page: Page, chart: str, form: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Export {chart}", exact=True).click()
        page.get_by_role("menuitem", name=form).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_charts_are_exported(made: Any, open_page: Any, tmp_path: Path) -> None:
    """Numbers as CSV and JSON, pictures as SVG and PNG, with names that say what they are."""
    lab, ids = made
    page = _open(lab, open_page, f"{ids['good']},{ids['bad']}")
    table = _download(page, "the curves", "CSV", tmp_path)
    assert "train-episode_return" in table.name
    header, *rows = csv.reader(table.read_text(encoding="utf-8").splitlines())
    assert len(header) == len(set(header)) == 11
    assert len(rows) == 150
    assert all(float(value) for value in rows[-1])
    values = json.loads(_download(page, "the curves", "JSON", tmp_path).read_bytes())
    assert len(values) == 150
    svg = ET.parse(_download(page, "the performance profile", "SVG", tmp_path))  # noqa: S314
    texts = [one.text for one in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Performance profile", "RANDOM · rate 0.1", "final return τ"} <= set(texts)
    png = _download(page, "the scores", "PNG", tmp_path).read_bytes()
    assert png.startswith(b"\x89PNG")
    assert len(png) > 5000


def test_a_runs_chart_is_exported_whole_and_the_run_compared(
    made: Any, open_page: Any, tmp_path: Path
) -> None:
    """Every episode stands in the file; the run's page leads to the comparison."""
    lab, ids = made
    run_id = ids["good"].split(",")[0]
    page = open_page(f"{lab.url}/runs/{run_id}")
    expect(page.get_by_role("button", name="Export Episode return")).to_be_visible(timeout=20_000)
    table = _download(page, "Episode return", "CSV", tmp_path)
    assert "seed-0_train-episode_return" in table.name
    assert len(table.read_text(encoding="utf-8").splitlines()) == 151
    page.get_by_role("link", name="Compare with…").click()
    expect(page.get_by_text(re.compile("^What shall"))).to_be_visible(timeout=20_000)
    assert run_id in page.url


def test_an_unknown_run_is_said(made: Any, open_page: Any) -> None:
    """And there is a way out."""
    lab, ids = made
    page = open_page(f"{lab.url}/compare?ids={ids['elsewhere']},{'0' * 12}")
    expect(page.get_by_role("alert")).to_contain_text("No run", timeout=30_000)
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("Choose runs to compare")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_page_is_accessible_and_fits(
    made: Any, open_page: Any, axe_source: str, width: int, theme: str
) -> None:
    """No violation, nothing sideways, with everything opened."""
    lab, ids = made
    everything = f"{ids['good']},{ids['bad']},{ids['elsewhere']}"
    page = _open(lab, open_page, everything, width=width, theme=theme)
    page.get_by_role("button", name="Add runs").click()
    page.locator("#compare-efficiency").scroll_into_view_if_needed()
    expect(page.locator("#compare-efficiency canvas")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Export the curves").click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert_accessible(page, axe_source)
    assert_fits(page, width)
