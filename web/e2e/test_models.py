"""Models as files: downloaded from a card, refused with a reason, and brought in by hand."""

import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(300)
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def trained(lab: Any) -> str:
    """A completed run of a small policy."""
    body = {
        "env_id": "CartPole-v1",
        "algorithm": "ppo",
        "hyperparameters": {"n_steps": 128, "num_envs": 1, "n_epochs": 1, "net_arch": [8]},
        "total_timesteps": 512,
        "name": "to be carried away",
    }
    run_id: str = lab.api("POST", "/runs", json=body)["id"]
    lab.wait(run_id, lambda run: run["status"] == "completed", 120)
    return run_id


def _dialog(page: Page) -> Any:
    page.get_by_role("button", name="Import a model").click()
    dialog = page.get_by_role("dialog", name="Import a model")
    expect(dialog.get_by_text("Choose a file")).to_be_visible(timeout=PATIENCE_MS)
    return dialog


def test_an_empty_page_offers_the_import(lab: Any, open_page: Any) -> None:
    """Where there is no model yet, two ways lead to one."""
    page = open_page(f"{lab.url}/models?env=Acrobot-v1")
    expect(page.get_by_text("No model matches")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Import a model")).to_be_visible()


def test_a_bad_file_is_refused_with_a_hint(lab: Any, trained: str, open_page: Any) -> None:
    """The form stays as it was, so that another file can be chosen."""
    del trained
    page = open_page(f"{lab.url}/models")
    dialog = _dialog(page)
    file = {"name": "bad.zip", "mimeType": "application/zip", "buffer": pickle.dumps({"a": 1})}
    dialog.locator("input[type=file]").set_input_files(files=[file])
    dialog.get_by_role("button", name="Import", exact=True).click()
    alert = dialog.get_by_role("alert")
    expect(alert).to_contain_text("pickle", timeout=PATIENCE_MS)
    expect(alert).to_contain_text("Choose a .zip")
    expect(dialog.get_by_role("button", name="Import", exact=True)).to_be_enabled()


def test_a_model_is_downloaded_and_brought_back(
    lab: Any, trained: str, open_page: Any, tmp_path: Path
) -> None:
    """From one card to a file, and from the file to a card with its label."""
    page = open_page(f"{lab.url}/models")
    card = page.locator(f"article[data-run='{trained}']")
    card.get_by_role("button", name="Download the model").click()
    with page.expect_download() as downloading:
        card.get_by_role("menuitem", name="Stable-Baselines3 zip").click()
    file = tmp_path / "carried.zip"
    downloading.value.save_as(file)
    dialog = _dialog(page)
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.get_by_role("textbox", name="Name").fill("carried over")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_text("is here")).to_be_visible(timeout=PATIENCE_MS)
    dialog.get_by_role("link", name="Test it").click()
    page.wait_for_url(re.compile(r"tab=evaluations"))
    expect(page.get_by_text("trained elsewhere")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Reproduce")).to_have_count(0)
    page.goto(f"{lab.url}/models")
    imported = page.locator("article", has_text="carried over")
    expect(imported.get_by_text("read from carried.zip")).to_be_visible(timeout=PATIENCE_MS)
    expect(imported.get_by_role("button", name="Fork from here")).to_have_count(0)
    expect(imported.get_by_role("button", name="Warm start in Lab")).to_be_visible()


def test_a_file_is_dropped_on_the_page(lab: Any, trained: str, open_page: Any) -> None:
    """The form opens with the file in it."""
    del trained
    page = open_page(f"{lab.url}/models")
    expect(page.get_by_role("button", name="Import a model")).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["x"], "dropped.zip"));
          const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
          document.body.dispatchEvent(new DragEvent("dragenter", options));
          document.body.dispatchEvent(new DragEvent("drop", options));
        }"""
    )
    dialog = page.get_by_role("dialog", name="Import a model")
    expect(dialog.get_by_text("dropped.zip")).to_be_visible(timeout=PATIENCE_MS)
