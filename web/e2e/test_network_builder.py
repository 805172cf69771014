"""A network is built from layers, explained on the spot, trained and kept."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from web.e2e.looking import LOOKS

pytestmark = pytest.mark.timeout(300)
TRAIN = "#train"
QUERY = "env=CartPole-v1&runner=native&algorithm=ppo"


def _open_builder(lab: Any, open_page: Any, query: str = QUERY, **look: Any) -> Page:
    page: Page = open_page(f"{lab.url}/lab?{query}", **look)
    expect(page.locator(TRAIN)).to_be_attached(timeout=60_000)
    page.locator("summary", has_text="network").click()
    page.get_by_role("button", name="Build the network", exact=True).click()
    expect(page.get_by_role("list", name="Layers")).to_be_visible(timeout=20_000)
    return page


def test_a_network_is_built_and_trained(lab: Any, open_page: Any) -> None:
    """Layers are added, ordered and deleted; mistakes are explained; the run has the network."""
    page = _open_builder(lab, open_page)
    dialog = page.get_by_role("dialog")
    rows = dialog.get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("320 parameters")

    dialog.get_by_role("button", name="conv2d").click()
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("needs a picture, but gets a vector of 64", timeout=10_000)
    dialog.get_by_role("button", name="Delete layer 3").click()
    expect(rows).to_have_count(2)

    dialog.get_by_role("button", name="layer_norm").click()
    dialog.get_by_role("button", name="Move layer 3 up").click()
    expect(rows.nth(1)).to_contain_text("layer_norm")
    units = dialog.get_by_label("Units of layer 1")
    units.fill("-5")
    expect(rows.first).to_contain_text("from 1 to 4,096", timeout=10_000)
    units.fill("24")
    dialog.get_by_label("Critic", exact=True).select_option("shared")
    expect(dialog.get_by_text("Parameters", exact=True)).to_be_visible(timeout=10_000)

    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text("dense 24 tanh → layer_norm → dense 64 tanh")).to_be_visible()
    page.get_by_label("Total timesteps", exact=True).fill("512")
    expect(page.locator(TRAIN)).to_be_enabled(timeout=30_000)
    page.locator(TRAIN).click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=20_000)
    found = re.search(r"run=([0-9a-z]{12})", page.url)
    assert found
    run = lab.wait(found.group(1), lambda run: run["status"] == "completed", 90)
    network = run["hyperparameters"]["network"]
    assert [layer["type"] for layer in network["layers"]] == ["dense", "layer_norm", "dense"]
    assert network["trunk"] == "shared"


def test_json_goes_in_and_out(lab: Any, open_page: Any) -> None:
    """What is pasted is the network; what is no network says so and changes nothing."""
    page = _open_builder(lab, open_page, QUERY.replace("ppo", "dqn"))
    dialog = page.get_by_role("dialog")
    dialog.locator("summary", has_text="JSON").click()
    text = dialog.get_by_label("Network as JSON")
    text.fill("{")
    expect(dialog.get_by_text("This is no network")).to_be_visible()
    network = {"layers": [{"type": "dense", "units": 16, "activation": "gelu"}]}
    text.fill(json.dumps(network))
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    expect(dialog.get_by_text("Action values")).to_be_visible(timeout=10_000)
    with page.expect_download() as saved:
        dialog.get_by_role("button", name="Save as file").click()
    assert json.loads(saved.value.path().read_text())["layers"] == network["layers"]
    dialog.get_by_role("button", name="lstm").click()
    expect(dialog.get_by_text("without a memory")).to_be_visible(timeout=10_000)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_builder_fits_and_is_accessible(
    lab: Any, open_page: Any, axe_source: str, width: int, theme: str
) -> None:
    """Nothing is cut off at any width, and axe finds nothing."""
    page = _open_builder(lab, open_page, width=width, theme=theme)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="conv2d").click()
    expect(dialog.get_by_text("needs a picture")).to_be_visible(timeout=10_000)
    overflow = dialog.evaluate("node => node.scrollWidth - node.clientWidth")
    assert overflow <= 0
    page.evaluate(axe_source)
    found = page.evaluate("axe.run(document.querySelector('dialog[open]'))")
    assert [item["id"] for item in found["violations"]] == []
