"""Take the pictures of the README from a running lab with a run under way.

Usage: `.venv/bin/python scripts/take_screenshots.py URL RUN_ID`, with a server at URL.
Writes docs/images/*.png. Needs the test requirements and Chromium.
"""

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path

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


PICTURES = (
    Picture("home-light", "/", 1440, 1000, "light"),
    Picture("lab-light", "/lab?run={run}", 1440, 900, "light"),
    Picture("lab-dark", "/lab?run={run}", 1440, 900, "dark"),
    Picture("run-light", "/runs/{run}", 1440, 1100, "light"),
    Picture("runs-dark", "/runs", 1440, 600, "dark"),
    Picture("lab-phone", "/lab?run={run}", 390, 844, "light"),
)


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
        for picture in PICTURES:
            take(browser, picture, options.url, options.run)
        browser.close()


if __name__ == "__main__":
    main()
