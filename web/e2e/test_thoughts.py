"""Below the showcase of our own agents stands what they make of the state shown."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    ("algorithm", "title"),
    [("ppo", "Probability of each action"), ("dqn", "Value of each action")],
)
def test_the_agent_says_what_it_thinks(
    lab: Any, open_page: Any, axe_source: str, algorithm: str, title: str
) -> None:
    """Every action with its name, one of them chosen; activations and weights are described."""
    body = {
        "env_id": "CartPole-v1",
        "runner": "native",
        "algorithm": algorithm,
        "total_timesteps": 5_000_000,
    }
    run_id = lab.api("POST", "/runs", json=body)["id"]
    lab.wait(run_id, lambda run: run["status"] == "running", 90)
    page: Page = open_page(f"{lab.url}/lab?run={run_id}")
    page.get_by_label("Source").select_option("showcase", timeout=60_000)
    expect(page.get_by_text(title)).to_be_visible(timeout=120_000)
    expect(page.get_by_text("Push cart to the left")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("img", name="Activations of layer 1 dense")).to_be_visible()
    expect(page.get_by_role("img", name="Weights of trunk.0")).to_be_visible()
    page.evaluate(axe_source)
    found = page.evaluate("axe.run(document.querySelector('#live-feed'))")
    assert [item["id"] for item in found["violations"]] == []
    lab.api("POST", f"/runs/{run_id}/stop")
