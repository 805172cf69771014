"""Take the pictures of README and guides from a running lab.

Usage: `.venv/bin/python scripts/take_screenshots.py URL RUN_ID`, with a server at URL and the run
under way. Where the lab has experiments, an evaluation or an imported model, the guides' pictures
are taken too; the others stay as they are. Writes docs/images/*.png. Needs the test requirements
and Chromium.
"""

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SETTLE_MS = 6000
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Picture:
    """One page at one size in one theme."""

    name: str
    path: str
    width: int
    height: int
    theme: str
    press: str | None = None
    """A button to press before the picture is taken."""


PICTURES = (
    Picture("home-light", "/", 1440, 1000, "light"),
    Picture("lab-light", "/lab?run={run}", 1440, 900, "light"),
    Picture("lab-dark", "/lab?run={run}", 1440, 900, "dark"),
    Picture("run-light", "/runs/{run}", 1440, 1100, "light"),
    Picture("runs-dark", "/runs", 1440, 600, "dark"),
    Picture("lab-phone", "/lab?run={run}", 390, 844, "light"),
)


def guide_pictures(url: str) -> Iterator[Picture]:
    """Yield what the guides show, as far as the lab has it."""
    api = httpx.Client(base_url=f"{url}/api/v1", timeout=60)
    experiments = api.get("/experiments").json()["items"][:2]
    if len(experiments) == 2:
        ids = ",".join(run_id for item in experiments for run_id in item["run_ids"])
        yield Picture("compare-light", f"/compare?ids={ids}", 1440, 1500, "light")
        first = experiments[0]["run_ids"][0]
        yield Picture("versions-light", f"/runs/{first}?tab=versions", 1440, 900, "light")
    runs = api.get("/runs", params={"limit": 200}).json()["items"]
    for run in runs:
        latest = api.get(f"/runs/{run['id']}/evaluations/latest")
        if latest.status_code == 200 and latest.json()["status"] == "completed":
            yield Picture(
                "evaluation-light", f"/runs/{run['id']}?tab=evaluations", 1440, 1700, "light"
            )
            break
    if any(run["imported"] for run in runs):
        yield Picture("models-light", "/models", 1440, 900, "light")
        yield Picture("import-light", "/models", 1440, 900, "light", "Import a model")


def take(browser: Browser, picture: Picture, url: str, run: str) -> None:
    """Open the page, let it settle and store it."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.theme == "dark" else "light",
        has_touch=picture.width < 600,
    )
    page = context.new_page()
    page.goto(url + picture.path.format(run=run))
    page.wait_for_timeout(SETTLE_MS)
    if picture.press is not None:
        page.get_by_role("button", name=picture.press).click()
        page.wait_for_timeout(SETTLE_MS // 3)
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("run")
    options = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for picture in (*PICTURES, *guide_pictures(options.url)):
            take(browser, picture, options.url, options.run)
        browser.close()


if __name__ == "__main__":
    main()
