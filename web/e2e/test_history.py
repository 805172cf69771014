"""Keeping order among runs: bin, marks, filters, experiments, duplicates, disk use."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)
WAIT_MS = 20_000


def _made(lab: Any, name: str, **fields: Any) -> str:
    """Create a run that does not start; return its id."""
    body = {"env_id": "CartPole-v1", "algorithm": "ppo", "total_timesteps": 1000, "start": False}
    run_id: str = lab.api("POST", "/runs", json={**body, "name": name, **fields})["id"]
    return run_id


def _row(page: Page, name: str) -> Any:
    return page.locator("#runs-table tbody tr").filter(has_text=name)


def _open_runs(lab: Any, open_page: Any, query: str = "", **arguments: Any) -> Page:
    page: Page = open_page(f"{lab.url}/runs{query}", **arguments)
    expect(page.locator("#runs-table")).to_be_visible(timeout=WAIT_MS)
    return page


def test_a_deletion_is_undone_and_the_bin_gives_runs_back(lab: Any, open_page: Any) -> None:
    """Undo right after it, the bin later, and removal for good by name."""
    run_id = _made(lab, "thrown away")
    page = open_page(f"{lab.url}/runs/{run_id}")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    expect(_row(page, "thrown away")).to_be_visible(timeout=WAIT_MS)
    assert lab.api("GET", f"/runs/{run_id}")["status"] == "created"

    _row(page, "thrown away").get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(_row(page, "thrown away")).to_have_count(0, timeout=WAIT_MS)
    page.get_by_role("link", name="Bin").click()
    page.get_by_role("button", name="Restore thrown away").click()
    expect(page.get_by_text("The bin is empty")).to_be_visible(timeout=WAIT_MS)
    assert lab.api("GET", f"/runs/{run_id}")["name"] == "thrown away"

    lab.api("DELETE", f"/runs/{run_id}")
    page.reload()
    page.get_by_role("button", name="Remove thrown away for good").click()
    dialog = page.get_by_role("dialog")
    confirm = dialog.get_by_role("button", name="Remove for good")
    expect(confirm).to_be_disabled()
    dialog.get_by_role("textbox").fill("thrown away")
    confirm.click()
    expect(page.get_by_text("The bin is empty")).to_be_visible(timeout=WAIT_MS)


def test_a_deletion_says_which_runs_descend(lab: Any, open_page: Any) -> None:
    """The dialog names them and waits."""
    parent = _made(lab, "the parent")
    _made(lab, "the child", duplicate_of=parent)
    page = open_page(f"{lab.url}/runs/{parent}")
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="the child")).to_be_visible(timeout=WAIT_MS)
    expect(dialog.get_by_text("took its settings")).to_be_visible()
    dialog.get_by_role("button", name="Keep").click()
    assert lab.api("GET", f"/runs/{parent}")["name"] == "the parent"


def test_marks_are_set_with_keys_and_found_by_filters(lab: Any, open_page: Any) -> None:
    """j, s and x on the list; tags and notes in place; archive with undo; a saved filter."""
    run_id = _made(lab, "marked <b>run</b>")
    page = _open_runs(lab, open_page, "?q=marked")
    row = _row(page, "marked <b>run</b>")
    expect(row).to_be_visible(timeout=WAIT_MS)
    page.keyboard.press("j")
    page.keyboard.press("s")
    star = row.get_by_role("button", name="Star marked <b>run</b>")
    expect(star).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()

    row.get_by_role("button", name="Tags and notes of").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Add a tag").fill("promising")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Remove the tag promising")).to_be_visible(
        timeout=WAIT_MS
    )
    dialog.get_by_role("button", name="Add notes").click()
    dialog.get_by_role("textbox", name="Notes").fill("looks good")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_text("looks good")).to_be_visible(timeout=WAIT_MS)
    page.keyboard.press("Escape")
    run = lab.api("GET", f"/runs/{run_id}")
    assert (run["starred"], run["tags"], run["notes"]) == (True, ["promising"], "looks good")

    page.get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("No run matches")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible(timeout=WAIT_MS)

    page.get_by_role("button", name="Only with a star").click()
    page.get_by_role("button", name="Saved filters").click()
    dialog.get_by_role("textbox", name="Name of the filter").fill("my stars")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_role("button", name="my stars", exact=True)).to_be_visible(timeout=WAIT_MS)
    # Another browser has it as well: the server keeps it.
    page = open_page(f"{lab.url}/runs")
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("dialog").get_by_role("button", name="my stars", exact=True).click()
    page.wait_for_url(re.compile("starred="))
    expect(_row(page, "marked <b>run</b>")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("#runs-table tbody tr")).to_have_count(1, timeout=WAIT_MS)


def test_five_seeds_are_trained_in_one_step(lab: Any, open_page: Any) -> None:
    """The Lab makes an experiment; the list shows it as one row that opens."""
    page = open_page(f"{lab.url}/lab?env=CartPole-v1&algorithm=ppo")
    budget = page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE))
    budget.fill("600", timeout=60_000)
    page.get_by_role("textbox", name="Name").fill("many seeds")
    page.get_by_role("textbox", name="Seeds").fill("5")
    train = page.locator("#train")
    expect(train).to_have_text("Train 5 seeds", timeout=WAIT_MS)
    expect(train).to_be_enabled(timeout=WAIT_MS)
    train.click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=WAIT_MS)
    (experiment,) = lab.api("GET", "/experiments")["items"]
    assert experiment["num_runs"] == 5
    page.goto(f"{lab.url}/runs")
    group = page.locator("tr[data-group-id]")
    expect(group.get_by_text("5/5 done")).to_be_visible(timeout=120_000)
    group.get_by_role("button", name=re.compile("many seeds")).click()
    for run_id in experiment["run_ids"]:
        expect(page.locator(f"tr[data-run-id='{run_id}']")).to_be_visible(timeout=WAIT_MS)
    compare = page.locator("tr.group-actions").get_by_role("link", name="Compare")
    address = compare.get_attribute("href") or ""
    assert set(address.partition("ids=")[2].split(",")) == set(experiment["run_ids"])


def test_a_duplicate_fills_the_form(lab: Any, open_page: Any) -> None:
    """What the run was told is what the form says, and the new run remembers the old one."""
    fields = {"hyperparameters": {"learning_rate": 0.00123}, "seed": 77, "total_timesteps": 640}
    run_id = _made(lab, "the original", **fields)
    page = open_page(f"{lab.url}/runs/{run_id}")
    page.get_by_role("link", name="Duplicate the original").click()
    rate = page.get_by_role("textbox", name=re.compile("learning rate", re.IGNORECASE))
    expect(rate).to_have_value("0.00123", timeout=60_000)
    expect(page.get_by_role("textbox", name="Seed", exact=True)).to_have_value("77")
    expect(page.locator("#train")).to_be_enabled(timeout=WAIT_MS)
    page.locator("#train").click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=WAIT_MS)
    (child,) = lab.api("GET", f"/runs?parent_run_id={run_id}")["items"]
    assert (child["relation"], child["hyperparameters"]["learning_rate"]) == ("duplicate", 0.00123)
    page.goto(f"{lab.url}/runs/{child['id']}?tab=versions")
    expect(
        page.get_by_text("It took the settings of the original; nothing changed.")
    ).to_be_visible(timeout=WAIT_MS)


def test_storage_says_what_is_kept_and_makes_room(lab: Any, open_page: Any) -> None:
    """Recordings are removed after a question, with what it frees."""
    run_id = _made(lab, "large run")
    films = lab.home / "runs" / run_id / "recordings"
    films.mkdir(parents=True)
    (films / "film.mp4").write_bytes(b"x" * 5_000_000)
    page = open_page(f"{lab.url}/storage")
    expect(page.get_by_text("Deleted runs: 7 days in the bin.")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="Delete recordings · 5.0 MB").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete recordings").click()
    expect(page.get_by_text("5.0 MB freed")).to_be_visible(timeout=WAIT_MS)
    assert not films.exists()
